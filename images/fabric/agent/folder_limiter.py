"""Limits a folder of a node, in the mount namespace that it is given: nothing of the node's own is run.

Arguments: the descriptor of the namespace, a word and the folder's path without links. `read-only` binds it to itself,
read-only. `full` puts a file system of its own with its content over it, and fills that. `undo` takes off what is
mounted there. `try` prints what becomes of a file that is written there: written, EROFS, ENOSPC...
"""

from __future__ import annotations

import ctypes
import errno
import os
import stat
import sys

_MOST_BYTES = 32 << 20
_MOST_FILES = 10_000
_PAGE = 4096
_CLONE_NEWNS = 0x20000
_NOSUID, _NODEV, _REMOUNT, _RDONLY, _BIND, _DETACH = 2, 4, 32, 1, 4096, 2
# mount(2): what a remount of a bind must repeat of its file system's flags, by statvfs(3)'s.
_KEPT = {os.ST_NOSUID: _NOSUID, os.ST_NODEV: _NODEV, os.ST_NOEXEC: 8, os.ST_NOATIME: 1024, os.ST_RELATIME: 1 << 21}
_libc = ctypes.CDLL(None, use_errno=True)


def _mount(source: str, path: str, kind: str | None, flags: int, data: str | None = None) -> None:
    words = [None if word is None else word.encode() for word in (source, path, kind, data)]
    if _libc.mount(words[0], words[1], words[2], ctypes.c_ulong(flags), words[3]) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{path} cannot be mounted over: {os.strerror(number)}")


def _unmount(path: str) -> None:
    # Detached at once, whoever still has files of it open.
    if _libc.umount2(path.encode(), _DETACH) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"what is mounted at {path} cannot be taken off: {os.strerror(number)}")


def _read_only(path: str) -> None:
    has = os.statvfs(path).f_flag
    kept = sum(flag for bit, flag in _KEPT.items() if has & bit)
    _mount(path, path, None, _BIND)
    try:
        _mount(path, path, None, _REMOUNT | _BIND | _RDONLY | kept)
    except OSError:
        _unmount(path)
        raise


def _full(path: str) -> None:
    source = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    pages, files = _measure(source)
    status = os.fstat(source)
    mode = f"mode={stat.S_IMODE(status.st_mode):o},uid={status.st_uid},gid={status.st_gid}"
    _mount("hadrill", path, "tmpfs", _NOSUID | _NODEV, f"size={(pages + files + 16) * _PAGE},{mode}")
    try:
        target = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        _copy(source, target)
        _fill(target)
        os.close(target)
    except OSError:
        _unmount(path)
        raise


def _measure(folder: int) -> tuple[int, int]:
    """Pages of content and files of a folder; refused where it cannot be copied as it is."""
    pages = files = 0
    for name in os.listdir(folder):
        status = os.stat(name, dir_fd=folder, follow_symlinks=False)
        files += 1
        if stat.S_ISDIR(status.st_mode):
            deeper = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=folder)
            more = _measure(deeper)
            os.close(deeper)
            pages, files = pages + more[0], files + more[1]
        elif stat.S_ISREG(status.st_mode):
            pages += -(-status.st_size // _PAGE)
        elif not stat.S_ISLNK(status.st_mode):
            raise OSError(errno.EINVAL, f"'{name}' in it is a socket, a pipe or a device, which cannot be copied")
        if pages * _PAGE > _MOST_BYTES or files > _MOST_FILES:
            raise OSError(
                errno.EFBIG, f"it has more than {_MOST_BYTES >> 20} MiB or {_MOST_FILES} files: take a smaller folder"
            )
    return pages, files


def _copy(source: int, target: int) -> None:
    for name in os.listdir(source):
        status = os.stat(name, dir_fd=source, follow_symlinks=False)
        if stat.S_ISDIR(status.st_mode):
            os.mkdir(name, 0o700, dir_fd=target)
            ends = [os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=one) for one in (source, target)]
            _copy(*ends)
            for end in ends:
                os.close(end)
        elif stat.S_ISLNK(status.st_mode):
            os.symlink(os.readlink(name, dir_fd=source), name, dir_fd=target)
        else:
            _copy_file(source, target, name)
        os.chown(name, status.st_uid, status.st_gid, dir_fd=target, follow_symlinks=False)
        if not stat.S_ISLNK(status.st_mode):
            os.chmod(name, stat.S_IMODE(status.st_mode), dir_fd=target)
        os.utime(name, ns=(status.st_atime_ns, status.st_mtime_ns), dir_fd=target, follow_symlinks=False)


def _copy_file(source: int, target: int, name: str) -> None:
    origin = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=source)
    copy = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600, dir_fd=target)
    while piece := os.read(origin, 1 << 20):
        os.write(copy, piece)
    os.close(origin)
    os.close(copy)


def _fill(folder: int) -> None:
    file = os.open(".hadrill-full", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600, dir_fd=folder)
    try:
        while os.write(file, b"\0" * _PAGE):
            pass
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
    finally:
        os.close(file)


def _try(path: str) -> str:
    name = f"{path}/.hadrill-try"
    try:
        file = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        return errno.errorcode.get(error.errno or 0, "an error")
    try:
        os.write(file, b"\0")
        return "written"
    except OSError as error:
        return errno.errorcode.get(error.errno or 0, "an error")
    finally:
        os.close(file)
        os.unlink(name)


def main() -> int:
    namespace, word, path = int(sys.argv[1]), sys.argv[2], sys.argv[3]
    # Nothing is imported from now on: it would be the node's.
    sys.path.clear()
    if _libc.setns(namespace, _CLONE_NEWNS) != 0:
        sys.stderr.write(f"the node's files cannot be reached: {os.strerror(ctypes.get_errno())}\n")
        return 1
    try:
        if word == "read-only":
            _read_only(path)
        elif word == "full":
            _full(path)
        elif word == "undo":
            _unmount(path)
        else:
            sys.stdout.write(_try(path))
    except OSError as error:
        sys.stderr.write(f"{error.strerror}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
