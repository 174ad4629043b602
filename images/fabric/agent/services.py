"""Services of a node, which its own supervisor (runit) starts. `pid` is the node's first process.

The supervisor is spoken to by its own files (runsv(8)): no program of the node's is run for it.
"""

import os
import stat
import time

import node_paths
from errors import AgentError
from registry import operation

HOLD_TIMEOUT_S = 0.2
HOLD_POLL_S = 0.0005
FOLDERS = ("/run/service", "/etc/service", "/service")
_MOST_STATE_BYTES = 200


@operation("start_service")
def start(pid: int, name: str) -> bool:
    """Has a service started; harmless when it runs. Returns whether the supervisor took the order.

    As the node's boot does: with the file `down` a service is started once, else whenever it ends (runsv(8)).
    """
    folder = _folder(pid, name)
    if folder is None:
        return False
    once = node_paths.status_of(pid, f"{folder}/down") is not None
    return _order(pid, folder, b"o" if once else b"u")


def start_always(pid: int, name: str) -> bool:
    """Has a service started now and whenever it ends. Returns whether the supervisor took the order."""
    folder = _folder(pid, name)
    return folder is not None and _order(pid, folder, b"u")


@operation("has_service")
def known(pid: int, name: str) -> bool:
    """Whether the node's supervisor has such a service: one that runs, or would if it were asked to."""
    return _folder(pid, name) is not None


@operation("hold_service")
def hold(pid: int, name: str) -> bool:
    """Keeps the supervisor from starting a service again when it ends, and leaves the service itself alone.

    That is what "once" means to a service that runs. Returns whether the supervisor got the message.
    """
    for folder in _folders(name):
        if _state(pid, folder) != "run" or not _order(pid, folder, b"o"):
            continue
        deadline = time.monotonic() + HOLD_TIMEOUT_S
        while _state(pid, folder) == "run" and time.monotonic() < deadline:
            time.sleep(HOLD_POLL_S)
        return True
    return False


def _folders(name: str) -> list[str]:
    if "/" in name or name in ("", ".", ".."):
        raise AgentError(f"'{name}' is not the name of a service")
    return [f"{folder}/{name}" for folder in FOLDERS]


def _folder(pid: int, name: str) -> str | None:
    """Where the supervisor keeps what it knows of a service; None where it has no such one."""
    return next((folder for folder in _folders(name) if _state(pid, folder) is not None), None)


def _order(pid: int, folder: str, order: bytes) -> bool:
    """Writes to the supervisor's own pipe; false when nothing reads it."""
    try:
        with node_paths.file_of(pid, f"{folder}/supervise/control", stat.S_ISFIFO, os.O_WRONLY) as control:
            return os.write(control, order) == len(order)
    except OSError:
        return False


def _state(pid: int, folder: str) -> str | None:
    """What the supervisor says of a service: `run`, `run, want down`, `down`, ...; None where there is no such one."""
    try:
        with node_paths.file_of(pid, f"{folder}/supervise/stat") as file:
            return os.read(file, _MOST_STATE_BYTES).decode(errors="replace").strip()
    except (OSError, AgentError):
        return None
