"""Folders of nodes that cannot be written: read-only, or on a full file system. The machine's disk is not filled."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from functools import partial

import changes
import node_paths
import node_processes
import processes
from clock import now_ns
from errors import AgentError
from registry import operation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shapes import ChangeTime

_PROGRAM = os.path.join(os.path.dirname(os.path.abspath(__file__)), "folder_limiter.py")
_TIMEOUT_S = 30
_WRITES = os.O_WRONLY | os.O_RDWR
_MOST_SHOWN = 20


@operation("limit_folder")
def limit(key: str, pid: int, path: str, how: str) -> ChangeTime:
    """`how`: read-only, or full. It must be the path of a folder, without links, where nothing of the machine shows."""
    _require_own(pid, path)
    mounted = _mounts(pid, path)
    changes.note(key, partial(_put_back, pid, path, mounted))
    before = now_ns()
    _run(pid, how, path)
    return {"before_ns": before, "after_ns": now_ns()}


@operation("try_folder")
def try_folder(pid: int, path: str) -> str:
    """What becomes of a file that is written there: `written`, or the name of the error."""
    return _run(pid, "try", path)


@operation("folder_writers")
def writers(container_id: str, path: str) -> list[str]:
    """Which processes of a node have what below a folder open for writing, in words; the first of them."""
    found: list[str] = []
    for process in processes.of_container(container_id):
        with contextlib.suppress(AgentError, OSError), node_processes.opened(process["pid"], container_id) as folder:
            name = process["name"]
            found += [f"{name} (process {process['pid']}): {file}" for file in _written(folder, path)]
    return found[:_MOST_SHOWN]


def _written(folder: int, path: str) -> list[str]:
    descriptors = os.open("fd", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=folder)
    files: list[str] = []
    try:
        for number in os.listdir(descriptors):
            file = os.readlink(number, dir_fd=descriptors)
            if not file.startswith(f"{path}/"):
                continue
            lines = node_processes.read_text(folder, f"fdinfo/{number}").splitlines()
            flags = next((int(line.split()[1], 8) for line in lines if line.startswith("flags:")), 0)
            if flags & _WRITES:
                files.append(file)
    finally:
        os.close(descriptors)
    return files


def _require_own(pid: int, path: str) -> None:
    try:
        with node_paths.folder_of(pid, path) as folder, node_paths.root_of(pid) as root:
            whole = os.readlink(f"/proc/self/fd/{folder}")
            top = os.readlink(f"/proc/self/fd/{root}")
    except OSError as error:
        raise AgentError(f"{path} cannot be limited: {error.strerror}") from error
    if whole not in (path, top.rstrip("/") + path):
        raise AgentError(f"{path} leads to another place ({whole}): name the folder without links")
    point, fields = max(
        (one for one in _mount_points(pid) if path == one[0] or path.startswith(one[0].rstrip("/") + "/")),
        key=lambda one: len(one[0]),
    )
    if any(field.startswith("shared:") for field in fields):
        raise AgentError(f"{path} is on {point}, which the node shares with the machine")


def _mount_points(pid: int) -> list[tuple[str, list[str]]]:
    """Of a node, each with its optional fields (proc(5), /proc/PID/mountinfo)."""
    with (
        node_processes.opened(pid) as folder,
        open(os.open("mountinfo", os.O_RDONLY | os.O_CLOEXEC, dir_fd=folder), errors="replace") as file,
    ):
        lines = [line.split() for line in file]
    return [(words[4], words[6 : words.index("-")]) for words in lines]


def _mounts(pid: int, path: str) -> int:
    return sum(point == path for point, _ in _mount_points(pid))


def _put_back(pid: int, path: str, mounted: int) -> None:
    try:
        left = _mounts(pid, path) - mounted
    except AgentError:
        # What was mounted in a node that has ended went with it.
        return
    for _ in range(left):
        _run(pid, "undo", path)


def _run(pid: int, word: str, path: str) -> str:
    with node_processes.opened(pid) as folder:
        namespace = os.open("ns/mnt", os.O_RDONLY | os.O_CLOEXEC, dir_fd=folder)
    try:
        argv = [sys.executable, "-S", "-E", _PROGRAM, str(namespace), word, path]
        done = subprocess.run(
            argv, pass_fds=[namespace], capture_output=True, text=True, timeout=_TIMEOUT_S, check=False
        )
    finally:
        os.close(namespace)
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise AgentError(f"{path} cannot be limited: {said[-1] if said else done.returncode}")
    return done.stdout
