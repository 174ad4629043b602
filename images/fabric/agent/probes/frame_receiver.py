"""Notes every numbered frame of one probe that comes in at an interface, whomever it is for.

Parameters: epoch_ns, interface, id (of the probe), output. Output: CSV `seq,echoed_ns`, the kernel's receive times, in
the order in which the frames came. The status says with `dropped` how many the kernel could not hand over, and with
`running` whether the interface is up and has carrier (netdevice(7)): one that has not hears nothing.
"""

from __future__ import annotations

import array
import fcntl
import select
import struct
import time

import probe
from dhcp_link import Link
from frame_link import FILTER, number_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

BATCH = 64
# netdevice(7)
SIOCGIFFLAGS = 0x8913
IFF_UP, IFF_RUNNING = 0x1, 0x40
IFREQ = struct.Struct("@16sH22x")


class Receiver:
    def __init__(self, params: probe.Params) -> None:
        self.epoch = params.epoch()
        self.output = params.output()
        self.id = params.integer("id", 0, (1 << 53) - 1)
        self.interface = params.text("interface")
        self.link = Link(self.interface, FILTER)
        self.seqs, self.stamps = array.array("q"), array.array("q")
        self.streak = 0

    def take(self) -> bool:
        """Returns whether there may be more."""
        count = 0
        for frame, stamp in self.link.receive(BATCH):
            count += 1
            seq = number_of(frame, self.id)
            if seq is None:
                continue
            follows = bool(self.seqs) and seq == self.seqs[-1] + 1
            self.streak = self.streak + 1 if follows else 1
            self.seqs.append(seq)
            self.stamps.append(stamp)
        return count == BATCH

    def running(self) -> bool:
        try:
            asked = IFREQ.pack(self.interface.encode(), 0)
            _, flags = IFREQ.unpack(fcntl.ioctl(self.link.socket, SIOCGIFFLAGS, asked))
        except OSError:  # it is gone
            return False
        return bool(flags & IFF_UP and flags & IFF_RUNNING)

    def report(self, event: str) -> None:
        last = self.stamps[-1] - self.epoch if self.stamps else None
        probe.emit(
            event,
            output=self.output,
            received=len(self.seqs),
            good_streak=self.streak,
            last_received_ns=last,
            dropped=self.link.count_dropped(),
            running=self.running(),
            now_ns=time.time_ns() - self.epoch,
        )

    def rows(self) -> Iterator[str]:
        yield "seq,echoed_ns\n"
        for seq, stamp in zip(self.seqs, self.stamps, strict=True):
            yield f"{seq},{stamp - self.epoch}\n"


def main(params: probe.Params) -> None:
    """Listens until it is stopped."""
    receiver = Receiver(params)
    control = probe.Control()
    probe.settle()
    probe.emit("ready", now_ns=time.time_ns() - receiver.epoch)
    more = False
    while True:
        watched = (receiver.link.socket.fileno(), control.fd)
        readable, _, _ = select.select(watched, (), (), 0 if more else None)
        more = receiver.take()
        if control.fd not in readable:
            continue
        for command in control.read():
            while receiver.take():
                pass
            if command["op"] == "stop":
                probe.write_lines(receiver.output, receiver.rows())
                receiver.report("result")
                return
            receiver.report("status")


if __name__ == "__main__":
    probe.run(main)
