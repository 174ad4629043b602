"""Paths of a node, walked inside its root.

A link leads to where it leads for the node's own programs: an absolute one begins at the node's root, `..` ends there.
The kernel follows none of them for us, so none leads out of the node, whatever its image has put there.
"""

from __future__ import annotations

import contextlib
import functools
import os
import stat

from errors import AgentError
from node_processes import opened
from registry import operation

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ctypes
    from collections.abc import Callable, Iterator

# As path_resolution(7); a path of more parts is not one that a daemon has.
_MOST_LINKS = 40
_MOST_PARTS = 256
_PLACE = os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC
# What the kernel makes up is not a node's own, though it shows there, and the fabric's powers could read more of it
# than the node's (/proc/kmsg). By statfs(2)'s f_type, of linux/magic.h.
_KERNELS_OWN = {
    0x9FA0: "proc", 0x62656572: "sysfs", 0x27E0EB: "cgroup", 0x63677270: "cgroup2", 0x64626720: "debugfs",
    0x74726163: "tracefs", 0x73636673: "securityfs", 0xCAFE4A11: "bpf", 0x1CD1: "devpts", 0x19800202: "mqueue",
    0x6E736673: "nsfs", 0x62656570: "configfs", 0x6165676C: "pstore", 0xDE5E81E4: "efivarfs",
    0x42494E4D: "binfmt_misc", 0xF97CFF8C: "selinuxfs", 0x43415D53: "smackfs", 0x5A3C69F0: "apparmorfs",
    0x958458F6: "hugetlbfs", 0x7655821: "resctrl", 0x65735543: "fusectl", 0x67596969: "rpc_pipefs",
    0x50495045: "pipefs", 0x534F434B: "sockfs",
}  # fmt: skip
_STATFS_BYTES = 256


@contextlib.contextmanager
def root_of(pid: int) -> Iterator[int]:
    """The root of the files of a node's process, open."""
    with opened(pid) as process:
        try:
            root = os.open("root", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=process)
        except OSError as error:
            raise AgentError(f"the files of process {pid} cannot be reached: {error.strerror}") from error
        try:
            yield root
        finally:
            os.close(root)


@contextlib.contextmanager
def file_of(pid: int, path: str, kind: Callable[[int], bool] = stat.S_ISREG, flags: int = os.O_RDONLY) -> Iterator[int]:
    """A file of a node, open: a regular one unless `kind` says so. It is opened only when it is known to be that.

    Raises OSError where there is no such file, and where it is of another kind.
    """
    with _place(pid, path) as place:
        if not kind(os.fstat(place).st_mode):
            raise OSError(0, "it is not a regular file" if kind is stat.S_ISREG else "it is of another kind")
        # The very file that was looked at, and no waiting for the other end of a pipe.
        descriptor = os.open(f"/proc/self/fd/{place}", flags | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def folder_of(pid: int, path: str) -> Iterator[int]:
    """A folder of a node, open. Raises OSError where there is none."""
    with file_of(pid, path, stat.S_ISDIR, os.O_RDONLY | os.O_DIRECTORY) as folder:
        yield folder


def status_of(pid: int, path: str) -> os.stat_result | None:
    """stat(2) of a file of a node, at the end of all links; None where there is none."""
    try:
        with _place(pid, path) as place:
            return os.fstat(place)
    except OSError:
        return None


@operation("has_program")
def has_program(pid: int, name: str) -> bool:
    """Whether the node's own file system has a program of that name on the usual paths."""
    folders = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")
    return any(status_of(pid, f"{folder}/{name}") for folder in folders)


@operation("node_file_size")
def file_size(pid: int, path: str) -> int | None:
    """In bytes; None where there is no such file."""
    status = status_of(pid, path)
    return None if status is None else status.st_size


@contextlib.contextmanager
def _place(pid: int, path: str) -> Iterator[int]:
    with root_of(pid) as root:
        place = walk(root, path)
    try:
        if made_up := _KERNELS_OWN.get(_file_system(place)):
            raise OSError(0, f"it is the kernel's ({made_up}), not the node's own")
        yield place
    finally:
        os.close(place)


def walk(root: int, path: str) -> int:
    """What is at `path` under the folder `root`, opened as a place only (O_PATH): nothing has been done to it."""
    if "\0" in path:
        raise AgentError("a path has no NUL in it")
    # Open folders, from the root to where we are.
    above = [os.dup(root)]
    left = _parts(path)
    links = 0
    try:
        while left:
            part = left.pop()
            if part == "..":
                if len(above) > 1:
                    os.close(above.pop())
                continue
            above.append(os.open(part, _PLACE, dir_fd=above[-1]))
            if not stat.S_ISLNK(os.fstat(above[-1]).st_mode):
                continue
            target = os.readlink("", dir_fd=above[-1])
            os.close(above.pop())
            links += 1
            while target.startswith("/") and len(above) > 1:
                os.close(above.pop())
            left += _parts(target)
            if links > _MOST_LINKS or len(left) + len(above) > _MOST_PARTS:
                raise OSError(0, "too many links")
        return os.dup(above[-1])
    finally:
        for folder in above:
            os.close(folder)


def _parts(path: str) -> list[str]:
    """The last one first."""
    return [part for part in reversed(path.split("/")) if part not in ("", ".")]


@functools.cache
def libc() -> ctypes.CDLL:
    """Once: every further one makes classes of its own."""
    # Loaded when it is needed: a lab is to start quickly.
    import ctypes

    return ctypes.CDLL(None, use_errno=True)


def _file_system(place: int) -> int:
    import ctypes

    answer = ctypes.create_string_buffer(_STATFS_BYTES)
    if libc().fstatfs(place, answer) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return ctypes.c_ulong.from_buffer(answer).value & 0xFFFFFFFF
