"""One TCP connection of the HTTP probe: carries one request at a time, and says what became of it."""

from __future__ import annotations

import errno
import os
import select
import socket
import time

import sockets
from http_answer import Answer, BadAnswerError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_REFUSED = {errno.ECONNREFUSED: "refused", errno.ECONNRESET: "reset", errno.EPIPE: "reset"}
_RECEIVE_BYTES = 65_536


class Request:
    """One request and what became of it; times in ns of CLOCK_REALTIME, 0 = never. `tried`: so many addresses."""

    __slots__ = ("backend", "connected", "done", "node", "outcome", "path", "reused", "sent", "seq", "status", "tried")

    def __init__(self, seq: int, path: str) -> None:
        self.seq, self.path = seq, path
        self.sent = self.connected = self.done = self.status = self.reused = self.tried = 0
        self.outcome, self.backend, self.node = "unfinished", "", ""


class Connection:
    """Opened by its first request. `on_done(connection, request)` is called when a request has its outcome."""

    def __init__(
        self,
        epoll: select.epoll,
        peer: sockets.Endpoint,
        head: Callable[[str], bytes],
        judge: Callable[[Answer, str], str],
        on_done: Callable[[Connection, Request | None], None],
    ) -> None:
        self._epoll, self._head, self._judge, self._on_done = epoll, head, judge, on_done
        self.request: Request | None = None
        self._answer = Answer()
        self.alive = True
        self._out = b""
        self._peer = peer
        self.socket = sockets.socket_for(peer, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
        # A probe's request is one small segment, and waits for nobody's acknowledgement.
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.fd = self.socket.fileno()
        self.connected = False

    def ask(self, request: Request) -> None:
        """Sends a request; the first one opens the connection. Its outcome may come before this returns."""
        self.request, self._answer = request, Answer()
        request.sent = request.sent or time.time_ns()
        self._out = self._head(request.path)
        if self.connected:
            request.reused = 1
            self._send()
            return
        failed = self.socket.connect_ex(self._peer)
        if failed in (0, errno.EINPROGRESS):
            self._epoll.register(self.fd, select.EPOLLOUT)
        else:
            self._finish(_REFUSED.get(failed, "unreachable"))

    def on_event(self) -> None:
        """The socket can be written to or read from, or is in error."""
        if not self.connected:
            failed = self.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if failed:
                self._finish(_REFUSED.get(failed, "unreachable"))
                return
            self.connected = True
            if self.request:
                self.request.connected = time.time_ns()
            self._epoll.modify(self.fd, select.EPOLLIN)
            self._send()
        else:
            self._receive()

    def give_up(self, outcome: str) -> None:
        """Ends the connection; a request that it still carries gets this outcome."""
        self._finish(outcome)

    def _send(self) -> None:
        try:
            while self._out:
                self._out = self._out[self.socket.send(self._out) :]
        except OSError as error:
            self._finish(_REFUSED.get(error.errno or 0, "unreachable"))

    def _receive(self) -> None:
        try:
            data = self.socket.recv(_RECEIVE_BYTES)
        except BlockingIOError:
            return
        except OSError as error:
            self._finish(_REFUSED.get(error.errno or 0, "unreachable"))
            return
        if self.request is None:
            # Idle: the server has closed it, or speaks without being asked.
            self._finish("closed")
            return
        try:
            if data:
                self._answer.take(data)
            else:
                self._answer.ended()
        except BadAnswerError:
            self._finish("wrong-content")
            return
        if self._answer.whole:
            self._judged(self.request, open_still=bool(data))
        elif not data:
            self._finish("closed")

    def _judged(self, request: Request, open_still: bool) -> None:
        answer = self._answer
        request.status = answer.status
        request.backend, request.node = answer.name("x-backend") or answer.name("x-agent"), answer.name("x-node")
        outcome = self._judge(answer, request.path)
        if open_still and answer.stays_open:
            self._settle(request, outcome)
        else:
            self._finish(outcome)

    def _settle(self, request: Request, outcome: str) -> None:
        """The request has its outcome, and the connection can carry another."""
        self.request = None
        request.done, request.outcome = time.time_ns(), outcome
        self._on_done(self, request)

    def _finish(self, outcome: str) -> None:
        """The connection ends, and with it the request that it carries, if any."""
        if not self.alive:
            return
        self.alive = False
        if self.connected or self.request is not None:
            try:
                self._epoll.unregister(self.fd)
            except (OSError, ValueError):
                pass  # it never came to that
        self.socket.close()
        request, self.request = self.request, None
        if request:
            request.done, request.outcome = time.time_ns(), outcome
        self._on_done(self, request)


def random_mark() -> str:
    """Tells the requests of one probe from all others'."""
    return os.urandom(4).hex()
