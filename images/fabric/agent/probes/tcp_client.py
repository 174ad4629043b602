"""Opens TCP sessions once and keeps them for good: one that breaks is a result, not a reason to reconnect.

Parameters: epoch_ns, address, port, sessions, period_ns, output, connect_timeout_ns.
Sessions with even ids are `client_first`, those with odd ids `server_first`; their phases are spread evenly
over the period. Ready means that all are established and each has received a message; if that is not so after
connect_timeout_ns, or cannot become so, the probe fails and says how many sessions failed and why.
Output: one JSON file {"sessions": [...]} (see tcp_session.py for the fields). Stalls count from ready on; an
undisturbed session has a longest stall of about one period.
"""

import collections
import errno
import functools
import os
import socket
import time

import probe
from tcp_exchange import OUT, Exchange
from tcp_session import FROM_CLIENT, Session

# Fewer than any listen backlog in use: connecting faster than the server accepts would lose SYNs.
CONNECTING_AT_ONCE = 200
STEP_NS = 10_000_000


class Client:
    """Connects the sessions, then leaves them to the exchange."""

    def __init__(self, params):
        self.peer = params.endpoint()
        self.count = params.integer('sessions', 1, 60_000)
        self.period = params.integer('period_ns', 1_000_000, 3_600_000_000_000)
        self.timeout = params.integer('connect_timeout_ns', 1, 3_600_000_000_000)
        self.exchange = Exchange(params.epoch(), params.output())
        self.next_id = self.connecting = 0
        self.failures = collections.Counter()

    def establish(self):
        """Returns when all sessions are up and have heard from the server; ProbeError when that fails."""
        exchange = self.exchange
        deadline = time.monotonic_ns() + self.timeout
        while not exchange.stopped:
            while self.next_id < self.count and self.connecting < CONNECTING_AT_ONCE:
                self._connect(self.next_id)
                self.next_id += 1
            settled = exchange.heard + exchange.silent_dead + self.failures.total() == self.count
            if settled and not exchange.dead and not self.failures:
                return
            if settled or time.monotonic_ns() >= deadline:
                raise probe.ProbeError(self._complaint())
            exchange.turn(deadline)

    def _connect(self, number):
        sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        sock.setblocking(False)
        # Small messages must not wait for acknowledgements (Nagle).
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        code = sock.connect_ex(self.peer)
        if code not in (0, errno.EINPROGRESS):
            self.failures[os.strerror(code)] += 1
            sock.close()
            return
        self.connecting += 1
        self.exchange.watch(sock.fileno(), OUT, functools.partial(self._connected, sock, number))

    def _connected(self, sock, number, _events):
        self.connecting -= 1
        self.exchange.forget(sock.fileno())
        code = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if code:
            self.failures[os.strerror(code)] += 1
            sock.close()
            return
        session = Session(sock, FROM_CLIENT)
        session.identify(number, number % 2, self.period, self._phase(number))
        try:
            session.say_hello()
        except OSError as error:
            self.failures[error.strerror] += 1
            sock.close()
            return
        self.exchange.add(session)

    def _phase(self, number):
        """Evenly over the period, in steps: sessions that share a wake-up cost far less than one each."""
        step = min(STEP_NS, self.period // 10)
        return self.period * number // self.count // step * step

    def _complaint(self):
        exchange = self.exchange
        reasons = self.failures.copy()
        reasons['no answer to the connection request'] += self.connecting
        reasons['not yet tried'] += self.count - self.next_id
        for session in exchange.sessions:
            if session.ended:
                reasons[f'ended before all were ready: {session.ended[2]}'] += 1
            elif not session.received:
                reasons['connected, but no message came'] += 1
        failed = reasons.total()
        why = ', '.join(f'{count} {reason}' for reason, count in reasons.most_common() if count)
        address, port = self.peer
        limit = f'{self.timeout / 1e9:.3g} s'
        return f'{failed} of {self.count} TCP sessions to {address}:{port} failed (limit {limit}): {why}'


def main(params):
    """Establishes the sessions and keeps them until told to stop."""
    client = Client(params)
    exchange = client.exchange
    probe.allow_files(client.count + 64)
    client.establish()
    for session in exchange.sessions:
        session.stall = session.stall_from = 0
    probe.settle()
    if not exchange.stopped:
        probe.emit('ready', sessions=len(exchange.sessions), now_ns=time.time_ns() - exchange.epoch)
    while not exchange.stopped:
        exchange.turn()
    exchange.finish()


probe.run(main)
