"""Processes of a node, found by cgroup: whatever namespaces they moved into, they stay in their container's."""

from __future__ import annotations

import contextlib
import os
import signal as signals

import container_pids
import node_processes
from clock import now_ns
from errors import AgentError
from registry import guard_step, operation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from shapes import Process, ProcessesChanged

# proc(5), /proc/PID/comm.
MOST_NAME = 15
# To find what is started while its parents are being stopped.
MOST_ROUNDS = 100
# A process may make its command line as long as it likes.
_MOST_BYTES = 1 << 17

# Sessions of programs that the fabric has started in nodes to ask them something: nobody's daemons.
_left_out: set[int] = set()


@contextlib.contextmanager
def left_out(session: int) -> Iterator[None]:
    """The processes of a session are nobody's for the length of the block."""
    leave_out(session)
    try:
        yield
    finally:
        take_in(session)


def leave_out(session: int) -> None:
    """The processes of a session are nobody's from now on."""
    _left_out.add(session)


def take_in(session: int) -> None:
    _left_out.discard(session)


def _read(path: str) -> str:
    with open(path, "rb") as file:
        return file.read(_MOST_BYTES).decode(errors="replace")


def _state(pid: int, state: str) -> str:
    """T as well for one that waits in the kernel, and will stop before it runs on (proc(5), SigPnd and ShdPnd).

    One that has used vfork(2) waits so for its child, which may be stopped itself: it stays in D for as long.
    """
    if state != "D":
        return state
    pending = (line.split()[1] for line in _read(f"/proc/{pid}/status").splitlines() if line[3:6] == "Pnd")
    return "T" if any(int(one, 16) >> (signals.SIGSTOP - 1) & 1 for one in pending) else state


def _describe(pid: int) -> Process:
    # The command name in stat may hold spaces and brackets: split after its last closing one.
    name, _, rest = _read(f"/proc/{pid}/stat").partition("(")[2].rpartition(")")
    fields = rest.split()
    argv = _read(f"/proc/{pid}/cmdline").split("\0")[:-1]
    return {
        "pid": pid,
        "name": name,
        "argv": argv,
        "state": _state(pid, fields[0]),
        "ppid": int(fields[1]),
        "session": int(fields[3]),
        "start_ticks": int(fields[19]),
    }


@operation("container_processes")
def of_container(container_id: str) -> list[Process]:
    """Every live process of a container, by pid."""
    return _of_containers([container_id])


def of_session(container_id: str, session: int) -> list[Process]:
    """Every live process of a session, those too that are left out otherwise."""
    return [process for process in _all_of([container_id]) if process["session"] == session]


@operation("signal_session")
def signal_session(container_id: str, session: int, signal_name: str | None) -> list[int]:
    """Signals every process of a session, if a signal is given. Answers those that were found alive."""
    found = of_session(container_id, session)
    if signal_name is not None:
        with held([container_id], found) as folders:
            node_processes.send(folders, signals.Signals[signal_name])
    return [process["pid"] for process in found]


def _of_containers(container_ids: list[str]) -> list[Process]:
    return [process for process in _all_of(container_ids) if process["session"] not in _left_out]


def _all_of(container_ids: list[str]) -> list[Process]:
    found = []
    for pid in container_pids.of_containers(container_ids):
        try:
            process = _describe(pid)
        except (OSError, ValueError, IndexError):
            continue  # it ended while we looked
        if process["state"] not in "ZX":
            found.append(process)
    return found


def _is_named(process: Process, name: str) -> bool:
    """By the kernel's name for it, by its program's file name, or by what the kernel's name is the beginning of.

    That is the file name of a script that was started by itself, or the title that the program gave itself.
    """
    argv = process["argv"] or [process["name"]]
    longer = [*(os.path.basename(word) for word in argv[1:2]), argv[0].partition(" ")[0].removesuffix(":")]
    whole = [word for word in longer if word[:MOST_NAME] == process["name"]]
    return name in (process["name"], os.path.basename(argv[0]), *whole)


def named(container_id: str, name: str) -> list[Process]:
    return _wanted([container_id], name)


def _wanted(container_ids: list[str], name: str | None) -> list[Process]:
    """The processes of that name, or all, parents before children."""
    found = [process for process in _of_containers(container_ids) if name is None or _is_named(process, name)]
    return sorted(found, key=lambda process: process["start_ticks"])


@operation("kill_named")
def kill_named(container_id: str, name: str, signal_name: str) -> ProcessesChanged:
    """Signals every process of that name at one stroke.

    For SIGKILL all are stopped first: a parent that sees its child die would start another, and a child
    that sees its parent die may take its leave in good order (keepalived's does, with a priority 0 advert).
    """
    number = signals.Signals[signal_name]
    targets = named(container_id, name)
    if not targets:
        raise _nobody(container_id, name)
    with held([container_id], targets) as folders:
        before = now_ns()
        if number == signals.SIGKILL:
            node_processes.send(folders, signals.SIGSTOP)
        node_processes.send(folders, number)
        return {"before_ns": before, "after_ns": now_ns(), "processes": targets}


def _nobody(container_id: str, name: str) -> AgentError:
    present = sorted({process["name"] for process in of_container(container_id)})
    return AgentError(f"no process named '{name}' runs there; these do: {', '.join(present) or 'none'}")


@operation("hang")
def hang(container_ids: list[str], name: str | None) -> ProcessesChanged:
    """Stops every process of that name, or all, of the containers; those too that they start meanwhile."""
    stopped: dict[tuple[int, int], Process] = {}
    before = after = None
    for _ in range(MOST_ROUNDS):
        fresh = {_identity(one): one for one in _wanted(container_ids, name) if _identity(one) not in stopped}
        if not fresh:
            break
        with held(container_ids, fresh.values()) as folders:
            before = before or now_ns()
            node_processes.send(folders, signals.SIGSTOP)
            after = now_ns()
        stopped |= fresh
    now = now_ns()
    return {"before_ns": before or now, "after_ns": after or now, "processes": list(stopped.values())}


@guard_step("continue_processes")
@operation("resume")
def resume(container_ids: list[str], name: str | None) -> None:
    """Lets every process of that name, or all, of the containers go on that is stopped."""
    stopped = [process for process in _wanted(container_ids, name) if process["state"] == "T"]
    with held(container_ids, stopped) as folders:
        node_processes.send(folders, signals.SIGCONT)


def _identity(process: Process) -> tuple[int, int]:
    return process["pid"], process["start_ticks"]


@contextlib.contextmanager
def held(container_ids: list[str], found: Iterable[Process]) -> Iterator[list[int]]:
    """Those of these processes that still run, open to be signalled (`node_processes.send`)."""
    with node_processes.held([process["pid"] for process in found], set(container_ids)) as folders:
        yield folders


@operation("alive")
def alive(pids: list[int]) -> list[int]:
    """Those of these processes of nodes that live."""
    return [pid for pid in pids if (state_of(pid) or "Z") not in "ZX"]


def state_of(pid: int) -> str | None:
    """The state of a node's process (proc(5)); None when it is gone."""
    try:
        with node_processes.opened(pid) as folder:
            return node_processes.read_text(folder, "stat").rpartition(")")[2].split()[0]
    except (AgentError, OSError, IndexError):
        return None
