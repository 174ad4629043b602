"""Runs many TCP sessions in one thread: epoll for what arrives, a heap for what is due. Both ends use it."""

from __future__ import annotations

import collections
import functools
import heapq
import itertools
import json
import math
import select
import socket
import time

import probe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tcp_session import Record, Session

IN, OUT = select.EPOLLIN, select.EPOLLOUT
POLITE_NS = 1_000_000_000
# Of the ids that a status lists: enough for any session count that one machine takes, as one short line.
MOST_WAITING = 20_000


class Exchange:
    """The sessions of one process and the loop that serves them."""

    def __init__(self, epoch: int, output: str) -> None:
        self.epoch, self.output = epoch, output
        self.sessions: list[Session] = []
        self.successors: list[Session] = []
        # The first two are called with a session; the third, with a moment, gives what the status has besides.
        self.on_heard: Callable[[Session], None] = _nothing_of
        self.on_end: Callable[[Session], None] = _nothing_of
        self.more_status: Callable[[int], dict[str, int]] = _no_more
        self.heard = self.dead = self.silent_dead = 0
        self.stopped = False
        self._handlers: dict[int, Callable[[int], None]] = {}
        self._writing: set[int] = set()
        self._schedule: list[tuple[int, int, Session]] = []
        self._order = itertools.count()
        self._epoll = select.epoll()
        self._control = probe.Control()
        self.watch(self._control.fd, IN, self._obey)

    def watch(self, fd: int, events: int, handler: Callable[[int], None]) -> None:
        """From now on `handler(events)` is called when `fd` has one of `events`."""
        self._handlers[fd] = handler
        self._epoll.register(fd, events)

    def forget(self, fd: int) -> None:
        """No more calls for `fd`. To be called before it is closed."""
        del self._handlers[fd]
        self._writing.discard(fd)
        self._epoll.unregister(fd)

    def add(self, session: Session) -> None:
        """Takes over a session whose socket is connected and whose hello is known."""
        self.sessions.append(session)
        self.serve(session)

    def serve(self, session: Session) -> None:
        """Exchanges its messages, without it being in the records."""
        self.watch(session.sock.fileno(), IN, functools.partial(self._serve, session))
        self.schedule(session)

    def schedule(self, session: Session) -> None:
        """Sends what is due of it, if it is the one to speak."""
        if session.scheduled:
            heapq.heappush(self._schedule, (session.due, next(self._order), session))

    def turn(self, latest: float = math.inf) -> None:
        """Waits for an event or a slot, until `latest` (CLOCK_MONOTONIC ns) at most; serves all there is."""
        until = min(latest, self._schedule[0][0]) if self._schedule else latest
        wait = -1 if until == math.inf else max(0, until - time.monotonic_ns()) / 1e9
        for fd, events in self._epoll.poll(wait):
            # An earlier handler of this round may have taken the descriptor away.
            if handler := self._handlers.get(fd):
                handler(events)
        self._send_due()

    def _send_due(self) -> None:
        schedule, now = self._schedule, time.monotonic_ns()
        while schedule and schedule[0][0] <= now:
            _, order, session = schedule[0]
            if session.ended:
                heapq.heappop(schedule)
                continue
            try:
                session.send_scheduled(now)
            except OSError as error:
                self._end(session, error)
                continue
            self._watch_writing(session)
            heapq.heapreplace(schedule, (session.due, order, session))

    def _serve(self, session: Session, events: int) -> None:
        try:
            if events & OUT:
                session.flush()
            unheard = not session.received
            if events & ~OUT and not session.receive():
                self._end(session, None)
                return
        except OSError as error:
            self._end(session, error)
            return
        if unheard and session.received:
            self.heard += session.origin is None
            self.on_heard(session)
        self._watch_writing(session)

    def _watch_writing(self, session: Session) -> None:
        fd = session.sock.fileno()
        if bool(session.out) == (fd in self._writing):
            return
        if session.out:
            self._writing.add(fd)
        else:
            self._writing.discard(fd)
        self._epoll.modify(fd, IN | OUT if session.out else IN)

    def _end(self, session: Session, error: OSError | None) -> None:
        self.forget(session.sock.fileno())
        session.end(error)
        self._count_end(session)

    def give_up(self, session: Session) -> None:
        """Ends a session that nothing comes from any more."""
        self.forget(session.sock.fileno())
        session.give_up()
        self._count_end(session)

    def _count_end(self, session: Session) -> None:
        if session.origin is None:
            self.dead += 1
            self.silent_dead += not session.received
        self.on_end(session)

    def _obey(self, _events: int) -> None:
        for command in self._control.read():
            if command["op"] == "stop":
                self.stopped = True
            else:
                self._print_status(command.get("since_ns", 0), command.get("dead_among"))

    def _print_status(self, since: object, dead_among: object) -> None:
        if not isinstance(since, int):
            raise probe.ProbeError(f"since_ns of status is {json.dumps(since)}, expected an integer")
        now, after = time.time_ns(), since + self.epoch
        alive = [session for session in self.sessions if not session.ended]
        waiting = [session.id for session in alive if session.last_received <= after]
        living = {session.id for session in alive}
        probe.emit(
            "status",
            sessions=len(self.sessions),
            open=len(alive),
            dead=self.dead,
            progressed=len(alive) - len(waiting),
            # Which sessions are silent since then, so that the other side can be asked whether it has lost them.
            waiting=waiting[:MOST_WAITING],
            dead_among=sum(one not in living for one in dead_among) if isinstance(dead_among, list) else 0,
            fresh=sum(now - session.last_received <= 2 * session.period for session in alive),
            now_ns=now - self.epoch,
            **self.more_status(after),
        )

    def finish(self) -> None:
        """Writes the records as they are now, closes the sessions and prints the result."""
        now = time.time_ns()
        records = [session.record(self.epoch, now) for session in (*self.sessions, *self.successors)]
        self._close_politely()
        probe.write_lines(self.output, as_json_lines(records))
        ended = collections.Counter(record["ended"]["how"] for record in records if record["ended"])
        probe.emit(
            "result",
            output=self.output,
            sessions=len(records),
            open=sum(record["ended"] is None for record in records),
            ended=ended,
            sent=sum(record["sent"] for record in records),
            received=sum(record["received"] for record in records),
            skipped=sum(record["skipped"] for record in records),
            order_errors=sum(record["order_errors"] for record in records),
            longest_stall_ns=max((record["longest_stall_ns"] for record in records), default=None),
            now_ns=now - self.epoch,
        )

    def _close_politely(self) -> None:
        """Ends the sending side and reads to the other's end: closing with data unread would send a reset."""
        self.forget(self._control.fd)
        waiting = {}
        for session in (*self.sessions, *self.successors):
            if session.ended:
                continue
            try:
                session.sock.shutdown(socket.SHUT_WR)
                waiting[session.sock.fileno()] = session.sock
            except OSError:
                self.forget(session.sock.fileno())
        end = time.monotonic_ns() + POLITE_NS
        while waiting and (left := end - time.monotonic_ns()) > 0:
            for fd, _ in self._epoll.poll(left / 1e9):
                if fd not in waiting:
                    self.forget(fd)
                elif read_to_end(waiting[fd]):
                    self.forget(fd)
                    waiting.pop(fd).close()


def _nothing_of(_session: Session) -> None:
    """Nothing is to be called for it any more."""


def _no_more(_since: int) -> dict[str, int]:
    return {}


def read_to_end(sock: socket.socket) -> bool:
    """Throws away what has arrived; True when the other side has ended."""
    try:
        while sock.recv(65536):
            pass
    except BlockingIOError:
        return False
    except OSError:
        pass
    return True


def as_json_lines(records: list[Record]) -> Iterator[str]:
    """One JSON document, one line a session."""
    yield '{"sessions":['
    for number, record in enumerate(records):
        yield (",\n" if number else "\n") + json.dumps(record, separators=(",", ":"))
    yield "\n]}\n"
