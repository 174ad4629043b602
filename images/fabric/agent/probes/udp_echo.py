"""Answers every UDP probe packet with the same packet, of the same length, the kernel's receive time put in.

Parameters: epoch_ns, address ("0.0.0.0" for every address of the node, "::" for those of IPv6 too), port (0: the kernel
chooses), and output, which may be missing: a file for CSV `seq,echoed_ns`, the kernel's receive time of every packet of
the probe whose packet came first, whatever became of its answer.
The answer leaves from the address the packet was sent to, also when that is one of many (IP_PKTINFO, ip(7);
IPV6_PKTINFO, ipv6(7)).
"""

from __future__ import annotations

import array
import errno
import select
import socket
import struct
import time

import probe
import sockets

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

TIME = struct.Struct("!q")
FILLING_AT = probe.UDP_PACKET.size
ECHOED_AT = FILLING_AT - TIME.size


class Echo:
    """The socket and what went through it."""

    def __init__(self, params: probe.Params) -> None:
        self.epoch = params.epoch()
        endpoint = params.endpoint(any_port=True)
        self.socket = sockets.stamped_udp_socket(endpoint)
        if sockets.family_of(endpoint) == socket.AF_INET6:
            self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1)
        else:
            self.socket.setsockopt(socket.IPPROTO_IP, probe.IP_PKTINFO, 1)
        try:
            self.socket.bind(endpoint)
        except OSError as error:
            raise probe.ProbeError(f"cannot bind UDP {sockets.shown(endpoint)}: {error.strerror}") from None
        self.received = self.replied = self.foreign = self.last_received = 0
        self.send_errors: dict[str, int] = {}
        self.output = params.output() if params.has("output") else None
        self.sender: int | None = None
        self.arrived, self.arrived_at = array.array("q"), array.array("q")

    def answer(self) -> None:
        """Takes one packet off the socket and answers it."""
        try:
            data, ancillary, _, sender = self.socket.recvmsg(probe.UDP_MOST + 1, probe.ANCILLARY_BYTES)
        except OSError:  # nothing there after all
            return
        if not probe.UDP_PACKET.size <= len(data) <= probe.UDP_MOST or data[:4] != probe.UDP_MAGIC:
            self.foreign += 1
            return
        stamp = 0
        reply_from: tuple[tuple[int, int, bytes], ...] = ()
        for level, kind, value in ancillary:
            if level == socket.SOL_SOCKET:
                seconds, nanoseconds = probe.TIMESPEC.unpack(value)
                stamp = seconds * 1_000_000_000 + nanoseconds
            elif level == socket.IPPROTO_IP and kind == probe.IP_PKTINFO:
                # struct in_pktinfo: the interface is left to routing, the source is where the packet came to.
                reply_from = ((level, kind, b"\0\0\0\0" + value[4:8] + b"\0\0\0\0"),)
            elif level == socket.IPPROTO_IPV6 and kind == socket.IPV6_PKTINFO:
                # struct in6_pktinfo, likewise.
                reply_from = ((level, kind, value[:16] + b"\0\0\0\0"),)
        self.received += 1
        self.last_received = stamp
        self.note(data, stamp)
        try:
            parts = (data[:ECHOED_AT], TIME.pack(stamp), data[FILLING_AT:])
            self.socket.sendmsg(parts, reply_from, 0, sender)
            self.replied += 1
        except OSError as error:
            name = errno.errorcode[error.errno or 0]
            self.send_errors[name] = self.send_errors.get(name, 0) + 1

    def note(self, data: bytes, stamp: int) -> None:
        """Keeps that a packet arrived, of the first sender."""
        if self.output is None:
            return
        _, sender, seq, _, _ = probe.UDP_PACKET.unpack_from(data)
        if self.sender is None:
            self.sender = sender
        if sender == self.sender and seq < 1 << 63:
            self.arrived.append(seq)
            self.arrived_at.append(stamp)

    def rows(self) -> Iterator[str]:
        yield "seq,echoed_ns\n"
        for seq, stamp in zip(self.arrived, self.arrived_at, strict=True):
            yield f"{seq},{stamp - self.epoch}\n"

    def report(self, event: str) -> None:
        """Prints the counts."""
        last = self.last_received - self.epoch if self.last_received else None
        probe.emit(
            event,
            received=self.received,
            replied=self.replied,
            foreign=self.foreign,
            send_errors=self.send_errors,
            last_received_ns=last,
            now_ns=time.time_ns() - self.epoch,
            **({"output": self.output} if self.output else {}),
        )


def main(params: probe.Params) -> None:
    """Echoes until it is stopped."""
    echo = Echo(params)
    control = probe.Control()
    poll = select.poll()
    poll.register(echo.socket, select.POLLIN)
    poll.register(control.fd, select.POLLIN)
    probe.settle()
    realtime = probe.hurry()
    address, port = echo.socket.getsockname()[:2]
    now = time.time_ns() - echo.epoch
    probe.emit("ready", address=address, port=port, realtime=realtime, now_ns=now)
    udp = echo.socket.fileno()
    while True:
        for fd, _ in poll.poll():
            if fd == udp:
                echo.answer()
                continue
            for command in control.read():
                if command["op"] == "stop":
                    if echo.output:
                        probe.write_lines(echo.output, echo.rows())
                    echo.report("result")
                    return
                echo.report("status")


if __name__ == "__main__":
    probe.run(main)
