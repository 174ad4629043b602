"""A UDP flow: the messages of a TCP session (tcp_session.py), in datagrams between two sockets that know each other.

Each side takes datagrams from the address alone that it heard the flow from first, as a connected socket does (udp(7));
where a router translates them differently than before, the flow is over, although datagrams arrive.
"""

from __future__ import annotations

import errno

from tcp_exchange import Exchange
from tcp_session import MAGIC, MESSAGE, SIZE, Session

# What the kernel reports of the way, or of an earlier datagram (ICMP): a flow has no end, the next one is sent all the
# same, and what is lost is found by its silence.
_OF_THE_WAY = {errno.ECONNREFUSED, errno.EHOSTUNREACH, errno.ENETUNREACH, errno.ENETDOWN, errno.EPERM}


class Flow(Session):
    """A session whose messages may be lost."""

    __slots__ = ()

    def identify(self, number: int, mode: int, period: int, phase: int, at_once: bool = False) -> None:
        super().identify(number, mode, period, phase, at_once)
        # There is nothing to acknowledge.
        self.prompt = False

    def take(self, data: bytes, now: int) -> None:
        """A datagram of its that came at `now`."""
        self._note_reception(now)
        if len(data) == SIZE:
            self._check(*MESSAGE.unpack(data))
        else:
            self.order_errors += 1

    def receive(self) -> bool:
        try:
            return super().receive()
        except OSError as error:
            if error.errno not in _OF_THE_WAY:
                raise
            return True

    def _check(self, magic: bytes, number: int, direction: int, seq: int, _sent: int) -> None:
        if magic != MAGIC or number != self.id or direction == self.direction:
            self.order_errors += 1
        self.expected = max(self.expected, seq + 1)
        self.received += 1
        if not self.scheduled:
            self._send_next()

    def _send(self, data: bytes) -> None:
        self.sock.send(data)

    def _write(self, data: bytes) -> None:
        try:
            self._send(data)
        except BlockingIOError:
            pass
        except OSError as error:
            if error.errno not in _OF_THE_WAY:
                raise


class FlowExchange(Exchange):
    """Closes without a word."""

    def _close_politely(self) -> None:
        self.forget(self._control.fd)
