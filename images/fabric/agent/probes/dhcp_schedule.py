"""When each exchange of a DHCP probe begins, on which port, and what became of those that could be judged."""

from __future__ import annotations

import array
import collections
import time

import probe
from dhcp_exchange import Exchange

TYPE_CHECKING = False
if TYPE_CHECKING:
    from dhcp_exchange import Station
    from dhcp_records import Records

# Sent in one go when the machine held the probe up; then answers are looked at.
BURST = 16
# So many good exchanges in a row, begun after a moment, show that service was there after it.
SHOWS_SERVICE = 10


class Schedule:
    """Exchange n begins at start + n * interval whatever became of the others, on the ports in turn.

    With `reuse` an exchange that still runs when its port's turn comes ends as failed; otherwise that is an error:
    the client is another one only while it is not the same."""

    def __init__(
        self, station: Station, ports: list[tuple[bytes, str]], late_ns: int, reuse: bool, records: Records
    ) -> None:
        self.station = station
        self.ports = ports
        self.late = late_ns
        self.reuse = reuse
        self.records = records
        self.running: list[Exchange | None] = [None] * len(ports)
        # Of each exchange, by number: first DISCOVER and ACK, 0 for none.
        self.sent, self.acked = array.array("q"), array.array("q")
        self.judged = self.streak = self.good = self.failed = 0
        self.last_good: collections.deque[int] = collections.deque(maxlen=SHOWS_SERVICE)
        # 0 before the rate is set.
        self.due = self.interval = 0

    def set_rate(self, per_s: int) -> None:
        """From now on; what is counted by stage begins again."""
        now = time.monotonic_ns()
        self.interval = 1_000_000_000 // per_s
        if self.due - now > self.interval:
            self.due = now
        self.due = max(self.due, now)
        self.per_s = per_s
        self.stage_first = len(self.sent)
        self.stage_judged = self.stage_good = self.max_lateness = 0
        self.stage_begun = now
        self.stage_cpu = time.process_time_ns()
        self.records.rate(per_s, self.stage_first, time.time_ns())

    def run(self) -> int:
        """Begins the exchanges that are due, at most BURST; returns when the next one is."""
        for _ in range(BURST):
            now = time.monotonic_ns()
            lateness = now - self.due
            if lateness < 0:
                break
            self.max_lateness = max(self.max_lateness, lateness)
            self._begin(now)
            self.due += self.interval
        return self.due

    def _begin(self, now: int) -> None:
        seq = len(self.sent)
        slot = seq % len(self.ports)
        before = self.running[slot]
        if before is not None:
            self._clear(before)
        exchange = self.running[slot] = Exchange(self.station, self.ports[slot][0], seq, slot, self._ended)
        exchange.start(now)
        self.sent.append(exchange.discovers[0])
        self.acked.append(0)

    def _clear(self, before: Exchange) -> None:
        if before.state == Exchange.BOUND:
            before.finish("acked")
        elif self.reuse:
            before.finish("failed")
        else:
            raise probe.ProbeError(
                f"{len(self.ports)} ports are too few: exchange {len(self.sent)} needs a port whose exchange "
                f"{before.seq} still runs, for up to {self.station.give_up / 1e9:g} s; "
                "give the network a larger port_range, or the probe a smaller rate"
            )

    def _ended(self, exchange: Exchange, how: str) -> None:
        self.running[exchange.slot] = None
        if exchange.ack is not None:
            self.acked[exchange.seq] = exchange.ack[1]
            if self.station.release:
                exchange.released = self.station.give_back(exchange.mac, exchange.ack[0])
        if how == "failed":
            self.failed += 1
        self.records.exchange(exchange, self.ports[exchange.slot][1], how)

    def judge(self, now: int) -> None:
        """Counts on: an exchange is good when it got its address within `late`; one that is older is not."""
        sent, acked, late = self.sent, self.acked, self.late
        judged, end = self.judged, len(sent)
        while judged < end:
            stamp = acked[judged] or self._acked(judged)
            good = stamp and stamp - sent[judged] <= late
            if not good and now - sent[judged] <= late:
                break
            if good:
                self.streak += 1
                self.good += 1
                self.last_good.append(sent[judged])
            else:
                self.streak = 0
                self.last_good.clear()
            if judged >= self.stage_first:
                self.stage_judged += 1
                self.stage_good += bool(good)
            judged += 1
        self.judged = judged

    def _acked(self, seq: int) -> int:
        exchange = self.running[seq % len(self.ports)]
        if exchange is None or exchange.seq != seq or exchange.ack is None:
            return 0
        self.acked[seq] = exchange.ack[1]
        return self.acked[seq]

    def seen_working_since(self) -> int | None:
        """When the oldest of the last good exchanges in a row began; None with too few of them."""
        return self.last_good[0] if len(self.last_good) == SHOWS_SERVICE else None

    def stage(self) -> dict[str, int]:
        """Of the time since the rate was set."""
        now = time.monotonic_ns()
        return {
            "per_s": self.per_s,
            "lasted_ns": now - self.stage_begun,
            "begun": len(self.sent) - self.stage_first,
            "judged": self.stage_judged,
            "good": self.stage_good,
            "behind_ns": max(0, now - self.due),
            "max_lateness_ns": self.max_lateness,
            "cpu_ns": time.process_time_ns() - self.stage_cpu,
        }

    def is_decided(self) -> bool:
        """Whether every exchange is answered, or too old to be answered in time."""
        return self.judged == len(self.sent)

    def finish(self) -> None:
        """What still runs has not ended."""
        for exchange in self.running:
            if exchange is not None:
                exchange.finish("acked" if exchange.state == Exchange.BOUND else "open")
