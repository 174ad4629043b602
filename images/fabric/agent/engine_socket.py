"""Where the engine listens, as seen from the fabric.

The engine's socket is mounted into the fabric as a file. An engine that is started again makes a new one under the
same name, and the mounted one is dead for good. The new one is found in the engine's own file system, which the
fabric can look into since it shares the machine's processes (`pid: host`) and may look at any (SYS_PTRACE).
"""

from __future__ import annotations

import os
import socket

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

MOUNTED = "/run/hadrill-engine.sock"
# Links in a row, as many as the kernel follows (path_resolution(7)).
MOST_LINKS = 40
_ENGINES = ("dockerd", "podman")


def candidates() -> Iterator[str]:
    """Paths at which the engine may listen, the most likely first."""
    yield MOUNTED
    path = os.environ.get("HADRILL_ENGINE_SOCKET")
    if not path:
        return
    for pid in ("1", *engine_pids()):
        found = resolve_in(f"/proc/{pid}/root", path)
        if found:
            yield found


def open_socket(path: str, timeout_s: float) -> socket.socket:
    """A connection to a socket, whatever the length of its path. Raises OSError."""
    # A socket's address holds 107 characters of a path (unix(7)).
    handle = os.open(path, os.O_PATH)
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(timeout_s)
    try:
        connection.connect(f"/proc/self/fd/{handle}")
    except OSError:
        connection.close()
        raise
    finally:
        os.close(handle)
    return connection


def resolve_in(root: str, path: str) -> str | None:
    """The path without links, as a process with that root directory would follow it; None where there is no such
    file."""
    rest = path.split("/")[::-1]
    here: list[str] = []
    links = 0
    while rest:
        part = rest.pop()
        if part in ("", "."):
            continue
        if part == "..":
            here = here[:-1]
            continue
        full = "/".join([root, *here, part])
        try:
            target = os.readlink(full)
        except OSError:
            here.append(part)
            continue
        links += 1
        if links > MOST_LINKS:
            return None
        if target.startswith("/"):
            here = []
        rest.extend(target.split("/")[::-1])
    found = "/".join([root, *here])
    return found if os.path.exists(found) else None


def engine_pids() -> list[str]:
    pids = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/comm") as comm:
                if comm.read().strip() in _ENGINES:
                    pids.append(pid)
        except OSError:
            pass  # it has ended meanwhile
    return pids
