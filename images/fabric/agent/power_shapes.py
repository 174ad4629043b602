"""The shapes of shapes.py that are about machines whose power a BMC switches; for the type checker alone."""

from typing import TypedDict

from shapes import Port


class Bmc(TypedDict):
    """What switches the power of a host, at `port` of `bridge`: its end has `mac` and `address`, with prefix length.

    `off_after_s`: how long after it was asked to it takes the power.
    """

    host: str
    bridge: str
    port: str
    mac: str
    address: str
    off_after_s: float


class MachineNode(TypedDict):
    """A node of a machine that a BMC switches, and what makes it whole again when it is started."""

    node: str
    container_id: str
    ports: list[Port]
    # Its addresses are noted.
    watched: bool
    commands: list[list[str]]


class PowerEvent(TypedDict):
    """A machine was switched: asked for, between two clock readings, and when that was seen done.

    `by`: the address of the BMC's client, `harness` or `guard`. `changed`: it was not so before.
    """

    host: str
    nodes: list[str]
    act: str
    by: str
    asked_ns: int
    changed: bool
    before_ns: int | None
    after_ns: int | None
    done_ns: int | None


class PowerChange(TypedDict):
    """The first process of a node from now on; 0: it has none."""

    node: str
    pid: int


class PowerChanges(TypedDict):
    seen: int
    changes: list[PowerChange]
