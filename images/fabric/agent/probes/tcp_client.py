"""Opens TCP sessions and keeps them for good: one that breaks is a result. A successor, if any, is another session.

Parameters: epoch_ns, address, port, sessions, period_ns, output, connect_timeout_ns, reconnect_ns (0: a lost session
has no successor; see tcp_reconnect.py), give_up_ns (a session that was silent for so long is lost; only with
reconnect_ns).
Sessions with even ids are `client_first`, those with odd ids `server_first`; their phases are spread evenly
over the period. Ready means that all are established and each has received a message; if that is not so after
connect_timeout_ns, or cannot become so, the probe fails and says how many sessions failed and why.
Output: one JSON file {"sessions": [...]} (see tcp_session.py for the fields): the sessions of the beginning, then
the successors. Stalls count from ready on; an undisturbed session has a longest stall of about one period.
"""

from __future__ import annotations

import collections
import functools
import time

import probe
import sockets
import tcp_connect
from tcp_exchange import OUT, Exchange
from tcp_reconnect import Reconnector

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket

STEP_NS = 10_000_000


class Client:
    """Connects the sessions, then leaves them to the exchange."""

    what = "TCP sessions"
    exchange_kind = Exchange

    def __init__(self, params: probe.Params) -> None:
        self.peer = params.endpoint()
        self.count = params.integer("sessions", 1, 60_000)
        self.period = params.integer("period_ns", 1_000_000, 3_600_000_000_000)
        self.timeout = params.integer("connect_timeout_ns", 1, 3_600_000_000_000)
        reconnect = params.integer("reconnect_ns", 0, 3_600_000_000_000)
        give_up = params.integer("give_up_ns", 1 if reconnect else 0, 3_600_000_000_000)
        self.exchange = self.exchange_kind(params.epoch(), params.output())
        self.reconnector = Reconnector(self.exchange, self.peer, reconnect, give_up) if reconnect else None
        self.next_id = self.connecting = 0
        self.failures: collections.Counter[str] = collections.Counter()

    def establish(self) -> None:
        """Returns when all sessions are up and have heard from the server; ProbeError when that fails."""
        exchange = self.exchange
        deadline = time.monotonic_ns() + self.timeout
        while not exchange.stopped:
            while self.next_id < self.count and self.connecting < tcp_connect.CONNECTING_AT_ONCE:
                self._connect(self.next_id)
                self.next_id += 1
            settled = exchange.heard + exchange.silent_dead + self.failures.total() == self.count
            if settled and not exchange.dead and not self.failures:
                return
            if settled or time.monotonic_ns() >= deadline:
                raise probe.ProbeError(self._complaint())
            exchange.turn(deadline)

    def keep(self) -> None:
        """Serves the sessions, and those that come after them, until it is stopped."""
        exchange, reconnector = self.exchange, self.reconnector
        if reconnector:
            reconnector.adopt()
        while not exchange.stopped:
            if reconnector:
                exchange.turn(reconnector.next_due())
                reconnector.act()
            else:
                exchange.turn()

    def _connect(self, number: int) -> None:
        try:
            sock = tcp_connect.begin(self.peer)
        except OSError as error:
            self.failures[error.strerror or str(error)] += 1
            return
        self.connecting += 1
        self.exchange.watch(sock.fileno(), OUT, functools.partial(self._connected, sock, number))

    def _connected(self, sock: socket.socket, number: int, _events: int) -> None:
        self.connecting -= 1
        self.exchange.forget(sock.fileno())
        try:
            session = tcp_connect.introduce(sock, number, number % 2, self.period, self._phase(number))
        except OSError as error:
            self.failures[error.strerror or str(error)] += 1
            return
        self.exchange.add(session)

    def _phase(self, number: int) -> int:
        """Evenly over the period, in steps: sessions that share a wake-up cost far less than one each."""
        step = min(STEP_NS, self.period // 10)
        return self.period * number // self.count // step * step

    def _complaint(self) -> str:
        exchange = self.exchange
        reasons = self.failures.copy()
        reasons["no answer to the connection request"] += self.connecting
        reasons["not yet tried"] += self.count - self.next_id
        for session in exchange.sessions:
            if session.ended:
                reasons[f"ended before all were ready: {session.ended[2]}"] += 1
            elif not session.received:
                reasons["connected, but no message came"] += 1
        failed = reasons.total()
        why = ", ".join(f"{count} {reason}" for reason, count in reasons.most_common() if count)
        limit = f"{self.timeout / 1e9:.3g} s"
        return f"{failed} of {self.count} {self.what} to {sockets.shown(self.peer)} failed (limit {limit}): {why}"


def main(params: probe.Params, kind: type[Client] = Client) -> None:
    """Establishes the sessions and keeps them until it is stopped."""
    client = kind(params)
    exchange = client.exchange
    probe.allow_files(client.count + 64)
    client.establish()
    for session in exchange.sessions:
        session.stall = session.stall_from = 0
    probe.settle()
    if not exchange.stopped:
        probe.emit("ready", sessions=len(exchange.sessions), now_ns=time.time_ns() - exchange.epoch)
    client.keep()
    exchange.finish()


if __name__ == "__main__":
    probe.run(main)
