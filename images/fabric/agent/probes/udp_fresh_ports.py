"""What looks like one UDP socket and sends every packet from a source port of its own: each is a new flow."""

from __future__ import annotations

import collections
import errno
import os
import select
import time

import probe
import sockets

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket

    Received = tuple[bytes, list[tuple[int, int, bytes]], int, sockets.Endpoint]

# Below the ports that Linux gives to others (ip(7), ip_local_port_range), so that both rarely meet. Each comes again
# after all others: at one packet every 5 ms after 100 s, when conntrack (30 s) and an OpenFlow controller (60 s) have
# forgotten it.
FIRST_PORT, PORTS = 10_000, 20_000
# A socket waits so long for its answer: longer than a switch that hangs holds packets back, and few enough sockets.
OPEN_NS = 10_000_000_000
MOST_OPEN = 4096


class FreshPorts:
    """The methods of a socket that the UDP client uses.

    The clock says at which port it begins: one port further for every interval. So it does not come to the ports of a
    probe before it, whose flows a switch may still know.
    """

    def __init__(self, peer: sockets.Endpoint, interval_ns: int) -> None:
        probe.allow_files(MOST_OPEN)
        self._peer = peer
        self._poll = select.epoll()
        self._open: collections.deque[tuple[int, socket.socket]] = collections.deque()
        self._by_fd: dict[int, socket.socket] = {}
        self._port = FIRST_PORT + time.monotonic_ns() // interval_ns % PORTS

    def bind(self, _address: tuple[str, int]) -> None:
        """Each packet binds by itself."""

    def fileno(self) -> int:
        return self._poll.fileno()

    def getsockname(self) -> tuple[str, int]:
        return ("", self._port)

    def sendto(self, data: bytes, peer: sockets.Endpoint) -> int:
        now = time.monotonic_ns()
        while self._open and self._open[0][0] <= now:
            self._close()
        fresh = self._fresh()
        fd = fresh.fileno()
        self._open.append((now + OPEN_NS, fresh))
        self._by_fd[fd] = fresh
        self._poll.register(fd, select.EPOLLIN)
        return fresh.sendto(data, peer)

    def _close(self) -> None:
        _, oldest = self._open.popleft()
        fd = oldest.fileno()
        self._poll.unregister(fd)
        del self._by_fd[fd]
        oldest.close()

    def _fresh(self) -> socket.socket:
        """A socket at the next port that nobody has."""
        for _ in range(PORTS):
            self._port = FIRST_PORT + (self._port - FIRST_PORT + 1) % PORTS
            one = sockets.stamped_udp_socket(self._peer)
            try:
                one.bind(("", self._port))
            except OSError as error:
                one.close()
                if error.errno != errno.EADDRINUSE:
                    raise
            else:
                return one
        raise OSError(errno.EADDRINUSE, os.strerror(errno.EADDRINUSE))

    def recvmsg(self, size: int, ancillary: int) -> Received:
        """One packet that has arrived at any of them. @raises BlockingIOError when there is none."""
        ready = self._poll.poll(0, 1)
        if not ready:
            raise BlockingIOError
        return self._by_fd[ready[0][0]].recvmsg(size, ancillary)
