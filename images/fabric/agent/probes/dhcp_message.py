"""DHCP messages in Ethernet frames: templates for what a client sends, a reader for what servers say.

RFC 2131 (tables 4 and 5: what each message of a client holds), RFC 2132, RFC 3396, RFC 826. IPv4 over Ethernet
without VLAN tags. Addresses and MACs are bytes.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

DISCOVER, OFFER, REQUEST, DECLINE, ACK, NAK, RELEASE, INFORM = range(1, 9)

BROADCAST_MAC = b"\xff" * 6
BROADCAST_IP = b"\xff" * 4
NO_ADDRESS = bytes(4)
MAGIC_COOKIE = b"\x63\x82\x53\x63"
# Subnet mask, router, DNS, domain, MTU, lease, server identifier, T1, T2.
WANTED = bytes((1, 3, 6, 15, 26, 51, 54, 58, 59))

# Where things are in a frame whose IP header has no options.
SOURCE_MAC = 6
IP = 14
UDP = 34
BOOTP = 42
XID = BOOTP + 4
CIADDR = BOOTP + 12
CHADDR = BOOTP + 28
OPTIONS = BOOTP + 240
# RFC 951: a shorter one may be thrown away on its way.
SHORTEST_BOOTP = 300

ETHERNET = struct.Struct("!6s6sH")
IPV4 = struct.Struct("!BBHHHBBH4s4s")
PORTS = struct.Struct("!HHHH")
XID_AND_SECS = struct.Struct("!IH")
ARP = struct.Struct("!6s6sHHHBBH6s4s6s4s")
ARP_HEAD = (1, 0x0800, 6, 4)
NUMBER = struct.Struct("!I")


# What a server said. Of options, None is one that is not there or has a wrong length. `server` is option 54, or
# where that is missing the sender of the packet.
class Message(NamedTuple):
    xid: int
    chaddr: bytes
    kind: int
    address: bytes
    server: bytes
    lease: int | None
    renewal: int | None
    rebinding: int | None
    source_mac: bytes


class Template:
    """One kind of a client's message, as a frame in which only what differs is written anew.

    `requested` and `server` say whether it has options 50 and 54; `broadcast` sets the flag that asks the server
    for broadcast answers (RFC 2131 section 4.1), `wants` whether it has a parameter list (option 55)."""

    def __init__(
        self, kind: int, requested: bool = False, server: bool = False, broadcast: bool = False, wants: bool = True
    ) -> None:
        options = bytearray((53, 1, kind))
        self.requested_at = self.server_at = 0
        if requested:
            self.requested_at = OPTIONS + len(options) + 2
            options += bytes((50, 4, 0, 0, 0, 0))
        if server:
            self.server_at = OPTIONS + len(options) + 2
            options += bytes((54, 4, 0, 0, 0, 0))
        if wants:
            options += bytes((55, len(WANTED))) + WANTED
        options += b"\xff"
        length = max(SHORTEST_BOOTP, OPTIONS - BOOTP + len(options))
        frame = bytearray(BOOTP + length)
        ETHERNET.pack_into(frame, 0, BROADCAST_MAC, bytes(6), 0x0800)
        IPV4.pack_into(frame, IP, 0x45, 0, 28 + length, 0, 0, 64, 17, 0, NO_ADDRESS, BROADCAST_IP)
        # A UDP checksum of 0 is none (RFC 768).
        PORTS.pack_into(frame, UDP, 68, 67, 8 + length, 0)
        frame[BOOTP : BOOTP + 4] = bytes((1, 1, 6, 0))
        frame[BOOTP + 10] = 0x80 if broadcast else 0
        frame[OPTIONS - 4 : OPTIONS] = MAGIC_COOKIE
        frame[OPTIONS : OPTIONS + len(options)] = options
        self.frame = frame
        self._sign()

    def fill(self, mac: bytes, xid: int, secs: int = 0) -> bytearray:
        """For a client that has no address yet; the frame is valid until the next one is filled."""
        frame = self.frame
        frame[SOURCE_MAC : SOURCE_MAC + 6] = mac
        frame[CHADDR : CHADDR + 6] = mac
        XID_AND_SECS.pack_into(frame, XID, xid, secs)
        return frame

    def ask_for(self, address: bytes, server: bytes | None = None) -> None:
        """Options 50 and 54, as far as this kind has them."""
        if self.requested_at:
            self.frame[self.requested_at : self.requested_at + 4] = address
        if self.server_at and server is not None:
            self.frame[self.server_at : self.server_at + 4] = server

    def speak_as(self, address: bytes, to_ip: bytes = BROADCAST_IP, to_mac: bytes = BROADCAST_MAC) -> None:
        """For a client that has an address: it is the packet's source and stands in ciaddr."""
        frame = self.frame
        frame[0:6] = to_mac
        frame[IP + 12 : IP + 16] = address
        frame[IP + 16 : IP + 20] = to_ip
        frame[CIADDR : CIADDR + 4] = address
        self._sign()

    def _sign(self) -> None:
        """The checksum of the IP header (RFC 1071)."""
        frame = self.frame
        frame[IP + 10 : IP + 12] = b"\0\0"
        total = sum(struct.unpack_from("!10H", frame, IP))
        while total > 0xFFFF:
            total = (total >> 16) + (total & 0xFFFF)
        struct.pack_into("!H", frame, IP + 10, ~total & 0xFFFF)


def decode(frame: bytes) -> Message | None:
    """The message of a server in a frame to UDP port 68; None when it is none, or one without a type.

    Whatever the bytes are, this does not raise: what is cut off is not there."""
    if len(frame) < OPTIONS or frame[12:14] != b"\x08\0" or frame[14] >> 4 != 4 or frame[23] != 17:
        return None
    start = IP + 4 * (frame[14] & 15)
    bootp = start + 8
    # Op reply, hardware type Ethernet, six bytes of it.
    if start < UDP or frame[bootp : bootp + 3] != b"\x02\x01\x06" or frame[start + 2 : start + 4] != b"\0\x44":
        return None
    if frame[bootp + 236 : bootp + 240] != MAGIC_COOKIE:
        return None
    options = options_of(frame, bootp)
    kind = options.get(53)
    if kind is None or len(kind) != 1:
        return None
    server = options.get(54)
    return Message(
        NUMBER.unpack_from(frame, bootp + 4)[0],
        frame[bootp + 28 : bootp + 34],
        kind[0],
        frame[bootp + 16 : bootp + 20],
        server if server is not None and len(server) == 4 else frame[26:30],
        number(options.get(51)),
        number(options.get(58)),
        number(options.get(59)),
        frame[SOURCE_MAC : SOURCE_MAC + 6],
    )


def options_of(frame: bytes, bootp: int) -> dict[int, bytes]:
    """Options by code. Option 52 leads on to `file` and `sname` (RFC 2131 section 4.1); the values of an option
    that comes again are joined (RFC 3396)."""
    options: dict[int, bytes] = {}
    read_options(frame, bootp + 240, len(frame), options)
    overload = options.get(52)
    if overload is not None and len(overload) == 1:
        if overload[0] & 1:
            read_options(frame, bootp + 108, bootp + 236, options)
        if overload[0] & 2:
            read_options(frame, bootp + 44, bootp + 108, options)
    return options


def read_options(frame: bytes, at: int, end: int, options: dict[int, bytes]) -> None:
    """Reads up to the end option, the end of the field, or a length that leads beyond it."""
    while at < end:
        code = frame[at]
        if code == 255:
            return
        if code == 0:
            at += 1
            continue
        if at + 1 >= end:
            return
        value_at = at + 2
        at = value_at + frame[at + 1]
        if at > end:
            return
        value = frame[value_at:at]
        options[code] = options[code] + value if code in options else value


def number(value: bytes | None) -> int | None:
    """Four bytes as a number."""
    return int.from_bytes(value, "big") if value is not None and len(value) == 4 else None


def arp_answer(frame: bytes, addresses: dict[bytes, bytes]) -> bytes | None:
    """The answer to an ARP request for one of `addresses` (address to MAC); None for any other frame."""
    if len(frame) < ARP.size or frame[12:14] != b"\x08\x06":
        return None
    *_, first, second, third, fourth, op, asker_mac, asker, _, asked = ARP.unpack_from(frame)
    mac = addresses.get(asked)
    if mac is None or op != 1 or (first, second, third, fourth) != ARP_HEAD:
        return None
    return ARP.pack(asker_mac, mac, 0x0806, *ARP_HEAD, 2, mac, asked, asker_mac, asker)
