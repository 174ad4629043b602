"""The router advertisements of IPv6 (RFC 4861 section 4.2) that nodes send, taken in their own network namespaces.

How often a router sends them on its own is its configuration: minutes, often. So each listener is asked: a router
solicitation enters at its port of the fabric, which no other node gets, and every router answers it within half a
second, or three more where it has just sent one (RFC 4861 section 6.2.6: MAX_RA_DELAY_TIME, MIN_DELAY_BETWEEN_RAS).
"""

from __future__ import annotations

import contextlib
import ipaddress
import select
import socket
import struct
import time

from namespaces import network_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shapes import RouterAdvert, RouterListener

ETH_P_ALL, ETH_P_IPV6 = 0x0003, 0x86DD
# packet(7): what the node sends itself.
PACKET_OUTGOING = 4
ICMPV6, SOLICITATION, ADVERTISEMENT = 58, 133, 134
HEADER = 40
MAX_PACKET_BYTES = 2048
ALL_ROUTERS = ipaddress.IPv6Address("ff02::2").packed
ANY = bytes(16)
ALL_ROUTERS_MAC, OWN_MAC = bytes.fromhex("333300000002"), bytes.fromhex("02000000dead")


def solicitation() -> bytes:
    """A whole frame (RFC 4861 section 4.1), from nobody: so the answer goes to all nodes."""
    message = struct.pack("!BBHI", SOLICITATION, 0, 0, 0)
    pseudo = ANY + ALL_ROUTERS + struct.pack("!II", len(message), ICMPV6)
    message = struct.pack("!BBHI", SOLICITATION, 0, _checksum(pseudo + message), 0)
    packet = struct.pack("!IHBB", 0x60000000, len(message), ICMPV6, 255) + ANY + ALL_ROUTERS + message
    return ALL_ROUTERS_MAC + OWN_MAC + struct.pack("!H", ETH_P_IPV6) + packet


def _checksum(data: bytes) -> int:
    """RFC 1071, of an even number of bytes."""
    words: tuple[int, ...] = struct.unpack(f"!{len(data) // 2}H", data)
    total = sum(words)
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def parse(packet: bytes) -> tuple[str, int] | None:
    """Source and router lifetime in s of a router advertisement, whose IPv6 header comes first; None for others."""
    if len(packet) < HEADER + 16 or packet[0] >> 4 != 6 or packet[6] != ICMPV6:
        return None
    if packet[HEADER] != ADVERTISEMENT or packet[HEADER + 1] != 0 or packet[7] != 255:
        return None
    return str(ipaddress.IPv6Address(packet[8:24])), int.from_bytes(packet[HEADER + 6 : HEADER + 8], "big")


def _listen(listener: RouterListener) -> socket.socket:
    """A socket stays in the namespace in which it was made."""
    with network_of(listener["pid"]):
        sock = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_ALL))
        sock.bind((listener["interface"], ETH_P_ALL))
    return sock


def _ask(port: str) -> None:
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0) as sock:
        sock.bind((port, 0))
        sock.send(solicitation())


def hear(listeners: list[RouterListener], timeout_s: float) -> list[RouterAdvert]:
    """What each of them sends within the time, one entry a source and lifetime."""
    deadline = time.monotonic() + timeout_s
    found: dict[tuple[str, str, int], RouterAdvert] = {}
    with contextlib.ExitStack() as stack:
        nodes = {stack.enter_context(_listen(one)): one["node"] for one in listeners}
        for one in listeners:
            _ask(one["port"])
        while (left := deadline - time.monotonic()) > 0:
            for sock in select.select(list(nodes), [], [], left)[0]:
                packet, (_, _, kind, _, _) = sock.recvfrom(MAX_PACKET_BYTES)
                advert = parse(packet) if kind == PACKET_OUTGOING else None
                if advert:
                    source, lifetime_s = advert
                    found[nodes[sock], source, lifetime_s] = {
                        "node": nodes[sock],
                        "source": source,
                        "lifetime_s": lifetime_s,
                    }
    return list(found.values())
