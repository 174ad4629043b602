"""Writing and reading files of a node from outside, before or while its daemons run."""

from __future__ import annotations

import contextlib
import itertools
import os
import stat

import node_paths
from errors import AgentError
from registry import operation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_CHARACTERS = 8 << 20
MOST_ENTRIES = 10_000
# One answer's worth: a longer file is read on by the next question.
PIECE_BYTES = 1 << 20
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


@operation("write_node_files")
def write(pid: int, files: dict[str, str], remove: list[str]) -> None:
    """Removes files of the node whose first process is `pid`, then puts others there, each whole or not at all.

    Folders that are missing are made. A link on the way is refused: seen from here it would lead out of the node.
    """
    with node_paths.root_of(pid) as root:
        for path in remove:
            _remove(root, path)
        for path, content in files.items():
            _write(root, path, content)


@operation("read_node_file")
def read(pid: int, path: str) -> str:
    """A regular file as the process `pid` has it, with the node's own links followed, of 8 MiB at most."""
    try:
        with node_paths.file_of(pid, path) as descriptor, open(descriptor, errors="replace", closefd=False) as file:
            content = file.read(MOST_CHARACTERS + 1)
    except OSError as error:
        raise AgentError(f"{path} cannot be read in the node: {error.strerror}") from error
    if len(content) > MOST_CHARACTERS:
        raise AgentError(f"{path} cannot be read in the node: it is larger than {MOST_CHARACTERS >> 20} MiB")
    return content


@operation("read_node_lines")
def read_lines(pid: int, path: str, offset: int) -> dict[str, object]:
    """The next whole lines from byte `offset` on, 1 MiB at most, of a file that only grows, and where they end.

    From its beginning where it is shorter than that: it was begun anew. No lines where there are none yet.
    """
    try:
        with node_paths.file_of(pid, path) as descriptor:
            begin = 0 if os.fstat(descriptor).st_size < offset else offset
            piece = os.pread(descriptor, PIECE_BYTES, begin)
    except OSError as error:
        raise AgentError(f"{path} cannot be read in the node: {error.strerror}") from error
    whole = piece[: piece.rfind(b"\n") + 1]
    if not whole and len(piece) == PIECE_BYTES:
        raise AgentError(f"{path} cannot be read in the node: it is larger than {PIECE_BYTES >> 20} MiB in one line")
    return {"text": whole.decode(errors="replace"), "offset": begin + len(whole)}


@operation("list_node_folder")
def entries(pid: int, path: str) -> list[str] | None:
    """The names in a folder; None where there is no such folder."""
    try:
        with node_paths.folder_of(pid, path) as folder, os.scandir(folder) as found:
            names = [entry.name for entry in itertools.islice(found, MOST_ENTRIES + 1)]
    except OSError:
        return None
    if len(names) > MOST_ENTRIES:
        raise AgentError(f"{path} cannot be read in the node: it has more than {MOST_ENTRIES} entries")
    return sorted(name.encode(errors="surrogateescape").decode(errors="replace") for name in names)


def _parts(path: str) -> list[str]:
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if not path.startswith("/") or not parts or path.endswith("/") or ".." in parts or "\0" in path:
        raise AgentError(f"'{path}' is not an absolute path of a file")
    return parts


@contextlib.contextmanager
def _folder(root: int, path: str, make: bool) -> Iterator[tuple[int, str]]:
    """The open folder of a path, and the path's last part."""
    *above, last = _parts(path)
    folder = os.dup(root)
    try:
        for part in above:
            if make:
                with contextlib.suppress(FileExistsError):
                    os.mkdir(part, 0o755, dir_fd=folder)
            deeper = os.open(part, _FOLDER, dir_fd=folder)
            os.close(folder)
            folder = deeper
        yield folder, last
    finally:
        os.close(folder)


def replace(pid: int, path: str, content: bytes, status: os.stat_result) -> None:
    """Puts a file there with that content, and the owner and mode of `status`."""
    with node_paths.root_of(pid) as root:
        _write(root, path, content, status)


def _write(root: int, path: str, content: str | bytes, status: os.stat_result | None = None) -> None:
    try:
        with _folder(root, path, make=True) as (folder, name):
            temporary = f".{name}.hadrill"
            with contextlib.suppress(FileNotFoundError):
                os.unlink(temporary, dir_fd=folder)
            # Always a new file: one that is there could be a pipe, or another name of a file elsewhere.
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
            with open(os.open(temporary, flags, 0o644, dir_fd=folder), "wb") as file:
                file.write(content.encode() if isinstance(content, str) else content)
                if status is not None:
                    os.fchown(file.fileno(), status.st_uid, status.st_gid)
                    os.fchmod(file.fileno(), stat.S_IMODE(status.st_mode))
            os.replace(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)
    except OSError as error:
        raise AgentError(f"{path} cannot be written in the node: {error.strerror}") from error


def _remove(root: int, path: str) -> None:
    try:
        with _folder(root, path, make=False) as (folder, name):
            if stat.S_ISDIR(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode):
                raise AgentError(f"{path} is a folder in the node: only files are removed")
            os.unlink(name, dir_fd=folder)
    except FileNotFoundError:
        pass
    except OSError as error:
        raise AgentError(f"{path} cannot be removed in the node: {error.strerror}") from error
