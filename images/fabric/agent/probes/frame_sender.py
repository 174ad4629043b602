"""Sends numbered frames on a fixed schedule out of one interface.

Parameters: epoch_ns, interface, source, destination (MAC addresses), id (of this probe), interval_ns, new_source_every
(0: never), output. Every frame whose number is a multiple of new_source_every, but for the first, leaves with a source
MAC that was never used before: 06 and the last 5 bytes of a random number that counts up.

Output: CSV `seq,sent_ns`; behind the frames a line `seq,came_back_ns` for each that came back in where it was sent.
The result counts those as `returned`: a segment without a loop has none.
"""

from __future__ import annotations

import array
import os
import select
import time

import probe
from dhcp_link import Link
from frame_link import ETHERTYPE, FILTER, FRAME, MAGIC, SHORTEST, mac_of, number_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

BURST = 64
DRAIN_NS = 200_000_000


class Sender:
    def __init__(self, params: probe.Params) -> None:
        self.epoch = params.epoch()
        self.output = params.output()
        self.source, self.destination = mac_of(params, "source"), mac_of(params, "destination")
        self.id = params.integer("id", 0, (1 << 53) - 1)
        self.interval = params.integer("interval_ns", 100_000, 60_000_000_000)
        self.every = params.integer("new_source_every", 0, 1_000_000)
        self.link = Link(params.text("interface"), FILTER)
        self.next_source = int.from_bytes(os.urandom(5), "big")
        self.sent, self.returned = array.array("q"), array.array("q")
        self.due = 0

    def source_of(self, seq: int) -> bytes:
        if not self.every or not seq or seq % self.every:
            return self.source
        self.next_source = (self.next_source + 1) % (1 << 40)
        return b"\x06" + self.next_source.to_bytes(5, "big")

    def send_due(self) -> int:
        """Sends what is due, at most BURST frames; returns how long until the next one, in ns."""
        for _ in range(BURST):
            wait = self.due - time.monotonic_ns()
            if wait > 0:
                return wait
            seq, now = len(self.sent), time.time_ns()
            source = self.source_of(seq)
            frame = FRAME.pack(self.destination, source, ETHERTYPE, MAGIC, self.id, seq, now)
            self.link.send(frame.ljust(SHORTEST, b"\0"))
            self.sent.append(now)
            self.due += self.interval
        return 0

    def take(self) -> None:
        """Notes own frames that came back."""
        for frame, stamp in self.link.receive(BURST):
            seq = number_of(frame, self.id)
            if seq is not None:
                self.returned.append(seq)
                self.returned.append(stamp)

    def report(self, event: str) -> None:
        probe.emit(
            event,
            output=self.output,
            sent=len(self.sent),
            returned=len(self.returned) // 2,
            send_errors=self.link.send_errors,
            now_ns=time.time_ns() - self.epoch,
        )

    def measure(self, control: probe.Control) -> None:
        while True:
            self.take()
            wait = self.send_due()
            if select.select([control.fd], (), (), wait / 1e9)[0]:
                for command in control.read():
                    if command["op"] == "stop":
                        return
                    self.report("status")

    def finish(self) -> None:
        end = time.monotonic_ns() + DRAIN_NS
        while (wait := end - time.monotonic_ns()) > 0:
            select.select([self.link.socket], (), (), wait / 1e9)
            self.take()
        probe.write_lines(self.output, self.rows())
        self.report("result")

    def rows(self) -> Iterator[str]:
        yield "seq,sent_ns\n"
        for seq, sent in enumerate(self.sent):
            yield f"{seq},{sent - self.epoch}\n"
        for at in range(0, len(self.returned), 2):
            yield f"{self.returned[at]},{self.returned[at + 1] - self.epoch}\n"


def main(params: probe.Params) -> None:
    """Measures until it is stopped."""
    sender = Sender(params)
    control = probe.Control()
    probe.settle()
    realtime = probe.hurry()
    sender.due = time.monotonic_ns()
    probe.emit("ready", realtime=realtime, now_ns=time.time_ns() - sender.epoch)
    sender.measure(control)
    sender.finish()


if __name__ == "__main__":
    probe.run(main)
