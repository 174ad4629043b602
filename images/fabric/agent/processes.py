"""Processes of a node, found by cgroup: whatever namespaces they moved into, they stay in their container's."""

import os
import signal as signals

from clock import now_ns
from errors import AgentError


def _read(path: str) -> str:
    with open(path, errors="replace") as file:
        return file.read()


def _pids() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def _describe(pid: int) -> dict:
    # The command name in stat may hold spaces and brackets: split after its last closing one.
    name, _, rest = _read(f"/proc/{pid}/stat").partition("(")[2].rpartition(")")
    fields = rest.split()
    argv = _read(f"/proc/{pid}/cmdline").split("\0")[:-1]
    return {
        "pid": pid,
        "name": name,
        "argv": argv,
        "state": fields[0],
        "ppid": int(fields[1]),
        "start_ticks": int(fields[19]),
    }


def of_container(container_id: str) -> list[dict]:
    """Every live process of a container, by pid."""
    found = []
    for pid in sorted(_pids()):
        try:
            if container_id in _read(f"/proc/{pid}/cgroup"):
                process = _describe(pid)
                if process["state"] not in "ZX":
                    found.append(process)
        except (OSError, ValueError, IndexError):
            continue  # it ended while we looked
    return found


def _is_named(process: dict, name: str) -> bool:
    program = os.path.basename(process["argv"][0]) if process["argv"] else process["name"]
    return name in (process["name"], program)


def named(container_id: str, name: str) -> list[dict]:
    return [process for process in of_container(container_id) if _is_named(process, name)]


def kill_named(container_id: str, name: str, signal_name: str) -> dict:
    """Signals every process of that name at one stroke.

    For SIGKILL all are stopped first: a parent that sees its child die would start another, and a child
    that sees its parent die may take its leave in good order (keepalived's does, with a priority 0 advert).
    """
    number = signals.Signals[signal_name]
    targets = sorted(named(container_id, name), key=lambda process: process["start_ticks"])
    if not targets:
        present = sorted({process["name"] for process in of_container(container_id)})
        raise AgentError(f"no process named '{name}' runs there; these do: {', '.join(present) or 'none'}")
    pids = [process["pid"] for process in targets]
    before = now_ns()
    if number == signals.SIGKILL:
        kill_pids(pids, signals.SIGSTOP)
    kill_pids(pids, number)
    return {"before_ns": before, "after_ns": now_ns(), "processes": targets}


def kill_pids(pids: list[int], number: int = signals.SIGKILL) -> None:
    for pid in pids:
        _kill(pid, number)


def _kill(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass


def alive(pids: list[int]) -> list[int]:
    living = []
    for pid in pids:
        try:
            if _describe(pid)["state"] not in "ZX":
                living.append(pid)
        except (OSError, IndexError, ValueError):
            continue
    return living
