"""Entering the network namespaces of nodes."""

from __future__ import annotations

import contextlib
import os

from errors import AgentError
from node_processes import opened

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def network_namespace(pid: int) -> Iterator[int]:
    """The network namespace of a node's process, open."""
    with opened(pid) as process:
        try:
            namespace = os.open("ns/net", os.O_RDONLY | os.O_CLOEXEC, dir_fd=process)
        except OSError as error:
            raise AgentError(f"process {pid} has no network namespace any more: {error.strerror}") from error
    try:
        yield namespace
    finally:
        os.close(namespace)


@contextlib.contextmanager
def network_of(pid: int) -> Iterator[None]:
    """Puts the calling thread into the network namespace of a node's process for the length of the block."""
    own = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    try:
        with network_namespace(pid) as target:
            os.setns(target, os.CLONE_NEWNET)
        try:
            yield
        finally:
            os.setns(own, os.CLONE_NEWNET)
    finally:
        os.close(own)


def enter_command(namespace: int, argv: list[str]) -> list[str]:
    """The command line that runs `argv` in an open network namespace, which it must be given (`pass_fds`), with the
    fabric's own files."""
    return ["nsenter", f"--net=/proc/self/fd/{namespace}", "--", *argv]
