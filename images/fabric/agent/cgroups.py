"""Control groups of nodes, as the engine's machine has them: version 1, with a hierarchy for each controller, or 2.

A node sees its own group and cannot change it, and the fabric's own file system shows no other than the fabric's. So
the fabric mounts the hierarchy once more, for itself alone: nobody else sees that mount, and it goes with the fabric.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import re
import threading

import container_pids
import engine_socket
import node_paths
from errors import AgentError
from run_folder import RUN_FOLDER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_CONTAINER = re.compile(r"[0-9a-f]{64}")
_mounting = threading.Lock()


class Group:
    """The group of a container for one controller."""

    def __init__(self, folder: str, version: int) -> None:
        self.folder = folder
        self.version = version

    def read(self, name: str) -> str:
        with open(f"{self.folder}/{name}") as file:
            return file.read().strip()

    def write(self, name: str, value: str | int) -> None:
        try:
            with open(f"{self.folder}/{name}", "w") as file:
                file.write(str(value))
        except OSError as error:
            raise AgentError(f"the kernel does not take {value} for {name}: {error.strerror}") from error

    def has(self, name: str) -> bool:
        return os.path.exists(f"{self.folder}/{name}")

    def number(self, name: str, field: str) -> int:
        """A field of a file of `field value` lines; 0 where there is none."""
        for line in self.read(name).splitlines():
            words = line.split()
            if len(words) == 2 and words[0] == field:
                return int(words[1])
        return 0


def of_container(container_id: str, controller: str) -> Group:
    """Raises AgentError when nothing runs in it, or the machine's groups cannot be reached."""
    with _machines_view():
        for pid in container_pids.of_containers([container_id]):
            with contextlib.suppress(FileNotFoundError, ProcessLookupError), open(f"/proc/{pid}/cgroup") as file:
                return _group(file.read().splitlines(), container_id, controller)
    raise AgentError(f"nothing runs in container {container_id[:12]}: it has no control group")


@contextlib.contextmanager
def _machines_view() -> Iterator[None]:
    """Puts the calling thread into the machine's cgroup namespace for the length of the block, where it can be found:
    an engine may give each container one of its own (cgroup_namespaces(7))."""
    machines = _machines_namespace()
    if machines is None:
        yield
        return
    own = os.open("/proc/thread-self/ns/cgroup", os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.setns(machines, os.CLONE_NEWCGROUP)
        yield
    finally:
        os.setns(own, os.CLONE_NEWCGROUP)
        os.close(own)
        os.close(machines)


def _machines_namespace() -> int | None:
    """That of the machine's first process, or of the engine, open."""
    for pid in ("1", *engine_socket.engine_pids()):
        with contextlib.suppress(OSError):
            return os.open(f"/proc/{pid}/ns/cgroup", os.O_RDONLY | os.O_CLOEXEC)
    return None


def _group(lines: list[str], container_id: str, controller: str) -> Group:
    """By the lines of cgroups(7): `number:controllers:path`; that of version 2 has no controllers."""
    paths = {names: path for _, names, path in (line.split(":", 2) for line in lines)}
    names = next((names for names in paths if controller in names.split(",")), "")
    if names not in paths:
        raise AgentError(f"the kernel has no control groups for {controller}")
    folder = _mounted(names) + _containers_own(paths[names], container_id)
    if not os.path.isdir(folder):
        raise AgentError(f"the control group of container {container_id[:12]} cannot be reached from the fabric")
    return Group(folder, 1 if names else 2)


def _containers_own(path: str, container_id: str) -> str:
    """The container's group, where a process is in one below it."""
    parts = path.split("/")
    depth = next((at for at, part in enumerate(parts, 1) if container_id in _CONTAINER.findall(part)), None)
    if depth is None or ".." in parts:
        raise AgentError(f"the control group of container {container_id[:12]} is not known: {path}")
    return "/".join(parts[:depth])


def _mounted(names: str) -> str:
    """Where the hierarchy of these controllers of version 1 is, or that of version 2."""
    folder = f"{RUN_FOLDER}/cgroup/{names.replace(',', '-') or 'unified'}"
    with _mounting:
        os.makedirs(folder, exist_ok=True)
        if os.path.ismount(folder):
            return folder
        kind, options = (b"cgroup", names.encode()) if names else (b"cgroup2", None)
        if node_paths.libc().mount(b"none", folder.encode(), kind, 0, options) != 0:
            why = os.strerror(ctypes.get_errno())
            raise AgentError(f"the fabric cannot mount the machine's control groups ({names or 'version 2'}): {why}")
    return folder
