"""Containers of another image that stand in for a node's own one (harness/lab/stand-in.ts).

A node whose image is swapped keeps its own container, which is stopped; another one has its name and its wires. The
way back is to remove that and to start the node's own.
"""

from __future__ import annotations

import time

import guards
import power
from errors import AgentError
from registry import guard_step

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shapes import Port

# Its value is the id of the node's own container.
LABEL = "hadrill.stands-in-for"
# A creation that the dead harness had asked for may still be under way in the engine: look again until nothing new has
# turned up for this long.
QUIET_S = 2.0
PAUSE_S = 0.2
REMOVE_TIMEOUT_S = 30


@guard_step("restore_node")
def _restore_node(container_id: str, ports: list[Port], pid: int) -> None:
    """Removes what stands in for a node's own container, and starts that if it has ended as `pid`, or does so soon."""
    import engine_api

    _remove_all(container_id)
    ended = guards.has_ended(container_id, pid)
    if ended:
        if not engine_api.first_process(container_id):
            # The kernel takes its time to remove the wires of the one that is gone: they are not the node's own.
            power.power_off([port["port"] for port in ports])
        # Harmless when it runs, and is wired.
        guards.restart_node(container_id, ports, pid)
    quiet_since = time.monotonic()
    while time.monotonic() - quiet_since < QUIET_S:
        if _remove_all(container_id):
            quiet_since = time.monotonic()
        time.sleep(PAUSE_S)
    if ended:
        # What the dead harness had asked this agent for may have wired the other one meanwhile.
        guards.restart_node(container_id, ports, pid)


def _remove_all(container_id: str) -> bool:
    """Whether there was something to remove. An engine that refuses is asked again, up to REMOVE_TIMEOUT_S."""
    import http.client

    import engine_api

    deadline = time.monotonic() + REMOVE_TIMEOUT_S
    while True:
        try:
            found = engine_api.labelled(f"{LABEL}={container_id}")
            for other in found:
                engine_api.remove(other)
        except (OSError, http.client.HTTPException) as error:
            if time.monotonic() > deadline:
                raise AgentError(f"what stands in for {container_id[:12]} is not removed: {error}") from error
            time.sleep(PAUSE_S)
        else:
            return bool(found)
