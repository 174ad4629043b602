"""A failure that the harness should show to its user as it is."""


class AgentError(Exception):
    pass
