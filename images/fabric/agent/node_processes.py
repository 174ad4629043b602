"""Processes of the lab's nodes, held so that none is taken for another one.

The number of a process that has ended can be another's soon: one of another container, or of the engine's machine,
whose files and namespaces the fabric could reach as well. So a process is opened, then looked at, and what follows is
done to what was opened.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal

from errors import AgentError
from registry import operation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
# As the kernel writes paths of control groups, whichever driver of the engine's made them (cgroups(7)).
_CONTAINER = re.compile(r"[0-9a-f]{64}")
_MOST_BYTES = 1 << 17

# The ids of the containers that are nodes of this lab.
_nodes: set[str] = set()


@operation("adopt_node")
def adopt(container_id: str, pid: int) -> None:
    """From now on the container is a node of this lab; `pid` is its first process."""
    _nodes.add(container_id)
    with opened(pid, container_id):
        pass


@contextlib.contextmanager
def opened(pid: int, container_id: str | None = None) -> Iterator[int]:
    """The folder of a node's process in /proc, open: it stays that process's, also when another one gets its number.

    A process of `container_id`, or of any node of this lab; anything else is refused.
    """
    folder = _open(pid, {container_id} if container_id else _nodes)
    if folder is None:
        raise AgentError(f"process {pid} has ended, or is not one of this lab's nodes")
    try:
        yield folder
    finally:
        os.close(folder)


def _open(pid: int, container_ids: set[str]) -> int | None:
    try:
        folder = os.open(f"/proc/{pid}", _FOLDER)
    except OSError:
        return None
    try:
        if not container_ids.isdisjoint(_CONTAINER.findall(read_text(folder, "cgroup"))):
            return folder
    except OSError:
        pass
    os.close(folder)
    return None


def read_text(folder: int, name: str) -> str:
    """A file of a process's folder in /proc; of what a process may make as long as it likes, the beginning."""
    with open(os.open(name, os.O_RDONLY | os.O_CLOEXEC, dir_fd=folder), "rb") as file:
        return file.read(_MOST_BYTES).decode(errors="replace")


def start_ticks(folder: int) -> int:
    """When the process was started, in the kernel's ticks: with its number it names a process (proc(5))."""
    # The command name may hold spaces and brackets: split after its last closing one.
    return int(read_text(folder, "stat").rpartition(")")[2].split()[19])


@contextlib.contextmanager
def held(pids: list[int], container_ids: set[str] | None = None) -> Iterator[list[int]]:
    """Those of these processes that run, open to be signalled; without one that is not a node's (any more)."""
    folders = [
        folder for pid in pids if (folder := _open(pid, _nodes if container_ids is None else container_ids)) is not None
    ]
    try:
        yield folders
    finally:
        for folder in folders:
            os.close(folder)


def send(folders: list[int], number: int) -> None:
    """Signals processes by their open folders (pidfd_send_signal(2)): never another that has got the number."""
    for folder in folders:
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(folder, number)


def pidfd(pid: int) -> int | None:
    """A descriptor of a node's process that can be waited on, too; None when it has ended."""
    folder = _open(pid, _nodes)
    if folder is None:
        return None
    try:
        descriptor = os.pidfd_open(pid)
        try:
            # Still there: the number was its own when the descriptor was made.
            start_ticks(folder)
        except (OSError, IndexError, ValueError):
            os.close(descriptor)
            return None
        return descriptor
    except ProcessLookupError:
        return None
    finally:
        os.close(folder)


@operation("udp_ports")
def udp_ports(pid: int) -> list[int]:
    """The local ports of a node's UDP sockets over IPv4, by the kernel's word (proc(5), /proc/net/udp)."""
    with opened(pid) as process, open(os.open("net/udp", os.O_RDONLY, dir_fd=process)) as table:
        next(table)
        return sorted({int(line.split()[1].rpartition(":")[2], 16) for line in table})
