"""DHCP as many clients see it: exchanges on a fixed schedule, each with an identity of its own, and held leases.

Parameters: epoch_ns, output, interface, ports [{mac, mac_step, address, count}], rate (exchanges/s), held,
retransmit_ns, give_up_ns, late_ns, collect_ns, broadcast, reuse, release, realtime. The first `held` ports are those
of the leases; the others take turns. A run of `count` ports has MACs `mac_step` apart and addresses in a row; the
address 0.0.0.0 stands for any. With `release` every client gives its address back when its time for offers is over,
and the leases are at the end.

Exchange n begins at start + n / rate, whatever became of the others: a client that waited for its answer would
sample an outage once. The schedule begins when two rounds of DISCOVERs, half a second apart, were answered by the
same servers: before that, servers are still starting. The held leases are taken in that time, so that each server
has granted about as many in each group (dhcp_lease.py).

`{"op": "rate", "per_s": N}` sets the rate from now on. `{"op": "status", "since_ns": T}` also says whether what
became of each held lease after T is known. Output: dhcp_records.py.
"""

from __future__ import annotations

import select
import socket
import time

import probe
from dhcp_exchange import NO_SLOT, SECOND, Exchange, Station
from dhcp_lease import ACQUIRE, GROUPS, HeldLease
from dhcp_link import Link
from dhcp_message import arp_answer, decode
from dhcp_records import Records
from dhcp_schedule import Schedule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from dhcp_message import Message

RENEW_EVERY_NS = SECOND
# A server that makes its offers late makes clients that ask it for something else wait as well.
SHORTEST_LEASE_ANSWER_NS = SECOND
LEASE_GIVE_UP_AFTER = 5
# Frames that are looked at before the schedule is, again.
BATCH = 64
MOST_RATE = 100_000


class Client:
    def __init__(self, params: probe.Params) -> None:
        self.epoch = params.epoch()
        self.output = params.output()
        self.rate = params.integer("rate", 1, MOST_RATE)
        self.realtime = params.boolean("realtime")
        held = params.integer("held", 0, 1000)
        ports = [port for run in params.objects("ports") for port in ports_of(run)]
        if len(ports) < held + 2:
            raise probe.ProbeError(f"{len(ports)} ports are too few for {held} held leases and two exchanges")
        give_up = params.integer("give_up_ns", SECOND, 3600 * SECOND)
        retransmit = params.integer("retransmit_ns", SECOND, 3600 * SECOND)
        late = params.integer("late_ns", 1, 60 * SECOND)
        broadcast, reuse = params.boolean("broadcast"), params.boolean("reuse")
        self.link = Link(params.text("interface"))
        collect = params.integer("collect_ns", 1, 60 * SECOND)
        self.station = Station(self.link, broadcast, retransmit, give_up, collect, params.boolean("release"))
        self.records = Records(self.epoch)
        self.schedule = Schedule(self.station, ports[held:], late, reuse, self.records)
        timing = (RENEW_EVERY_NS, max(collect, SHORTEST_LEASE_ANSWER_NS), LEASE_GIVE_UP_AFTER)
        self.leases = [
            HeldLease(self.station, number, ports[number], GROUPS[number % len(GROUPS)], timing, self.records.request)
            for number in range(held)
        ]
        self.servers: set[bytes] = set()
        # Who has yet to see the same servers twice.
        self.unsure = len(self.leases) or 1

    def begin(self) -> None:
        """Looks for the servers, with all held leases or else with one client that is none of the schedule's first."""
        now = time.monotonic_ns()
        for lease in self.leases:
            lease.acquire(now, ACQUIRE, self.chooser(lease.number // len(GROUPS)))
        if not self.leases:
            mac, _ = self.schedule.ports[-1]
            Exchange(self.station, mac, -1, NO_SLOT, _nothing_of, self.chooser(0)).start(now)

    def chooser(self, turn: int) -> Callable[[Exchange], Message | None]:
        """Takes an offer when the same servers have offered twice: of the one whose turn it is."""
        before: set[bytes] = set()

        def choose(exchange: Exchange) -> Message | None:
            nonlocal before
            offers = {message.server: message for message, _ in exchange.offers}
            self.servers |= offers.keys()
            if not offers or offers.keys() != before:
                before = set(offers)
                return None
            self.unsure -= 1
            if self.unsure == 0:
                self.schedule.set_rate(self.rate)
            return offers[sorted(offers)[turn % len(offers)]]

        return choose

    def take_frames(self) -> bool:
        """Returns whether there may be more."""
        count, station = 0, self.station
        for frame, stamp in self.link.receive(BATCH):
            count += 1
            message = decode(frame)
            if message is not None:
                station.take(message, stamp)
            elif (answer := arp_answer(frame, station.held)) is not None:
                self.link.send(answer)
        return count == BATCH

    def turn(self, sending: bool = True) -> float:
        """Does what is due; returns how long there is nothing to do, in s."""
        schedule = self.schedule
        next_exchange = schedule.run() if sending and schedule.interval else None
        more = self.take_frames()
        next_timer = self.station.run_timers(time.monotonic_ns())
        schedule.judge(time.time_ns())
        if more:
            return 0
        times = [due for due in (next_exchange, next_timer) if due is not None]
        return max(0, min(times) - time.monotonic_ns()) / 1e9 if times else 1

    def measure(self, control: probe.Control) -> None:
        watched = (self.link.socket.fileno(), control.fd)
        while True:
            readable, _, _ = select.select(watched, (), (), self.turn())
            if control.fd in readable:
                for command in control.read():
                    if command["op"] == "stop":
                        return
                    if command["op"] == "rate":
                        self.change_rate(command.get("per_s"))
                    self.status(command.get("since_ns"))

    def change_rate(self, per_s: object) -> None:
        if not isinstance(per_s, int) or isinstance(per_s, bool) or not 1 <= per_s <= MOST_RATE:
            raise probe.ProbeError(f"the rate is {per_s!r}, expected an integer from 1 to {MOST_RATE}")
        self.rate = per_s
        if self.schedule.interval:
            self.schedule.set_rate(per_s)

    def status(self, since: object) -> None:
        schedule = self.schedule
        now = time.time_ns()
        shown = schedule.seen_working_since()
        after = self.epoch + since if isinstance(since, (int, float)) else now
        probe.emit(
            "status",
            measuring=schedule.interval > 0,
            servers=sorted(socket.inet_ntoa(server) for server in self.servers),
            begun=len(schedule.sent),
            good=schedule.good,
            good_streak=schedule.streak,
            seen_working_since_ns=shown - self.epoch if shown else None,
            held=len(self.leases),
            holding=len(self.station.held),
            undecided=sum(not lease.fate_known(after) for lease in self.leases),
            stage=schedule.stage() if schedule.interval else None,
            now_ns=now - self.epoch,
        )

    def finish(self) -> None:
        """Waits until what was sent is answered or late, writes the records and prints the result."""
        end = time.monotonic_ns() + self.schedule.late + self.station.collect
        while time.monotonic_ns() < end and not self.schedule.is_decided():
            select.select([self.link.socket], (), (), min(0.02, self.turn(sending=False)))
        stage = self.schedule.stage() if self.schedule.interval else None
        self.schedule.finish()
        for lease in self.leases:
            lease.end()
        facts = {
            "stage": stage,
            "dropped": self.link.count_dropped(),
            "send_errors": self.link.send_errors,
            "cpu_ns": time.process_time_ns(),
        }
        self.records.finish(**facts)
        probe.write_lines(self.output, self.records.lines)
        probe.emit("result", output=self.output, begun=len(self.schedule.sent), good=self.schedule.good, **facts)


def _nothing_of(_exchange: Exchange, _how: str) -> None:
    """Of an exchange that only looks for servers."""


def ports_of(run: probe.Params) -> Iterator[tuple[bytes, str]]:
    """(MAC, address as text) of each port of a run."""
    described, text = "a MAC address such as 02:16:10:00:00:00", run.text("mac")
    try:
        mac = int.from_bytes(bytes.fromhex(text.replace(":", "")), "big")
        if len(text) != 17:
            raise ValueError
    except ValueError:
        raise probe.ProbeError(f"a port has the MAC {text!r}, expected {described}") from None
    try:
        address = int.from_bytes(socket.inet_pton(socket.AF_INET, run.text("address")), "big")
    except OSError:
        raise probe.ProbeError(f"a port has the address {run.text('address')!r}, not an IPv4 one") from None
    step = 1 if address else 0
    mac_step = run.integer("mac_step", 1, 65_536)
    for at in range(run.integer("count", 1, 65_536)):
        yield (mac + mac_step * at).to_bytes(6, "big"), socket.inet_ntoa((address + step * at).to_bytes(4, "big"))


def main(params: probe.Params) -> None:
    """Measures until it is stopped."""
    client = Client(params)
    control = probe.Control("rate")
    probe.settle()
    realtime = client.realtime and probe.hurry()
    probe.emit("ready", realtime=realtime, now_ns=time.time_ns() - client.epoch)
    client.begin()
    client.measure(control)
    client.finish()


if __name__ == "__main__":
    probe.run(main)
