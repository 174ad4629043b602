"""What users do whose session is lost: they connect again, and again until they are served.

A session is lost when it has ended, or when nothing came for `give_up` ns: of a node that lost its power no reset
ever comes. A new connection is tried at once, then every `every` ns. One that is not there by the next try is
replaced by it, for a lost SYN would be sent again only after a second; one that is there has `give_up` to bring a
message. The first message makes it the successor. A successor that is lost gets one, too.
"""

from __future__ import annotations

import collections
import functools
import heapq
import math
import time

import tcp_connect
from tcp_exchange import OUT

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket

    from sockets import Endpoint
    from tcp_exchange import Exchange
    from tcp_session import Session


class Line:
    """The sessions of one user, one after the other."""

    __slots__ = ("attempts", "candidate", "due", "first", "next_try", "session", "sock")

    def __init__(self, first: Session) -> None:
        self.first = first
        self.session: Session | None = first
        self.sock: socket.socket | None = None  # on its way
        self.candidate: Session | None = None  # connected, but nothing came yet
        self.attempts = 0  # since the last loss
        self.next_try = self.due = 0


class Reconnector:
    """Gives each lost session of an exchange a successor. The owner calls `act` when `next_due` has come."""

    def __init__(self, exchange: Exchange, peer: Endpoint, every: int, give_up: int) -> None:
        self._exchange, self._peer = exchange, peer
        self._every, self._give_up = every, give_up
        self._lines: dict[int, Line] = {}
        # (due, id of the line's first session); one that is not what the line says is out of date.
        self._timers: list[tuple[int, int]] = []
        self._queue: collections.deque[Line] = collections.deque()
        self._connecting = 0
        self._next_id = 0

    def adopt(self) -> None:
        """From now on the sessions that the exchange has are watched; they have all been heard from."""
        exchange = self._exchange
        exchange.on_heard, exchange.on_end, exchange.more_status = self._heard, self._ended, self._status
        for session in exchange.sessions:
            self._next_id = max(self._next_id, session.id + 1)
            line = self._lines[session.id] = Line(session)
            if session.ended:
                self._ended(session)
            else:
                self._set(line, self._silent_at(session))

    def next_due(self) -> float:
        """When there is something to do (CLOCK_MONOTONIC ns)."""
        return self._timers[0][0] if self._timers else math.inf

    def act(self) -> None:
        """Does what is due."""
        now = time.monotonic_ns()
        while self._timers and self._timers[0][0] <= now:
            due, number = heapq.heappop(self._timers)
            line = self._lines[number]
            if due == line.due:
                self._look_after(line)
        while self._queue and self._connecting < tcp_connect.CONNECTING_AT_ONCE:
            self._try(self._queue.popleft())

    def _set(self, line: Line, due: int) -> None:
        line.due = due
        heapq.heappush(self._timers, (due, line.first.id))

    def _silent_at(self, session: Session) -> int:
        """When the session will have been silent for too long, unless something comes."""
        since = session.last_received or session.established
        return time.monotonic_ns() + self._give_up - (time.time_ns() - since)

    def _look_after(self, line: Line) -> None:
        watched = line.session or line.candidate
        if not watched:
            if line.sock:
                self._arrived(line, line.sock).close()
            self._queue.append(line)
        elif (silent_at := self._silent_at(watched)) > time.monotonic_ns():
            self._set(line, silent_at)
        else:
            self._exchange.give_up(watched)

    def _try(self, line: Line) -> None:
        line.attempts += 1
        line.next_try = max(line.next_try + self._every, time.monotonic_ns() + self._every // 2)
        self._set(line, line.next_try)
        try:
            sock = line.sock = tcp_connect.begin(self._peer)
        except OSError:
            return
        self._connecting += 1
        self._exchange.watch(sock.fileno(), OUT, functools.partial(self._connected, line, sock))

    def _arrived(self, line: Line, sock: socket.socket) -> socket.socket:
        """The socket that was on its way, no longer watched."""
        line.sock = None
        self._connecting -= 1
        self._exchange.forget(sock.fileno())
        return sock

    def _connected(self, line: Line, sock: socket.socket, _events: int) -> None:
        first = line.first
        sock = self._arrived(line, sock)
        try:
            session = tcp_connect.introduce(sock, self._next_id, first.mode, first.period, first.phase, at_once=True)
        except OSError:
            return
        self._next_id += 1
        session.origin, session.attempt = first.id, line.attempts
        line.candidate = session
        self._set(line, self._silent_at(session))
        self._exchange.serve(session)

    def _line_of(self, session: Session) -> Line:
        return self._lines[session.id if session.origin is None else session.origin]

    def _heard(self, session: Session) -> None:
        line = self._line_of(session)
        if session is line.candidate:
            line.session, line.candidate = session, None
            self._exchange.successors.append(session)
            self._set(line, self._silent_at(session))

    def _ended(self, session: Session) -> None:
        line, now = self._line_of(session), time.monotonic_ns()
        if session is line.candidate:
            line.candidate = None
        else:
            line.session = None
            line.attempts, line.next_try = 0, now
        self._set(line, max(line.next_try, now))

    def _status(self, since: int) -> dict[str, int]:
        """Of the lost: how many have a successor that has been heard from since (CLOCK_REALTIME ns)."""
        served = (line.session for line in self._lines.values() if line.first.ended and line.session)
        return {"resumed": sum(session.last_received > since for session in served)}
