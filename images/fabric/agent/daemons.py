"""Daemons of nodes: starting them by their service, telling them to read their files again, ending them."""

from __future__ import annotations

import signal as signals
import time

import node_processes
import processes
import services
from clock import now_ns
from errors import AgentError
from registry import guard_step, operation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shapes import ProcessesChanged

_LOOK_S = 0.02


@operation("start_daemon")
def start(container_id: str, pid: int, name: str, timeout_s: float) -> None:
    """Has the node's runit start the service `name` and waits until its daemon, of the same name, runs.

    A node that still boots has no runit yet: it is asked again, unless the boot itself has started the daemon.
    """
    deadline = time.monotonic() + timeout_s
    asked = False
    while time.monotonic() < deadline:
        if processes.named(container_id, name):
            return
        asked = asked or services.start(pid, name)
        time.sleep(_LOOK_S)
    reason = "its service ends at once" if asked else "the node has no supervisor with such a service"
    raise AgentError(f"{name} did not start within {timeout_s:g} s: {reason}")


@operation("signal_named")
def signal_named(container_id: str, name: str, signal_name: str) -> ProcessesChanged:
    """Signals every process of that name that handles the signal; there may be none.

    One that does not handle it yet has just begun and would be ended by it. It is left out: it has still to
    read the files that the signal is about.
    """
    return _signal(container_id, name, signal_name, ("SigCgt",))


def tell(container_id: str, name: str, signal_name: str) -> ProcessesChanged:
    """As `signal_named`, and those too that have blocked the signal to read it from a descriptor (signalfd(2)), as
    keepalived does."""
    return _signal(container_id, name, signal_name, ("SigCgt", "SigBlk"))


def _signal(container_id: str, name: str, signal_name: str, masks: tuple[str, ...]) -> ProcessesChanged:
    number = signals.Signals[signal_name]
    found = processes.named(container_id, name)
    handling = [process for process in found if _handles(process["pid"], number, masks)]
    with processes.held([container_id], handling) as folders:
        before = now_ns()
        node_processes.send(folders, number)
        return {"before_ns": before, "after_ns": now_ns(), "processes": handling}


@guard_step("end_daemon")
@operation("end_daemon")
def end(container_id: str, name: str, timeout_s: float) -> None:
    """SIGTERM to every process of that name, and waits until there is none."""
    deadline = time.monotonic() + timeout_s
    while running := processes.named(container_id, name):
        if time.monotonic() > deadline:
            pids = ", ".join(str(process["pid"]) for process in running)
            raise AgentError(f"{name} (process {pids}) goes on {timeout_s:g} s after SIGTERM")
        with processes.held([container_id], running) as folders:
            node_processes.send(folders, signals.SIGTERM)
        time.sleep(_LOOK_S)


@operation("responsive")
def responsive(pids: list[int]) -> list[int]:
    """Those of these processes of nodes that live and are not stopped."""
    return [pid for pid in pids if (processes.state_of(pid) or "Z") not in "ZXTt"]


def _handles(pid: int, number: int, masks: tuple[str, ...]) -> bool:
    try:
        with open(f"/proc/{pid}/status") as file:
            found = [int(line.split()[1], 16) for line in file if line.split(":")[0] in masks]
            return any(mask >> (number - 1) & 1 for mask in found)
    except OSError:
        pass
    return False
