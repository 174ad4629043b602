"""Listening to the kernel in a node's network namespace, for as long as the node lives."""

from __future__ import annotations

import os
import select
import sys
import threading

import node_processes
from errors import AgentError
from namespaces import network_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket
    from collections.abc import Callable


class NodeWatch:
    """One netlink socket in one node. Ends by itself when the node's first process ends: a socket left open
    would keep the dead node's network namespace, and so its wires, in existence."""

    def __init__(self, node: str, pid: int, inside: int | None = None) -> None:
        """`pid`: the node's first process; `inside`: one whose network namespace is meant, the first unless given."""
        self.node = node
        pidfd = node_processes.pidfd(pid)
        if pidfd is None:
            raise AgentError(f"process {pid} has ended")
        self._pidfd = pidfd
        with network_of(pid if inside is None else inside):
            self._socket = self._listen()
        self._stop_read, self._stop_write = os.pipe()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _listen(self) -> socket.socket:
        """Opens the socket, in the node's namespace."""
        raise NotImplementedError

    def _take(self) -> None:
        """Something can be read from the socket."""
        raise NotImplementedError

    def _ended(self) -> None:
        """The node is gone, or the watch was ended."""

    def _broken(self) -> None:
        """Nothing more will be heard of the node although it may live on."""

    def _run(self) -> None:
        try:
            self._watch()
        except Exception as error:  # noqa: BLE001 - whatever it is: that nothing is heard is not that nothing happens
            print(f"{type(self).__name__} of {self.node}: {error!r}", file=sys.stderr, flush=True)
            self._broken()
        else:
            self._ended()
        finally:
            self._close()

    def _watch(self) -> None:
        """Returns when the node has ended, or the watch was ended."""
        poll = select.poll()
        for descriptor in (self._socket.fileno(), self._pidfd, self._stop_read):
            poll.register(descriptor, select.POLLIN)
        while True:
            ready = {descriptor for descriptor, _ in poll.poll()}
            if self._socket.fileno() in ready:
                self._take()
            if ready & {self._pidfd, self._stop_read}:
                return

    def _close(self) -> None:
        self._socket.close()
        for descriptor in (self._pidfd, self._stop_read):
            os.close(descriptor)

    def stop(self) -> None:
        if self.thread.is_alive():
            os.write(self._stop_write, b"x")
            self.thread.join(2)
        os.close(self._stop_write)


class NodeWatches:
    """One watch of a kind in each node that is watched."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_node: dict[str, NodeWatch] = {}

    def replace(self, node: str, begin: Callable[[], NodeWatch]) -> None:
        """Ends the node's watch, if it has one, and begins another."""
        with self._lock:
            old = self._by_node.pop(node, None)
            if old:
                old.stop()
            self._by_node[node] = begin()

    def all(self) -> list[tuple[str, NodeWatch]]:
        return list(self._by_node.items())
