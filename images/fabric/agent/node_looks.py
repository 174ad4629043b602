"""One look at all nodes of a lab: which processes and interfaces each has, and how those of the look before ended.

A process that was seen is held by a descriptor (pidfd_open(2)) until the next look: the kernel then says how it ended,
whoever its parent was (PIDFD_GET_INFO of linux/pidfd.h, from Linux 6.15 on).
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import struct
import threading

import address_changes
import node_processes
import processes
from clock import now_ns
from errors import AgentError
from registry import operation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from machine_shapes import EndedProcess, LookedAt, NodeLook, NodeSeen, SeenProcess
    from shapes import NodeAddress, Process

_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
# _IOWR(0xFF, 11, struct pidfd_info), of its first version: 64 bytes.
_INFO = struct.Struct("=QQ44xi")
_GET_INFO = 3 << 30 | _INFO.size << 16 | 0xFF << 8 | 11
_INFO_EXIT = 1 << 3
_MOST_CORES = 20


class _Held:
    """The processes of the last look."""

    def __init__(self) -> None:
        self.turn = threading.Lock()
        self._descriptors: dict[tuple[str, int, int], tuple[int, str]] = {}

    def take(self, node: str, process: Process) -> None:
        key = node, process["pid"], process["start_ticks"]
        if key in self._descriptors:
            return
        # Without room for one more descriptor it is not known how the process ends.
        with contextlib.suppress(OSError):
            descriptor = node_processes.pidfd(process["pid"])
            if descriptor is not None:
                self._descriptors[key] = descriptor, process["name"]

    def ended(self, living: set[tuple[str, int, int]]) -> list[EndedProcess]:
        """Those that are not there any more, each answered once."""
        found: list[EndedProcess] = []
        for key in sorted(self._descriptors.keys() - living):
            descriptor, name = self._descriptors.pop(key)
            node, pid, started = key
            found.append(
                {"node": node, "pid": pid, "start_ticks": started, "name": name, "status": _status(descriptor)}
            )
            os.close(descriptor)
        return found


_held = _Held()


def _status(descriptor: int) -> int | None:
    """As waitpid(2) has it; None where the kernel does not say, or the process has not been taken apart yet."""
    info = bytearray(_INFO.pack(_INFO_EXIT, 0, 0))
    try:
        fcntl.ioctl(descriptor, _GET_INFO, info)
    except OSError:
        return None
    mask, _, status = _INFO.unpack(info)
    return status if mask & _INFO_EXIT else None


@operation("look_at_nodes")
def look(nodes: list[LookedAt], daemons: list[str]) -> NodeLook:
    """What each of these nodes has now. `daemons` are names of programs that count as daemons wherever they run;
    so does what a node's supervisor (runit) started, without what reads its output."""
    with _held.turn:
        at_ns = now_ns()
        seen = [_node(one, set(daemons)) for one in nodes]
        living = {(one["node"], process["pid"], process["start_ticks"]) for one in seen for process in one["processes"]}
        ended = _held.ended(living)
        for one in seen:
            for process in one["processes"]:
                if process["service"] is not None or process["daemon"]:
                    _held.take(one["node"], process)
        return {
            "at_ns": at_ns,
            "nodes": seen,
            "ended": ended,
            "uptime_ticks": _uptime_ticks(),
            "core_pattern": _core_pattern(),
        }


def _node(wanted: LookedAt, daemons: set[str]) -> NodeSeen:
    found = processes.of_container(wanted["container_id"])
    parents = {one["pid"]: one for one in found}
    seen = [_process(one, parents, daemons) for one in found]
    cores: list[str] = []
    for one in seen:
        if one["service"] is not None or one["daemon"]:
            _measure(one, cores)
    return {
        "node": wanted["node"],
        "first": wanted["pid"],
        "processes": seen,
        "interfaces": _interfaces(wanted["pid"]),
        "addresses": _addresses(wanted["pid"]),
        "untracked_drops": _untracked_drops(wanted["pid"]),
        "cores": sorted(set(cores)),
    }


def _process(process: Process, parents: dict[int, Process], daemons: set[str]) -> SeenProcess:
    program = os.path.basename(process["argv"][0]) if process["argv"] else process["name"]
    daemon = process["name"] in daemons or program in daemons
    service = _service(process, parents)
    return {**process, "service": service, "daemon": daemon, "open": None, "resident_bytes": None}


def _service(process: Process, parents: dict[int, Process]) -> str | None:
    """The service that the process belongs to: by the supervisor (runsv(8)) that it descends from."""
    above = parents.get(process["ppid"])
    for _ in range(len(parents)):
        if above is None:
            return None
        if above["name"] == "runsv":
            return os.path.basename(above["argv"][-1]) if above["argv"] else None
        above = parents.get(above["ppid"])
    return None


def _measure(process: SeenProcess, cores: list[str]) -> None:
    with (
        contextlib.suppress(AgentError, OSError, IndexError, ValueError),
        node_processes.opened(process["pid"]) as folder,
    ):
        process["open"] = len(_names(folder, "fd"))
        process["resident_bytes"] = int(node_processes.read_text(folder, "statm").split()[1]) * _PAGE_BYTES
        place = os.readlink("cwd", dir_fd=folder)
        found = [f"{place.rstrip('/')}/{name}" for name in _names(folder, "cwd") if name.split(".")[0] == "core"]
        cores.extend(found[:_MOST_CORES])


def _names(folder: int, name: str) -> list[str]:
    inner = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=folder)
    try:
        return os.listdir(inner)
    finally:
        os.close(inner)


def _interfaces(pid: int) -> list[str] | None:
    """Those of the network namespace of the node's first process (proc(5), /proc/net/dev); None while it is down."""
    if pid == 0:
        return None
    try:
        with node_processes.opened(pid) as folder:
            lines = node_processes.read_text(folder, "net/dev").splitlines()
    except (AgentError, OSError):
        return None
    return sorted(line.split(":")[0].strip() for line in lines[2:])


def _addresses(pid: int) -> list[NodeAddress]:
    """None of a node that is down, or goes down while it is asked."""
    if pid == 0:
        return []
    try:
        return [one for one in address_changes.of_node(pid) if one["address"] is not None]
    except (AgentError, OSError):
        return []


def _untracked_drops(pid: int) -> int | None:
    """The kernel's count, of each processor one line in hexadecimal digits, under a line of names."""
    if pid == 0:
        return None
    try:
        with node_processes.opened(pid) as folder:
            names, *lines = node_processes.read_text(folder, "net/stat/nf_conntrack").splitlines()
        column = names.split().index("drop")
        return sum(int(line.split()[column], 16) for line in lines)
    except (AgentError, OSError, ValueError, IndexError):
        return None


def _uptime_ticks() -> int:
    with open("/proc/uptime") as file:
        return int(float(file.read().split()[0]) * os.sysconf("SC_CLK_TCK"))


def _core_pattern() -> str:
    try:
        with open("/proc/sys/kernel/core_pattern") as file:
            return file.read().strip()
    except OSError:
        return ""
