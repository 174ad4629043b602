"""What the fabric wrote in a lab (captures, records of probes), handed to the harness piece by piece."""

from __future__ import annotations

import binascii
import os
import subprocess

from errors import AgentError
from registry import operation
from run_folder import RUN_FOLDER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shapes import FilePiece

# Small enough for a line that the harness need not gather from many pieces.
MAX_READ_BYTES = 1 << 16
# A twentieth less room than the quickest, for a third more time.
GZIP_LEVEL = "-3"


@operation("read_file")
def read(path: str, offset: int) -> FilePiece:
    """Part of a file that the fabric wrote."""
    _check(path)
    with open(path, "rb") as file:
        file.seek(offset)
        data = file.read(MAX_READ_BYTES)
    return {"data": binascii.b2a_base64(data, newline=False).decode(), "size": os.path.getsize(path)}


@operation("compress_files")
def compress(paths: list[str]) -> list[str]:
    """Compresses files side by side; answers where each is now: as it was, for want of room."""
    for path in paths:
        _check(path)
    packers = [subprocess.Popen(["gzip", GZIP_LEVEL, "-n", path], stderr=subprocess.DEVNULL) for path in paths]
    packed = [packer.wait() == 0 for packer in packers]
    return [f"{path}.gz" if done else path for path, done in zip(paths, packed, strict=True)]


@operation("remove_file")
def remove(path: str) -> None:
    _check(path)
    os.unlink(path)


def _check(path: str) -> None:
    if not os.path.realpath(path).startswith(f"{RUN_FOLDER}/"):
        raise AgentError(f"{path} is not a record of this lab")
