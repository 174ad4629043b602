"""Entering the network namespaces of nodes."""

import contextlib
import os

from errors import AgentError


@contextlib.contextmanager
def network_of(pid: int):
    """Puts the calling thread into the network namespace of `pid` for the length of the block."""
    own = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    try:
        try:
            target = os.open(f"/proc/{pid}/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        except OSError as error:
            raise AgentError(f"process {pid} has no network namespace any more: {error.strerror}") from error
        try:
            os.setns(target, os.CLONE_NEWNET)
        finally:
            os.close(target)
        try:
            yield
        finally:
            os.setns(own, os.CLONE_NEWNET)
    finally:
        os.close(own)


def enter_command(pid: int, argv: list[str]) -> list[str]:
    """The command line that runs `argv` in the network namespace of `pid`, with the fabric's own files."""
    return ["nsenter", f"--net=/proc/{pid}/ns/net", "--", *argv]
