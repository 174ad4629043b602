"""One interface, spoken to by whole frames: many clients, each with a MAC of its own, behind one socket."""

from __future__ import annotations

import array
import socket
import struct

import probe
import sockets

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    Filter = tuple[tuple[int, int, int, int], ...]

ETH_P_ALL = 0x0003
# <asm-generic/socket.h>, packet(7)
SO_ATTACH_FILTER = 26
SO_SNDBUFFORCE = 32
SOL_PACKET = 263
PACKET_ADD_MEMBERSHIP = 1
PACKET_STATISTICS = 6
PACKET_MR_PROMISC = 1
MEMBERSHIP = struct.Struct("@iHH8s")
BUFFER_BYTES = 16 << 20
LONGEST_FRAME = 2048

# Classic BPF: code, jump if true, jump if false, operand. Others' frames that go out here are dropped, as is all
# but ARP requests and whole UDP datagrams to port 68.
FILTER = (
    (0x30, 0, 0, 0xFFFFF004),  # type of the packet
    (0x15, 13, 0, 4),  # outgoing
    (0x28, 0, 0, 12),
    (0x15, 8, 0, 0x0806),
    (0x15, 0, 10, 0x0800),
    (0x30, 0, 0, 23),
    (0x15, 0, 8, 17),
    (0x28, 0, 0, 20),
    (0x45, 6, 0, 0x1FFF),  # a later fragment
    (0xB1, 0, 0, 14),  # length of the IP header
    (0x48, 0, 0, 16),
    (0x15, 2, 3, 68),
    (0x28, 0, 0, 20),
    (0x15, 0, 1, 1),  # ARP request
    (0x06, 0, 0, LONGEST_FRAME),
    (0x06, 0, 0, 0),
)


class Link:
    """A packet socket on `interface`: promiscuous, filtered, with the kernel's receive times."""

    def __init__(self, interface: str, program: Filter = FILTER) -> None:
        self.send_errors: dict[str, int] = {}
        self.dropped = 0
        try:
            # Nothing is received before the filter is there.
            self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        except PermissionError:
            raise probe.ProbeError("a packet socket needs the capability NET_RAW") from None
        self.socket.setblocking(False)
        self._attach_filter(program)
        self.socket.setsockopt(socket.SOL_SOCKET, sockets.SO_TIMESTAMPNS, 1)
        for forced, plain in (
            (sockets.SO_RCVBUFFORCE, socket.SO_RCVBUF),
            (SO_SNDBUFFORCE, socket.SO_SNDBUF),
        ):
            try:
                self.socket.setsockopt(socket.SOL_SOCKET, forced, BUFFER_BYTES)
            except PermissionError:
                self.socket.setsockopt(socket.SOL_SOCKET, plain, BUFFER_BYTES)
        try:
            index = socket.if_nametoindex(interface)
        except OSError:
            raise probe.ProbeError(f"there is no interface {interface}") from None
        try:
            membership = MEMBERSHIP.pack(index, PACKET_MR_PROMISC, 0, b"")
            self.socket.setsockopt(SOL_PACKET, PACKET_ADD_MEMBERSHIP, membership)
            self.socket.bind((interface, ETH_P_ALL))
        except OSError as error:
            raise probe.ProbeError(f"interface {interface}: {error.strerror}") from None

    def _attach_filter(self, program: Filter) -> None:
        code = array.array("B", b"".join(struct.pack("@HBBI", *line) for line in program))
        address, _ = code.buffer_info()
        self.socket.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack("@HP", len(program), address))

    def send(self, frame: bytes | bytearray) -> None:
        """Sends a frame; one that the kernel does not take is counted, and lost like any other."""
        try:
            self.socket.send(frame)
        except OSError as error:
            said = error.strerror or str(error)
            self.send_errors[said] = self.send_errors.get(said, 0) + 1

    def receive(self, most: int) -> Iterator[tuple[bytes, int]]:
        """At most so many frames that have arrived, each with its receive time."""
        recvmsg, unpack, size = self.socket.recvmsg, probe.TIMESPEC.unpack, probe.ANCILLARY_BYTES
        for _ in range(most):
            try:
                frame, ancillary, _, _ = recvmsg(LONGEST_FRAME, size)
            except BlockingIOError:
                return
            except OSError:  # the interface went down: said once
                continue
            if ancillary:
                seconds, nanoseconds = unpack(ancillary[0][2])
                yield frame, seconds * 1_000_000_000 + nanoseconds

    def count_dropped(self) -> int:
        """How many frames the kernel could not keep for us, since the start."""
        _, dropped = struct.unpack("@II", self.socket.getsockopt(SOL_PACKET, PACKET_STATISTICS, 8))
        self.dropped += dropped
        return self.dropped
