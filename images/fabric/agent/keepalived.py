"""What a node's keepalived says of itself: its dump on SIGUSR1.

keepalived writes the dump into $TMPDIR or /tmp, or where `state_dump_file` says, each of its processes one file.
"""

from __future__ import annotations

import contextlib
import os
import signal as signals
import time

import daemons
import node_files
import node_paths
import node_processes
import processes
from clock import now_ns
from errors import AgentError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shapes import Dump, Keepalived

    Identity = tuple[int, int, int, int]

_LOOK_S = 0.002
_OTHERS_S = 0.1
# Only the process that runs VRRP has these sections.
_MARKS = ("------< VRRP Topology >------", "------< Interfaces >------")


def running(container_id: str) -> list[Keepalived]:
    """The keepalived daemons of a node, without their children: what they were started with, and where."""
    found = processes.named(container_id, "keepalived")
    pids = {process["pid"] for process in found}
    parents = [process for process in found if process["ppid"] not in pids]
    return [{**process, "folder": _link(process["pid"], "cwd")} for process in parents]


def dump(container_id: str, pid: int, path: str | None, timeout_s: float) -> Dump:
    """Has the keepalived daemon `pid` write its dump, and answers with it. The files that it made for it are removed.

    `path` is where its configuration says that the dump goes. A daemon that would be ended by the signal, because a
    process of it does not handle it, is left alone.
    """
    family = _family(container_id, pid)
    if not all(_lives_through(one, signals.SIGUSR1) for one in family):
        raise AgentError("keepalived would be ended by SIGUSR1 here")
    _require_responsive(family)
    folder, name = os.path.split(path or os.path.join(_temporary_folder(pid), "keepalived.data"))
    before = _files(pid, folder, name)
    asked = now_ns()
    with node_processes.held([pid], {container_id}) as folders:
        node_processes.send(folders, signals.SIGUSR1)
    try:
        text, written = _await(pid, family, folder, name, before, timeout_s)
        return {"text": text, "before_ns": asked, "after_ns": written}
    finally:
        _remove_made(pid, len(family), folder, name, before)


def _family(container_id: str, pid: int) -> list[int]:
    found = processes.named(container_id, "keepalived")
    return [pid, *(process["pid"] for process in found if process["ppid"] == pid)]


def _require_responsive(family: list[int]) -> None:
    if len(daemons.responsive(family)) < len(family):
        raise AgentError("keepalived does not run, it is stopped")


def _lives_through(pid: int, number: int) -> bool:
    """keepalived takes signals from a descriptor (signalfd(2)): for that they are blocked."""
    with contextlib.suppress(OSError), open(f"/proc/{pid}/status") as file:
        masks = [line.split()[1] for line in file if line.startswith(("SigBlk:", "SigIgn:", "SigCgt:"))]
        return any(int(mask, 16) >> (number - 1) & 1 for mask in masks)
    return False


def _await(
    pid: int, family: list[int], folder: str, dump: str, before: dict[str, Identity], timeout_s: float
) -> tuple[str, int]:
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        for name, identity in _files(pid, folder, dump).items():
            if before.get(name) == identity or _is_open(family, identity):
                continue
            text = node_files.read(pid, os.path.join(folder, name))
            if any(mark in text for mark in _MARKS):
                return text, now_ns()
        time.sleep(_LOOK_S)
    # A signal that stops it may take effect a moment after it was sent.
    _require_responsive(family)
    raise AgentError(f"keepalived wrote no dump to {folder} within {timeout_s:g} s of SIGUSR1")


def _remove_made(pid: int, processes_asked: int, folder: str, name: str, before: dict[str, Identity]) -> None:
    """The other processes of the daemon may be a moment later; a file that was there before stays."""
    deadline = time.monotonic() + _OTHERS_S
    while True:
        changed = [one for one, seen in _files(pid, folder, name).items() if before.get(one) != seen]
        if len(changed) >= processes_asked or time.monotonic() > deadline:
            break
        time.sleep(_LOOK_S)
    node_files.write(pid, {}, [os.path.join(folder, one) for one in changed if one not in before])


def _files(pid: int, folder: str, dump: str) -> dict[str, Identity]:
    """The dumps that are there by name, and what tells whether one was written again.

    A process's kind, and the daemon's namespace and instance where the configuration wants so, are put before the
    name's ending.
    """
    found = {}
    stem, ending = os.path.splitext(dump)
    with contextlib.suppress(OSError), node_paths.folder_of(pid, folder) as opened:
        for entry in os.scandir(opened):
            if entry.name.startswith(stem) and entry.name.endswith(ending) and entry.is_file(follow_symlinks=False):
                seen = os.stat(entry.name, dir_fd=opened, follow_symlinks=False)
                found[entry.name] = (seen.st_dev, seen.st_ino, seen.st_mtime_ns, seen.st_size)
    return found


def _is_open(family: list[int], identity: Identity) -> bool:
    for pid in family:
        with contextlib.suppress(OSError):
            for descriptor in os.listdir(f"/proc/{pid}/fd"):
                with contextlib.suppress(OSError):
                    seen = os.stat(f"/proc/{pid}/fd/{descriptor}")
                    if (seen.st_dev, seen.st_ino) == identity[:2]:
                        return True
    return False


def _temporary_folder(pid: int) -> str:
    with contextlib.suppress(OSError), node_processes.opened(pid) as process:
        for variable in node_processes.read_text(process, "environ").split("\0"):
            if variable.startswith("TMPDIR=/"):
                return variable.partition("=")[2]
    return "/tmp"


def _link(pid: int, name: str) -> str:
    try:
        with node_processes.opened(pid) as process:
            return os.readlink(name, dir_fd=process)
    except (AgentError, OSError):
        return "/"
