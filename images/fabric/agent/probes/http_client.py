"""Sends HTTP requests on a fixed schedule and notes what became of each.

Parameters: epoch_ns, address, port, host, path, interval_ns, late_ns, timeout_ns, connections (0: a new one for every
request; else so many are kept and used in turn), content (any, echo, metadata), expected (object: what the answer of
`metadata` must say), output; of clients that have further addresses: others (each with address and port), connect_ns.

Request n is due at start + n * interval_ns whether or not anything was answered: a probe that waits for its answer
samples an outage once. Every request asks for a path of its own, `PATHhadrill-SEQ-MARK`. While fewer connections than
are to be kept are open, a request opens one; then the one that has rested longest is used, and when all are busy a
further one is opened, so that the schedule holds. A request is never sent twice, whatever its connection dies of. With
`others`, one that could not be sent because its connection was refused, or has not come about after `connect_ns`, goes
to the next address.

Output: CSV `seq,sent_ns,connected_ns,done_ns,outcome,status,backend,node,reused`; connected_ns is empty where a
connection was used again, or never came about. Outcomes: ok; status (another than 200), wrong-content,
wrong-instance; refused, reset, closed (without an answer), timeout, unreachable; unfinished (at the end).
"""

from __future__ import annotations

import collections
import select
import time

import http_answer
import probe
from http_connection import Connection, Request, random_mark

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    import sockets

# The longest timeout of a drill, 60 s, over the shortest interval, 5 ms, and some.
MOST_CONNECTIONS = 12_500
# As udp_client: after a late wake-up the overdue requests go out at once, some at a time.
BURST = 16
DRAIN_NS = 1_000_000_000
# Why a request could not be sent; what waits for its connection until its own timeout has failed.
NOT_CONNECTED = ("refused", "reset", "unreachable")
# The harness waits half a minute for the records of a probe that it stops.
LONGEST_DRAIN_NS = 20_000_000_000


class Client:
    """The schedule, the connections and the requests."""

    def __init__(self, params: probe.Params) -> None:
        self.epoch = params.epoch()
        others = params.objects("others") if params.has("others") else []
        self.peers = [params.endpoint(), *(one.endpoint() for one in others)]
        self.connect = params.integer("connect_ns", 1_000_000, 60_000_000_000) if others else 0
        self.interval = params.integer("interval_ns", 1_000_000, 60_000_000_000)
        self.late = params.integer("late_ns", 1_000_000, 600_000_000_000)
        self.timeout = params.integer("timeout_ns", 1_000_000, 600_000_000_000)
        self.keep = params.integer("connections", 0, 1000)
        self.path = params.text("path")
        self.output = params.output()
        content = params.text("content")
        if content not in http_answer.JUDGES:
            raise probe.ProbeError(f"parameter content is {content!r}, expected one of {', '.join(http_answer.JUDGES)}")
        expected = params.mapping("expected")
        self._judge = lambda answer, path: http_answer.JUDGES[content](answer, path, expected)
        self._host = params.text("host")
        self.mark = random_mark()
        self.epoll = select.epoll()
        self.by_fd: dict[int, Connection] = {}
        self.idle: collections.deque[Connection] = collections.deque()
        self.requests: list[Request] = []
        self.waiting: collections.deque[Request] = collections.deque()
        # What has an address left to be tried, and until when its present one may take to connect.
        self.connecting: collections.deque[tuple[int, Connection, Request]] = collections.deque()
        self.good = self.judged = self.streak = self.opened = 0
        self.due = 0

    def head(self, path: str) -> bytes:
        connection = "keep-alive" if self.keep else "close"
        return f"GET {path} HTTP/1.1\r\nHost: {self._host}\r\nConnection: {connection}\r\n\r\n".encode()

    def send_due(self) -> int:
        """Sends what is due; returns how long until the next one, in ns."""
        for _ in range(BURST):
            wait = self.due - time.monotonic_ns()
            if wait > 0:
                return wait
            self.due += self.interval
            seq = len(self.requests)
            request = Request(seq, f"{self.path}hadrill-{seq}-{self.mark}")
            self.requests.append(request)
            self._ask(self._connection(), request)
            if request.outcome == "unfinished":
                self.waiting.append(request)
        return 0

    def _connection(self) -> Connection:
        if self.idle and len(self.by_fd) >= self.keep:
            return self.idle.popleft()
        if len(self.by_fd) >= MOST_CONNECTIONS:
            raise probe.ProbeError(f"{MOST_CONNECTIONS} requests wait for an answer, each on a connection of its own")
        return self._open(self.peers[0])

    def _open(self, peer: sockets.Endpoint) -> Connection:
        connection = Connection(self.epoll, peer, self.head, self._judge, self._on_done)
        self.by_fd[connection.fd] = connection
        self.opened += 1
        return connection

    def _ask(self, connection: Connection, request: Request) -> None:
        request.tried += 1
        if not connection.connected and request.tried < len(self.peers):
            self.connecting.append((time.time_ns() + self.connect, connection, request))
        connection.ask(request)

    def _on_done(self, connection: Connection, request: Request | None) -> None:
        unsent = request and not connection.connected and request.outcome in NOT_CONNECTED
        if request and unsent and request.tried < len(self.peers):
            self.by_fd.pop(connection.fd, None)
            request.outcome, request.done = "unfinished", 0
            self._ask(self._open(self.peers[request.tried]), request)
            return
        if request and request.outcome == "ok":
            self.good += 1
        if not connection.alive:
            self.by_fd.pop(connection.fd, None)
            if request is None and connection in self.idle:
                self.idle.remove(connection)
        elif len(self.idle) < self.keep:
            self.idle.append(connection)
        else:
            connection.give_up("closed")

    def poll(self, wait_ns: float, control_fd: int = -1) -> bool:
        """Waits for answers; true when there is a command to read."""
        commanded = False
        for fd, _ in self.epoll.poll(max(0, wait_ns) / 1e9):
            if fd == control_fd:
                commanded = True
            elif connection := self.by_fd.get(fd):
                connection.on_event()
        return commanded

    def until_expiry(self) -> int:
        """How long until a request may have to be given up, or to try its next address, in ns."""
        now = time.time_ns()
        wait = self.waiting[0].sent + self.timeout - now if self.waiting else self.timeout
        return min(wait, self.connecting[0][0] - now) if self.connecting else wait

    def expire(self, now: int) -> None:
        """Gives up what was not answered in time, and addresses at which no connection came about in time."""
        while self.connecting:
            deadline, connection, request = self.connecting[0]
            waits = connection.alive and not connection.connected and connection.request is request
            if waits and now < deadline:
                break
            self.connecting.popleft()
            if waits:
                connection.give_up("unreachable")
        while self.waiting and (self.waiting[0].done or now - self.waiting[0].sent >= self.timeout):
            request = self.waiting.popleft()
            if not request.done:
                next(one for one in self.by_fd.values() if one.request is request).give_up("timeout")

    def judge(self, now: int) -> None:
        """Counts the streak on: requests that are `late_ns` old at `now` were answered correctly in time, or not."""
        while self.judged < len(self.requests):
            request = self.requests[self.judged]
            if now - request.sent <= self.late:
                return
            right = request.outcome == "ok" and request.done - request.sent <= self.late
            self.streak = self.streak + 1 if right else 0
            self.judged += 1

    def status(self) -> None:
        now = time.time_ns()
        self.judge(now)
        probe.emit(
            "status",
            sent=len(self.requests),
            right=self.good,
            good_streak=self.streak,
            last_outcome=next((one.outcome for one in reversed(self.requests) if one.done), "unfinished"),
            now_ns=now - self.epoch,
        )

    def measure(self, control: probe.Control) -> None:
        self.epoll.register(control.fd, select.EPOLLIN)
        while True:
            wait = min(self.send_due(), self.until_expiry())
            commanded = self.poll(wait, control.fd)
            now = time.time_ns()
            self.expire(now)
            self.judge(now)
            if commanded:
                for command in control.read():
                    if command["op"] == "stop":
                        return
                    self.status()

    def finish(self) -> None:
        """Waits for the last answers as long as they would be in time, writes the records and prints the result."""
        self.epoll.unregister(probe.Control.fd)
        end = time.monotonic_ns() + min(max(DRAIN_NS, self.late), LONGEST_DRAIN_NS)
        while any(not request.done for request in self.waiting) and (wait := end - time.monotonic_ns()) > 0:
            self.poll(min(wait, self.until_expiry(), 50_000_000))
            self.expire(time.time_ns())
        probe.write_lines(self.output, self.rows())
        probe.emit(
            "result",
            output=self.output,
            sent=len(self.requests),
            right=self.good,
            opened=self.opened,
            now_ns=time.time_ns() - self.epoch,
        )

    def rows(self) -> Iterator[str]:
        yield "seq,sent_ns,connected_ns,done_ns,outcome,status,backend,node,reused\n"
        for one in self.requests:
            times = ",".join(str(stamp - self.epoch) if stamp else "" for stamp in (one.sent, one.connected, one.done))
            yield f"{one.seq},{times},{one.outcome},{one.status or ''},{one.backend},{one.node},{one.reused}\n"


def main(params: probe.Params) -> None:
    """Measures until it is stopped."""
    client = Client(params)
    probe.allow_files(MOST_CONNECTIONS + 100)
    control = probe.Control()
    probe.settle()
    realtime = probe.hurry()
    client.due = time.monotonic_ns()
    probe.emit("ready", realtime=realtime, now_ns=time.time_ns() - client.epoch)
    client.measure(control)
    client.finish()


if __name__ == "__main__":
    probe.run(main)
