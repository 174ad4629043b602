"""Heals what a harness broke in a lab that outlives it, when that harness is gone before it could.

A harness says how to heal before it breaks anything, and takes that back once it has healed it itself. What is
left when its connection ends is done here, the last first.
"""

from __future__ import annotations

import sys
import time

import machines
import node_processes
import power
import services
import wires
from errors import AgentError
from registry import GUARD_STEPS, guard_step

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from shapes import GuardStep, Port

# As long as a node may take to end in good order, and some.
END_TIMEOUT_S = 20
COMMAND_TIMEOUT_S = 20
# A service that is still ending takes no start.
START_ROUNDS, START_PAUSE_S = 6, 0.5


def _start(container_id: str) -> int:
    # Loaded when it is needed: it speaks HTTP, and a lab is to start quickly.
    import engine_api

    return engine_api.start(container_id)


@guard_step("restart_node")
def restart_node(container_id: str, ports: list[Port], pid: int) -> None:
    """Starts a node that has ended as `pid`, its first process before it was broken, or does so soon."""
    if not has_ended(container_id, pid):
        return
    machine = machines.of_container(container_id)
    if machine:
        machine.switch_on("guard")
        return
    new_pid = _start(container_id)
    node_processes.adopt(container_id, new_pid)
    states = wires.port_states([port["port"] for port in ports])
    # Wiring it once more would take the wires from under the daemons of a node that is whole.
    if any(state != "forwarding" for state in states.values()):
        wires.plug(new_pid, ports)
    wires.raise_links(new_pid, [port["interface"] for port in ports])


def has_ended(container_id: str, pid: int) -> bool:
    """Whether a container does not run as `pid` any more. Waits up to END_TIMEOUT_S where that was asked to end."""
    import engine_api

    deadline = time.monotonic() + END_TIMEOUT_S
    while pid and engine_api.first_process(container_id) == pid:
        # One that nobody has asked would be found to end when somebody else stops it, who must not be disturbed.
        if not power.was_asked(pid) or time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


@guard_step("start_service")
def _start_service(container_id: str, name: str, if_known: bool = False) -> None:
    """`if_known`: a name that is not a service of the node is ignored."""
    pid = _start(container_id)
    node_processes.adopt(container_id, pid)
    if if_known and not services.known(pid, name):
        return
    for _ in range(START_ROUNDS):
        if not services.start(pid, name):
            raise AgentError(f"the node has no service '{name}'")
        time.sleep(START_PAUSE_S)


@guard_step("run_in_node")
def _run_in_node(container_ids: list[str], argv: list[str]) -> None:
    """Runs a program in the first of these nodes in which it succeeds."""
    import engine_api
    import node_commands

    said = "none of the nodes runs"
    for container_id in container_ids:
        if not engine_api.first_process(container_id):
            continue
        try:
            done = node_commands.run(container_id, argv, COMMAND_TIMEOUT_S)
        except AgentError as error:
            said = str(error)
            continue
        if done["status"] == 0:
            return
        said = done["stderr"].strip() or f"'{argv[0]}' ended with {done['status']}"
    raise AgentError(said)


@guard_step("exec_in_node")
def _exec_in_node(container_id: str, argv: list[str], timeout_s: float) -> None:
    import node_commands

    status = node_commands.run(container_id, argv, timeout_s)["status"]
    if status != 0:
        raise AgentError(f"'{' '.join(argv)}' ended with {status}")


class Guards:
    """What one connection has promised to heal."""

    def __init__(self) -> None:
        self._armed: dict[str, list[GuardStep]] = {}
        # What the harness can ask of its own connection.
        self.operations: dict[str, Callable[..., None]] = {"arm_guard": self.arm, "disarm_guard": self.disarm}

    def arm(self, key: str, steps: list[GuardStep]) -> None:
        self._armed[key] = steps

    def disarm(self, key: str) -> None:
        self._armed.pop(key, None)

    def heal(self) -> None:
        for key, steps in reversed(self._armed.items()):
            print(f"the harness is gone: healing '{key}'", file=sys.stderr, flush=True)
            for step in steps:
                try:
                    GUARD_STEPS[step["step"]](**step["args"])
                except Exception as error:  # noqa: BLE001 - the other steps must still be done
                    print(f"healing '{key}': {error}", file=sys.stderr, flush=True)
        self._armed.clear()
