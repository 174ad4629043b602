"""One client that gets an address: DISCOVER, OFFER, REQUEST, ACK (RFC 2131 section 3.1), and what it shares with
all the others on its link."""

from __future__ import annotations

import heapq
import os
import time

from dhcp_message import ACK, DISCOVER, NAK, OFFER, RELEASE, REQUEST, Template

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Protocol

    from dhcp_message import Message

    class SendsFrames(Protocol):
        def send(self, frame: bytes | bytearray) -> None: ...

    class Waiter(Protocol):
        """A client that waits for messages, or for its time."""

        mac: bytes
        due: int | None

        def hear(self, message: Message, stamp: int) -> None: ...
        def timeout(self, now: int) -> None: ...


SECOND = 1_000_000_000
# Offers count for so long after their DISCOVER, also when one was chosen already: the default.
COLLECT_NS = 500_000_000
# RFC 2131 section 4.1: intervals double up to this.
LONGEST_INTERVAL_NS = 64 * SECOND
# After so many refusals in one exchange a client waits as if nobody had answered: two servers that refuse each
# other's clients would keep it asking as fast as they answer.
QUICK_RESTARTS = 5
MOST_KEPT = 64
# Of an exchange that is none of a schedule's.
NO_SLOT = -1


class Station:
    """What all clients of a probe share: the link, transaction numbers, timers, message templates."""

    def __init__(
        self,
        link: SendsFrames,
        broadcast: bool,
        retransmit_ns: int,
        give_up_ns: int,
        collect_ns: int = COLLECT_NS,
        release: bool = False,
    ) -> None:
        self.link = link
        self.collect = collect_ns
        # Whether clients give their addresses back: a pool has fewer addresses than there are clients.
        self.release = release
        self.retransmit = retransmit_ns
        self.give_up = give_up_ns
        self.discover = Template(DISCOVER, broadcast=broadcast)
        self.select = Template(REQUEST, requested=True, server=True, broadcast=broadcast)
        self.reboot = Template(REQUEST, requested=True, broadcast=broadcast)
        self.extend = Template(REQUEST)
        self.farewell = Template(RELEASE, server=True, wants=False)
        # Who waits for answers to a transaction; addresses that are held, with the MAC of who holds them.
        self.waiting: dict[int, Waiter] = {}
        self.held: dict[bytes, bytes] = {}
        self._xid = int.from_bytes(os.urandom(4), "big")
        self._timers: list[tuple[int, int, Waiter]] = []
        self._timer = 0

    def new_xid(self, who: Waiter) -> int:
        """A transaction number, under which `who` gets what servers say."""
        self._xid = xid = (self._xid + 1) & 0xFFFFFFFF
        self.waiting[xid] = who
        return xid

    def forget(self, xid: int | None) -> None:
        if xid is not None:
            self.waiting.pop(xid, None)

    def wake(self, who: Waiter, due: int) -> None:
        """Has `who.timeout` called at `due` (CLOCK_MONOTONIC), instead of at the time that was set before."""
        who.due = due
        self._timer += 1
        heapq.heappush(self._timers, (due, self._timer, who))

    def run_timers(self, now: int) -> int | None:
        """Calls whose time has come; returns when the next one's is, or None."""
        timers = self._timers
        while timers and timers[0][0] <= now:
            due, _, who = heapq.heappop(timers)
            if who.due == due:
                who.due = None
                who.timeout(now)
        return timers[0][0] if timers else None

    def give_back(self, mac: bytes, message: Message) -> int:
        """Releases what an ACK granted, by unicast to its server (RFC 2131 section 4.4.6); returns when."""
        farewell = self.farewell
        farewell.ask_for(message.address, message.server)
        farewell.speak_as(message.address, message.server, message.source_mac)
        self._xid = (self._xid + 1) & 0xFFFFFFFF
        released = time.time_ns()
        self.link.send(farewell.fill(mac, self._xid))
        return released

    def take(self, message: Message, stamp: int) -> None:
        """Hands a server's message to whom it is for."""
        who = self.waiting.get(message.xid)
        if who is not None and who.mac == message.chaddr:
            who.hear(message, stamp)


class Exchange:
    """From the first DISCOVER to an address. It never gives way to others: each has its own timers.

    `ended(exchange, how)` is called once, with `acked` (when its time for offers is over), `failed` or `open`.
    With `choose` it does not take the first offer, but at the end of the time for offers the one that
    `choose(exchange)` returns; for None it begins anew."""

    __slots__ = (
        "ack", "begun", "choose", "discovers", "due", "ended", "interval", "mac", "naks", "offers", "released",
        "requests", "seq", "slot", "state", "station", "xid",
    )  # fmt: skip

    SELECTING, REQUESTING, BOUND, OVER = range(4)

    def __init__(
        self,
        station: Station,
        mac: bytes,
        seq: int,
        slot: int,
        ended: Callable[[Exchange, str], None],
        choose: Callable[[Exchange], Message | None] | None = None,
    ) -> None:
        self.station = station
        self.mac = mac
        self.seq = seq
        self.slot = slot
        self.ended = ended
        self.choose = choose
        self.xid: int | None = None
        self.due: int | None = None
        self.ack: tuple[Message, int] | None = None
        self.released: int | None = None
        self.interval = station.retransmit
        self.discovers: list[int] = []
        self.offers: list[tuple[Message, int]] = []
        self.requests: list[int] = []
        self.naks: list[tuple[Message, int]] = []

    def start(self, now: int) -> None:
        self.begun = now
        self._discover(now)

    def _discover(self, now: int) -> None:
        """Asks all servers, in a transaction of its own unless it asks again what it asked before."""
        station = self.station
        if self.xid is None:
            self.xid = station.new_xid(self)
        self.state = Exchange.SELECTING
        frame = station.discover.fill(self.mac, self.xid, min(65535, (now - self.begun) // SECOND))
        self.discovers.append(time.time_ns())
        station.link.send(frame)
        self._await_answer(now, station.collect if self.choose else self.interval)

    def _await_answer(self, now: int, interval: int) -> None:
        station = self.station
        station.wake(self, min(now + interval, max(self.begun + station.give_up, now + 1)))

    def _begin_anew(self, now: int) -> None:
        self.station.forget(self.xid)
        self.xid = None
        self._discover(now)

    def _request(self, now: int, offer: Message) -> None:
        """SELECTING: to all, so that the others hear that they were not chosen."""
        station = self.station
        self.state = Exchange.REQUESTING
        template = station.select
        template.ask_for(offer.address, offer.server)
        assert self.xid is not None
        frame = template.fill(self.mac, self.xid, min(65535, (now - self.begun) // SECOND))
        self.requests.append(time.time_ns())
        station.link.send(frame)
        self._await_answer(now, self.interval)

    def hear(self, message: Message, stamp: int) -> None:
        kind = message.kind
        if kind == OFFER:
            if len(self.offers) < MOST_KEPT:
                self.offers.append((message, stamp))
            if self.state == Exchange.SELECTING and self.choose is None:
                self._request(time.monotonic_ns(), message)
        elif kind == ACK:
            if self.state == Exchange.REQUESTING:
                self.ack = (message, stamp)
                self.state = Exchange.BOUND
                rest = self.discovers[-1] + self.station.collect - time.time_ns()
                self.station.wake(self, time.monotonic_ns() + max(0, rest))
        elif kind == NAK and len(self.naks) < MOST_KEPT:
            self.naks.append((message, stamp))
            if self.state == Exchange.REQUESTING and len(self.naks) <= QUICK_RESTARTS:
                self._begin_anew(time.monotonic_ns())

    def timeout(self, now: int) -> None:
        if self.state == Exchange.BOUND:
            self.finish("acked")
        elif self.choose and self.state == Exchange.SELECTING:
            self._choose(now)
        elif now - self.begun >= self.station.give_up:
            self.finish("failed")
        else:
            self.interval = min(2 * self.interval, LONGEST_INTERVAL_NS)
            if self.state == Exchange.REQUESTING:
                self._begin_anew(now)
            else:
                self._discover(now)

    def _choose(self, now: int) -> None:
        offer = self.choose(self) if self.choose else None
        if offer is None:
            self.offers.clear()
            self._begin_anew(now)
        else:
            # From here on like any other.
            self.choose = None
            self._request(now, offer)

    def finish(self, how: str) -> None:
        """Ends it. What comes for it from now on is ignored."""
        if self.state == Exchange.OVER:
            return
        self.state = Exchange.OVER
        self.due = None
        self.station.forget(self.xid)
        self.ended(self, how)
