"""A lease that is held: renewed all the time, and fought for when its server is gone."""

from __future__ import annotations

import time

from dhcp_exchange import NO_SLOT, Exchange
from dhcp_message import ACK, NAK

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from dhcp_exchange import Station
    from dhcp_message import Message

    Answer = tuple[Message, int]
    Note = Callable[["HeldLease", str, int, bytes | None, str, Answer | None], None]

RENEW, REBIND, REBOOT = "renew", "rebind", "reboot"
ACQUIRE, DISCOVER = "acquire", "renewed-by-discover"
GROUPS = (RENEW, REBIND, REBOOT)


class HeldLease:
    """Renews by unicast every `renew_every`. A request that is not answered within `answer_ns` is followed at once
    by one of the lease's group (RFC 2131 section 4.3.2, table 4): REBINDING, INIT-REBOOT, or RENEWING again.

    After a refusal, `give_up_after` unanswered ones of the first two groups, or the end of the lease it begins
    anew with DISCOVER. `note(lease, op, sent, granted_by, outcome, answer)` is called for each request."""

    def __init__(
        self,
        station: Station,
        number: int,
        port: tuple[bytes, str],
        group: str,
        timing: tuple[int, int, int],
        note: Note,
    ) -> None:
        self.station = station
        self.number = number
        self.mac, self.expected = port
        self.group = group
        self.renew_every, self.answer_ns, self.give_up_after = timing
        self.note = note
        # Of the lease: None while there is none.
        self.address: bytes | None = None
        self.server: bytes | None = None
        self.grant: Message | None = None
        self.ends = 0
        # Of the request that waits for its answer.
        self.op: str | None = None
        self.xid: int | None = None
        self.due: int | None = None
        self.exchange: Exchange | None = None
        self.sent = 0
        # Requests in a row that nobody answered, and when the last answered one was sent.
        self.unanswered = 0
        self.answered_sent = 0
        self.next_renew = 0

    def acquire(self, now: int, op: str, choose: Callable[[Exchange], Message | None] | None = None) -> None:
        """Gets an address from nothing."""
        self.op = op
        self.sent = time.time_ns()
        exchange = self.exchange = Exchange(self.station, self.mac, -1, NO_SLOT, self._acquired, choose)
        exchange.start(now)

    def _acquired(self, exchange: Exchange, how: str) -> None:
        """At the end of the time for offers, or when it was answered by nobody for as long as an exchange lasts."""
        op = self.op
        assert op is not None
        self.op = self.exchange = None
        if how != "acked" or exchange.ack is None:
            self.note(self, op, self.sent, self.server, "none", None)
            if how == "failed":
                self.acquire(time.monotonic_ns(), op)
            return
        message, _ = exchange.ack
        self.note(self, op, self.sent, self.server, "ack", exchange.ack)
        now = time.monotonic_ns()
        # The grid of the schedule is each lease's own, or all would ask at the same time.
        self.next_renew = now + (self.number * 37 % 100) * self.renew_every // 100
        self._bind(message, exchange.requests[-1])

    def _bind(self, message: Message, sent: int) -> None:
        now = time.monotonic_ns()
        if self.address is not None:
            del self.station.held[self.address]
        self.grant = message
        self.address, self.server = message.address, message.server
        self.station.held[message.address] = self.mac
        self.ends = now + (message.lease or 0) * 1_000_000_000
        self.unanswered = 0
        self.answered_sent = sent
        while self.next_renew <= now:
            self.next_renew += self.renew_every
        self.station.wake(self, self.next_renew)

    def _ask(self, now: int, op: str) -> None:
        station, grant = self.station, self.grant
        assert grant is not None
        self.op = op
        xid = self.xid = station.new_xid(self)
        if op == REBOOT:
            template = station.reboot
            template.ask_for(grant.address)
        else:
            template = station.extend
            if op == RENEW:
                template.speak_as(grant.address, grant.server, grant.source_mac)
            else:
                template.speak_as(grant.address)
        frame = template.fill(self.mac, xid)
        self.sent = time.time_ns()
        station.link.send(frame)
        station.wake(self, now + self.answer_ns)

    def hear(self, message: Message, stamp: int) -> None:
        if message.kind == ACK:
            self._settle("ack", (message, stamp))
            self._bind(message, self.sent)
        elif message.kind == NAK:
            self._settle("nak", (message, stamp))
            self._lose(time.monotonic_ns())

    def _settle(self, outcome: str, answer: Answer | None) -> None:
        self.station.forget(self.xid)
        op = self.op
        assert op is not None
        self.op = self.xid = None
        self.note(self, op, self.sent, self.server, outcome, answer)

    def _lose(self, now: int) -> None:
        """RFC 2131 section 4.4.5: without a lease the address is not used any more."""
        if self.address is not None:
            del self.station.held[self.address]
        # The answer that was waited for has come, or never will.
        self.address = self.due = None
        self.acquire(now, DISCOVER)

    def timeout(self, now: int) -> None:
        if self.op is None:
            self._ask(now, RENEW)
            return
        self._settle("none", None)
        self.unanswered += 1
        if now >= self.ends or (self.group != RENEW and self._given_up()):
            self._lose(now)
        else:
            self._ask(now, self.group)

    def _given_up(self) -> bool:
        """The RENEW that found out about it is not one of the group's."""
        return self.unanswered > self.give_up_after

    def fate_known(self, since: float) -> bool:
        """Whether a request sent after `since` was answered, or enough of them were not."""
        return self.answered_sent > since or self._given_up()

    def end(self) -> None:
        """Gives the address back, where clients do."""
        if self.station.release and self.address is not None and self.grant is not None:
            self.station.give_back(self.mac, self.grant)
