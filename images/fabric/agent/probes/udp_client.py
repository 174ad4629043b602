"""Sends numbered UDP packets on a fixed schedule and notes when each was echoed and when it came back.

Parameters: epoch_ns, address, port, interval_ns, output, late_ns, fresh_ports (may be missing: false; true: every
packet leaves from a source port of its own, udp_fresh_ports.py), size (may be missing: how many bytes of payload each
packet has, filled up with zeros; the echo has as many).
Packet n is due at start + n * interval_ns whether or not anything was answered: a probe that waits for its
answer samples an outage once. After a late wake-up the overdue packets go out at once, with the time they
really left. A packet that could not be sent (no route, filtered) counts as sent and lost.

Output: CSV `seq,sent_ns,echoed_ns,received_ns`; echoed_ns is the kernel's receive time at the echo,
received_ns the kernel's receive time here; both are empty for a packet without an answer. Behind the last packet
there is a line for every further answer to one that had one already, with its own times.
An answer is not yet service: while the kernel waits for ARP (arp(7)) or IPv6's neighbour discovery, it holds packets
back, for a second and more, and sends them once the neighbour answers. The result counts answers later than late_ns as
`late`.
"""

from __future__ import annotations

import array
import errno
import os
import select
import time

import probe
import sockets
from udp_fresh_ports import FreshPorts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

BURST = 64
DRAIN_NS = 200_000_000


class Client:
    """The schedule, the socket and one entry a packet in each array."""

    def __init__(self, params: probe.Params) -> None:
        self.epoch = params.epoch()
        self.peer = params.endpoint()
        self.interval = params.integer("interval_ns", 100_000, 60_000_000_000)
        self.late = params.integer("late_ns", 1, 60_000_000_000)
        self.output = params.output()
        least = probe.UDP_PACKET.size
        size = params.integer("size", least, probe.UDP_MOST) if params.has("size") else least
        self.filling = bytes(size - least)
        self.size = size
        self.id = int.from_bytes(os.urandom(8), "big")
        # Not connected: on a connected socket the ICMP error of one packet makes the sending of another fail.
        fresh = params.has("fresh_ports") and params.boolean("fresh_ports")
        self.socket = FreshPorts(self.peer, self.interval) if fresh else sockets.stamped_udp_socket(self.peer)
        # Of every address of the node.
        self.socket.bind(("", 0))
        self.sent, self.echoed, self.received, self.lateness = (array.array("q") for _ in range(4))
        self.further: list[tuple[int, int, int]] = []
        self.answered = self.duplicates = self.last_received = self.max_lateness = 0
        self.judged = self.streak = 0
        self.send_errors: dict[str, int] = {}
        self.due = 0

    def send_due(self) -> int:
        """Sends what is due, at most BURST packets; returns how long until the next one, in ns."""
        sendto, pack, filling = self.socket.sendto, probe.UDP_PACKET.pack, self.filling
        monotonic, clock = time.monotonic_ns, time.time_ns
        for _ in range(BURST):
            lateness = monotonic() - self.due
            if lateness < 0:
                return -lateness
            seq = len(self.sent)
            now = clock()
            try:
                sendto(pack(probe.UDP_MAGIC, self.id, seq, now, 0) + filling, self.peer)
            except OSError as error:
                name = errno.errorcode[error.errno or 0]
                self.send_errors[name] = self.send_errors.get(name, 0) + 1
            self.sent.append(now)
            self.echoed.append(0)
            self.received.append(0)
            self.lateness.append(lateness)
            self.max_lateness = max(self.max_lateness, lateness)
            self.due += self.interval
        return 0

    def drain(self, whole: bool = False) -> None:
        """Takes answers off the socket: up to the newest packet's (mostly the last), or all of them."""
        newest = -1 if whole else len(self.sent) - 1
        recvmsg, size, seq = self.socket.recvmsg, self.size, -2
        while seq != newest:
            try:
                data, ancillary, _, source = recvmsg(size + 1, probe.ANCILLARY_BYTES)
            except OSError:  # empty
                return
            if len(data) != size or source != self.peer:
                continue
            magic, sender, seq, _, echoed = probe.UDP_PACKET.unpack_from(data)
            if magic != probe.UDP_MAGIC or sender != self.id or seq >= len(self.sent) or not ancillary:
                continue
            seconds, nanoseconds = probe.TIMESPEC.unpack(ancillary[0][2])
            stamp = seconds * 1_000_000_000 + nanoseconds
            if self.received[seq]:
                self.duplicates += 1
                self.further.append((seq, echoed, stamp))
                continue
            self.received[seq] = stamp
            self.echoed[seq] = echoed
            self.answered += 1
            self.last_received = max(self.last_received, stamp)

    def judge(self, now: int) -> None:
        """Counts the streak on: packets that are `late_ns` old at `now` were answered in time or not."""
        sent, received, late = self.sent, self.received, self.late
        judged, streak, end = self.judged, self.streak, len(sent)
        while judged < end and now - sent[judged] > late:
            stamp = received[judged]
            streak = streak + 1 if stamp and stamp - sent[judged] <= late else 0
            judged += 1
        self.judged, self.streak = judged, streak

    def relative(self, stamp: int) -> int | None:
        return stamp - self.epoch if stamp else None

    def status(self) -> None:
        now = time.time_ns()
        self.drain(whole=True)
        self.judge(now)
        probe.emit(
            "status",
            sent=len(self.sent),
            received=self.answered,
            good_streak=self.streak,
            last_received_ns=self.relative(self.last_received),
            max_send_lateness_ns=self.max_lateness,
            now_ns=now - self.epoch,
        )

    def measure(self, control: probe.Control) -> None:
        """The loop. It wakes up to send and to obey, not for answers: the kernel stamps those."""
        wait_for, stdin = select.select, [control.fd]
        while True:
            now = time.time_ns()
            self.drain()
            self.judge(now)
            wait = self.send_due()
            if wait_for(stdin, (), (), wait / 1e9)[0]:
                for command in control.read():
                    if command["op"] == "stop":
                        return
                    self.status()

    def finish(self) -> None:
        """Waits for the last answers, writes the records and prints the result."""
        end = time.monotonic_ns() + DRAIN_NS
        while (wait := end - time.monotonic_ns()) > 0:
            select.select([self.socket], (), (), wait / 1e9)
            self.drain(whole=True)
        probe.write_lines(self.output, self.rows())
        lateness = sorted(self.lateness)
        probe.emit(
            "result",
            output=self.output,
            sent=len(self.sent),
            received=self.answered,
            lost=len(self.sent) - self.answered,
            late=sum(got - out > self.late for out, got in zip(self.sent, self.received, strict=True)),
            duplicates=self.duplicates,
            send_errors=self.send_errors,
            send_lateness_p50_ns=percentile(lateness, 50),
            send_lateness_p99_ns=percentile(lateness, 99),
            send_lateness_max_ns=self.max_lateness,
            now_ns=time.time_ns() - self.epoch,
        )

    def rows(self) -> Iterator[str]:
        yield "seq,sent_ns,echoed_ns,received_ns\n"
        epoch = self.epoch
        for seq, (sent, echoed, received) in enumerate(zip(self.sent, self.echoed, self.received, strict=True)):
            if received:
                yield f"{seq},{sent - epoch},{echoed - epoch},{received - epoch}\n"
            else:
                yield f"{seq},{sent - epoch},,\n"
        for seq, echoed, received in self.further:
            yield f"{seq},{self.sent[seq] - epoch},{echoed - epoch},{received - epoch}\n"


def percentile(values: list[int], percent: int) -> int | None:
    """The nearest-rank percentile of sorted values."""
    return values[max(0, -(-len(values) * percent // 100) - 1)] if values else None


def main(params: probe.Params) -> None:
    """Measures until it is stopped."""
    client = Client(params)
    control = probe.Control()
    probe.settle()
    realtime = probe.hurry()
    port = client.socket.getsockname()[1]
    client.due = time.monotonic_ns()
    probe.emit("ready", port=port, realtime=realtime, now_ns=time.time_ns() - client.epoch)
    client.measure(control)
    client.finish()


if __name__ == "__main__":
    probe.run(main)
