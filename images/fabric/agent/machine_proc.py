"""Settings of a node's network: the kernel shows a thread those of the namespace that it is in (proc(5)).

The fabric's own /proc/sys cannot be written, so /proc is mounted once more, for the fabric alone.
"""

from __future__ import annotations

import ctypes
import os
import threading

import namespaces
import node_paths
from errors import AgentError
from run_folder import RUN_FOLDER

_FOLDER = f"{RUN_FOLDER}/proc"
_mounting = threading.Lock()


def read(pid: int, name: str) -> str:
    """A setting of the network of a node's process, such as `ipv4/ip_local_port_range`."""
    with namespaces.network_of(pid), open(_path(name)) as file:
        return file.read().strip()


def write(pid: int, name: str, value: str) -> None:
    try:
        with namespaces.network_of(pid), open(_path(name), "w") as file:
            file.write(value + "\n")
    except OSError as error:
        raise AgentError(f"the kernel does not take '{value}' for net/{name}: {error.strerror}") from error


def _path(name: str) -> str:
    with _mounting:
        os.makedirs(_FOLDER, exist_ok=True)
        if not os.path.ismount(_FOLDER) and node_paths.libc().mount(b"proc", _FOLDER.encode(), b"proc", 0, None) != 0:
            raise AgentError(f"the fabric cannot mount /proc: {os.strerror(ctypes.get_errno())}")
    return f"{_FOLDER}/sys/net/{name}"
