"""Processes of a node, found by cgroup: whatever namespaces they moved into, they stay in their container's."""

import os
import signal as signals

from clock import now_ns
from errors import AgentError

# To find what is started while its parents are being stopped.
MOST_ROUNDS = 100


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
    return _of_containers([container_id])


def _of_containers(container_ids: list[str]) -> list[dict]:
    found = []
    for pid in sorted(_pids()):
        try:
            cgroup = _read(f"/proc/{pid}/cgroup")
            if any(container_id in cgroup for container_id in container_ids):
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
    return _wanted([container_id], name)


def _wanted(container_ids: list[str], name: str | None) -> list[dict]:
    """The processes of that name, or all, parents before children."""
    found = [process for process in _of_containers(container_ids) if name is None or _is_named(process, name)]
    return sorted(found, key=lambda process: process["start_ticks"])


def kill_named(container_id: str, name: str, signal_name: str) -> dict:
    """Signals every process of that name at one stroke.

    For SIGKILL all are stopped first: a parent that sees its child die would start another, and a child
    that sees its parent die may take its leave in good order (keepalived's does, with a priority 0 advert).
    """
    number = signals.Signals[signal_name]
    targets = named(container_id, name)
    if not targets:
        raise _nobody(container_id, name)
    pids = [process["pid"] for process in targets]
    before = now_ns()
    if number == signals.SIGKILL:
        kill_pids(pids, signals.SIGSTOP)
    kill_pids(pids, number)
    return {"before_ns": before, "after_ns": now_ns(), "processes": targets}


def _nobody(container_id: str, name: str) -> AgentError:
    present = sorted({process["name"] for process in of_container(container_id)})
    return AgentError(f"no process named '{name}' runs there; these do: {', '.join(present) or 'none'}")


def hang(container_ids: list[str], name: str | None) -> dict:
    """Stops every process of that name, or all, of the containers; those too that they start meanwhile."""
    stopped: dict[tuple, dict] = {}
    before = after = None
    for _ in range(MOST_ROUNDS):
        fresh = {_identity(one): one for one in _wanted(container_ids, name) if _identity(one) not in stopped}
        if not fresh:
            break
        before = before or now_ns()
        kill_pids([process["pid"] for process in fresh.values()], signals.SIGSTOP)
        after = now_ns()
        stopped |= fresh
    now = now_ns()
    return {"before_ns": before or now, "after_ns": after or now, "processes": list(stopped.values())}


def resume(container_ids: list[str], name: str | None) -> None:
    """Lets every process of that name, or all, of the containers go on that is stopped."""
    stopped = [process["pid"] for process in _wanted(container_ids, name) if process["state"] == "T"]
    kill_pids(stopped, signals.SIGCONT)


def _identity(process: dict) -> tuple:
    return process["pid"], process["start_ticks"]


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
