"""Files of nodes that get a wrong line, and get their very bytes, owner and mode back."""

from __future__ import annotations

import contextlib
import os
import stat
from functools import partial

import changes
import daemons
import node_files
import node_paths
from clock import now_ns
from errors import AgentError
from registry import operation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shapes import ProcessesChanged

_MOST_BYTES = 8 << 20


@operation("spoil_file")
def spoil(key: str, container_id: str, pid: int, path: str, line: str, name: str, signal_name: str) -> ProcessesChanged:
    """Adds a line at the end of a file of the node, and tells every process of that name to read it again."""
    content, status = _read(pid, path)
    changes.note(key, partial(_put_back, container_id, pid, path, content, status, name, signal_name))
    end = b"" if not content or content.endswith(b"\n") else b"\n"
    before = now_ns()
    node_files.replace(pid, path, content + end + line.encode() + b"\n", status)
    done = daemons.tell(container_id, name, signal_name)
    return {"before_ns": before, "after_ns": now_ns(), "processes": done["processes"]}


@operation("file_ends_with")
def ends_with(pid: int, path: str, line: str) -> bool:
    """Whether that is the last line of a file of the node."""
    return _read(pid, path)[0].endswith(b"\n" + line.encode() + b"\n")


def _read(pid: int, path: str) -> tuple[bytes, os.stat_result]:
    try:
        with node_paths.file_of(pid, path) as descriptor:
            status = os.fstat(descriptor)
            if status.st_size > _MOST_BYTES:
                raise AgentError(f"{path} is larger than {_MOST_BYTES >> 20} MiB")
            content = os.pread(descriptor, _MOST_BYTES, 0)
    except OSError as error:
        raise AgentError(f"{path} cannot be read in the node: {error.strerror}") from error
    return content, status


def _put_back(
    container_id: str, pid: int, path: str, content: bytes, status: os.stat_result, name: str, signal_name: str
) -> None:
    # A node that was started again has its files, and another first process.
    import engine_api

    with contextlib.suppress(AgentError):
        pid = engine_api.first_process(container_id) or pid
    now, has = _read(pid, path)
    if now == content and _owner(has) == _owner(status):
        return
    node_files.replace(pid, path, content, status)
    daemons.tell(container_id, name, signal_name)


def _owner(status: os.stat_result) -> tuple[int, int, int]:
    return status.st_uid, status.st_gid, stat.S_IMODE(status.st_mode)
