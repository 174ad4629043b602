"""Writing and reading files of a node from outside, before or while its daemons run."""

import contextlib
import os
import stat

from errors import AgentError

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def write(pid: int, files: dict[str, str], remove: list[str]) -> None:
    """Removes files of the node whose first process is `pid`, then puts others there, each whole or not at all.

    Folders that are missing are made. A link on the way is refused: seen from here it would lead out of the node.
    """
    with _root(pid) as root:
        for path in remove:
            _remove(root, path)
        for path, content in files.items():
            _write(root, path, content)


def read(pid: int, path: str, characters: int) -> str:
    """The beginning of a regular file as the process `pid` has it. A link on the way is refused."""
    try:
        with _root(pid) as root, _folder(root, path, make=False) as (above, name):
            flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
            with open(os.open(name, flags, dir_fd=above), errors="replace") as file:
                if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                    raise AgentError(f"{path} is not a regular file in the node")
                return file.read(characters)
    except OSError as error:
        raise AgentError(f"{path} cannot be read in the node: {error.strerror}") from error


@contextlib.contextmanager
def folder(pid: int, path: str):
    """A folder of a node, open. A link on the way is refused."""
    with _root(pid) as root, _folder(root, os.path.join(path, "any"), make=False) as (opened, _):
        yield opened


@contextlib.contextmanager
def _root(pid: int):
    try:
        root = os.open(f"/proc/{pid}/root", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise AgentError(f"the files of process {pid} cannot be reached: {error.strerror}") from error
    try:
        yield root
    finally:
        os.close(root)


def _parts(path: str) -> list[str]:
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if not path.startswith("/") or not parts or path.endswith("/") or ".." in parts or "\0" in path:
        raise AgentError(f"'{path}' is no absolute path of a file")
    return parts


@contextlib.contextmanager
def _folder(root: int, path: str, make: bool):
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


def _write(root: int, path: str, content: str) -> None:
    try:
        with _folder(root, path, make=True) as (folder, name):
            temporary = f".{name}.hadrill"
            flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
            with open(os.open(temporary, flags, 0o644, dir_fd=folder), "w") as file:
                file.write(content)
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
