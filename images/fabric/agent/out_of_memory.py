"""A process that the kernel ends because its node has no memory left.

The node's control group gets a limit some MiB above what it uses, and a program of the node's own shell fills that with
a file in the node's /dev/shm: memory that no process owns. Whom the kernel ends follows from the sizes of the processes
and the scores that they are given (proc(5), oom_score_adj). A score counts in thousandths of the limit, so the limit is
larger than any process: the one that is meant goes first, and the program next. Then the limit is taken away.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import time
from functools import partial

import cgroups
import changes
import node_files
import node_processes
import processes
from clock import now_ns
from errors import AgentError
from registry import operation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from machine_shapes import OutOfMemory
    from shapes import Process

_FIRST, _NEXT = 1000, 500
# Waits until all is prepared, then writes 4 KiB a time for as long as the process is there: what that leaves is room
# for the others until the limit is gone.
_FILL = (
    "kill -STOP $$; piece=0123456789abcdef; for _ in 1 2 3 4 5 6 7 8; do piece=$piece$piece; done; "
    'while kill -0 "$2" && printf %s "$piece"; do :; done >> "$1"'
)
_FILE = "/dev/shm/.hadrill-filling"
# More than the pages of files that a process may share with other containers, which count for it and not for its node.
_ROOM_BYTES = 32 << 20
_LOOK_S = 0.005
_STOP_S = 10.0
# Of version 1 and 2: what is used, the limits (that of memory and swap together, that of swap), where ends are counted.
_FILES = {
    1: ("memory.usage_in_bytes", "memory.limit_in_bytes", "memory.memsw.limit_in_bytes", "memory.oom_control"),
    2: ("memory.current", "memory.max", "memory.swap.max", "memory.events"),
}


@operation("run_out_of_memory")
def run_out(key: str, container_id: str, name: str, timeout_s: float) -> OutOfMemory:
    """Has the kernel end the largest process of that name, and waits until it has. Nothing of the limit is left."""
    victim = _largest(container_id, name)
    group = cgroups.of_container(container_id, "memory")
    used, _, _, count = _FILES[group.version]
    changes.note(key, partial(_remove_file, container_id))
    changes.note(key, partial(_let_go, container_id, victim, _score_of(container_id, victim)))
    filler = _start_filler(key, container_id, victim)
    # First of all to be undone.
    changes.note(key, partial(_put_back, group, limits := _limits(group)))
    ended = node_processes.pidfd(victim["pid"])
    if ended is None:
        raise AgentError(f"{name} (process {victim['pid']}) ended meanwhile")
    try:
        with node_processes.held([victim["pid"]], {container_id}) as folders:
            # A child that it starts now would have its score, and could be larger.
            node_processes.send(folders, signal.SIGSTOP)
        _score(container_id, victim, _FIRST)
        killed_before = group.number(count, "oom_kill")
        before = now_ns()
        _limit(group, int(group.read(used)) + _ROOM_BYTES)
        with node_processes.held([filler], {container_id}) as folders:
            node_processes.send(folders, signal.SIGCONT)
        is_over = _await_end(ended, filler, timeout_s)
        after = now_ns()
        _put_back(group, limits)
        killed_after = group.number(count, "oom_kill")
    finally:
        os.close(ended)
    changes.undo(key)
    if not is_over:
        raise AgentError(
            f"the kernel did not end {name} (process {victim['pid']}): "
            f"has the node's /dev/shm room for {_ROOM_BYTES >> 20} MiB?"
        )
    return {
        "before_ns": before, "after_ns": after, "processes": [victim],
        "killed_before": killed_before, "killed_after": killed_after,
    }  # fmt: skip


def _await_end(ended: int, filler: int, timeout_s: float) -> bool:
    """Whether the process ends in time, while there is a program that uses memory."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        is_filling = (processes.state_of(filler) or "Z") not in "ZX"
        if select.select([ended], [], [], _LOOK_S)[0]:
            return True
        if not is_filling:
            return False
    return False


def _largest(container_id: str, name: str) -> Process:
    found = processes.named(container_id, name)
    if not found:
        raise AgentError(f"no process named '{name}' runs there")
    return max(found, key=lambda one: _resident(container_id, one))


def _resident(container_id: str, process: Process) -> int:
    """In pages; 0 of one that has ended."""
    with contextlib.suppress(AgentError, OSError), node_processes.opened(process["pid"], container_id) as folder:
        return int(node_processes.read_text(folder, "statm").split()[1])
    return 0


def _number_inside(container_id: str, process: Process) -> str:
    """Of a process, in the node's own namespace (proc(5), NSpid)."""
    with node_processes.opened(process["pid"], container_id) as folder:
        for line in node_processes.read_text(folder, "status").splitlines():
            if line.startswith("NSpid:"):
                return line.split()[-1]
    raise AgentError(f"the number of process {process['pid']} in the node is not known")


def _start_filler(key: str, container_id: str, victim: Process) -> int:
    """A program that waits, stopped, to use more and more memory."""
    import node_commands

    session = node_commands.start(container_id, ["sh", "-c", _FILL, "sh", _FILE, _number_inside(container_id, victim)])
    processes.leave_out(session)
    try:
        changes.note(key, partial(_end, container_id, session))
    except BaseException:
        _end(container_id, session)
        raise
    deadline = time.monotonic() + _STOP_S
    while processes.state_of(session) != "T":
        if time.monotonic() > deadline:
            raise AgentError("the node has no shell that can be stopped")
        time.sleep(_LOOK_S)
    with node_processes.opened(session, container_id) as folder:
        _write_score(folder, _NEXT)
    return session


def _end(container_id: str, session: int) -> None:
    import node_commands

    node_commands.end(container_id, session)
    processes.take_in(session)


def _remove_file(container_id: str) -> None:
    # What the node has in its memory goes with it.
    with contextlib.suppress(AgentError):
        for process in processes.of_container(container_id)[:1]:
            node_files.write(process["pid"], {}, [_FILE])


def _score_of(container_id: str, process: Process) -> int:
    with node_processes.opened(process["pid"], container_id) as folder:
        return int(node_processes.read_text(folder, "oom_score_adj"))


def _let_go(container_id: str, process: Process, score: int) -> None:
    _score(container_id, process, score)
    with node_processes.held([process["pid"]], {container_id}) as folders:
        node_processes.send(folders, signal.SIGCONT)


def _score(container_id: str, process: Process, score: int) -> None:
    with contextlib.suppress(AgentError, OSError), node_processes.opened(process["pid"], container_id) as folder:
        if node_processes.start_ticks(folder) == process["start_ticks"]:
            _write_score(folder, score)


def _write_score(folder: int, score: int) -> None:
    with open(os.open("oom_score_adj", os.O_WRONLY | os.O_CLOEXEC, dir_fd=folder), "w") as file:
        file.write(str(score))


def _limits(group: cgroups.Group) -> list[tuple[str, str]]:
    """The limit of memory, and that of swap where the kernel counts it."""
    _, memory, swap, _ = _FILES[group.version]
    return [(name, group.read(name)) for name in (memory, swap) if group.has(name)]


def _limit(group: cgroups.Group, size: int) -> None:
    """What does not fit is not to go to the disk either."""
    _, memory, swap, _ = _FILES[group.version]
    if group.version == 2 and group.has(swap):
        group.write(swap, 0)
    group.write(memory, size)
    if group.version == 1 and group.has(swap):
        group.write(swap, size)


def _put_back(group: cgroups.Group, limits: list[tuple[str, str]]) -> None:
    # That of both together first: it is never below that of memory. The group goes with its container.
    if os.path.isdir(group.folder):
        for name, value in reversed(limits):
            group.write(name, value)
