"""The VRRP advertisements that nodes send and hear, taken in their own network namespaces."""

from __future__ import annotations

import contextlib
import ctypes
import ipaddress
import select
import socket
import struct
import time

from namespaces import network_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shapes import Advert, HeardAdvert, Listener

ETH_P_ALL, ETH_P_IP, ETH_P_IPV6 = 0x0003, 0x0800, 0x86DD
SO_ATTACH_FILTER = 26
VRRP, AUTHENTICATION_HEADER = 112, 51
# packet(7): what the node sends itself, and what comes back from its own multicast.
PACKET_OUTGOING, PACKET_LOOPBACK = 4, 5
ADVERTISEMENT = 1
MAX_PACKET_BYTES = 2048
# Of a packet without its frame: IPv4 with VRRP or an authentication header (VRRPv2 with `auth_type AH`), or IPv6
# with VRRP (bpf(4), struct sock_filter; the first step loads the packet's protocol, SKF_AD_PROTOCOL).
_FILTER = (
    (0x28, 0, 0, 0xFFFFF000),
    (0x15, 0, 3, ETH_P_IP),
    (0x30, 0, 0, 9),
    (0x15, 4, 0, VRRP),
    (0x15, 3, 4, AUTHENTICATION_HEADER),
    (0x15, 0, 3, ETH_P_IPV6),
    (0x30, 0, 0, 6),
    (0x15, 0, 1, VRRP),
    (0x06, 0, 0, 0xFFFF),
    (0x06, 0, 0, 0),
)


def _listen(pid: int) -> socket.socket:
    """A socket stays in the namespace in which it was made."""
    with network_of(pid):
        sock = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_ALL))
    program = b"".join(struct.pack("=HBBL", *step) for step in _FILTER)
    steps = ctypes.create_string_buffer(program)
    filters = struct.pack("@HP", len(_FILTER), ctypes.addressof(steps))
    sock.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, filters)
    return sock


def _vrrp_of(packet: bytes) -> tuple[int, str, bytes] | None:
    """IP version, source and VRRP part of a packet."""
    version = packet[0] >> 4
    if version == 6:
        return 6, str(ipaddress.IPv6Address(packet[8:24])), packet[40:]
    start = (packet[0] & 0x0F) * 4
    if packet[9] == AUTHENTICATION_HEADER:
        # RFC 4302 section 2: next header, and the length in words of four bytes less two.
        if packet[start] != VRRP:
            return None
        start += (packet[start + 1] + 2) * 4
    return 4, str(ipaddress.IPv4Address(packet[12:16])), packet[start:]


def parse(packet: bytes) -> Advert | None:
    """An advertisement (RFC 3768 section 5.1, RFC 9568 section 5.2); None for anything else."""
    try:
        found = _vrrp_of(packet)
        if found is None:
            return None
        family, source, vrrp = found
        version = vrrp[0] >> 4
        if vrrp[0] & 0x0F != ADVERTISEMENT or version not in (2, 3):
            return None
        interval_ms = ((vrrp[4] & 0x0F) << 8 | vrrp[5]) * 10 if version == 3 else vrrp[5] * 1000
        size = 16 if family == 6 else 4
        pieces = [vrrp[8 + size * at : 8 + size * (at + 1)] for at in range(vrrp[3])]
        addresses = [str(ipaddress.ip_address(piece)) for piece in pieces]
    except (IndexError, ValueError):
        return None
    return {
        "family": family,
        "source": source,
        "vrid": vrrp[1],
        "priority": vrrp[2],
        "advert_ms": interval_ms,
        "addresses": addresses,
    }


def _take(sock: socket.socket, node: str) -> HeardAdvert | None:
    packet, (interface, _, kind, _, mac) = sock.recvfrom(MAX_PACKET_BYTES)
    advert = parse(packet)
    if advert is None or kind == PACKET_LOOPBACK:
        return None
    sent = kind == PACKET_OUTGOING
    return {"node": node, "sent": sent, "interface": interface, "mac": mac.hex(":"), **advert}


def _all_heard(adverts: list[HeardAdvert], awaited: list[str], address: str) -> bool:
    """An advertisement need not name all addresses of its virtual router: then any of its VRID counts."""
    naming = [advert for advert in adverts if address in advert["addresses"]]
    heard = {advert["node"] for advert in naming or adverts if not advert["sent"]}
    return heard.issuperset(awaited)


def hear(
    listeners: list[Listener], vrid: int, address: str, awaited: list[str], timeout_s: float, family: int | None = None
) -> list[HeardAdvert]:
    """What of a virtual router passes at each listener, one entry a sender, until all of `awaited` heard it. `family`
    is that of its advertisements: one of IPv4 and one of IPv6 may have the same VRID (RFC 9568 section 5.2.3).

    A master that takes its leave (RFC 9568 section 5.2.4: priority 0) is not counted.
    """
    deadline = time.monotonic() + timeout_s
    address = str(ipaddress.ip_address(address))
    found: dict[tuple[str, bool, str, str], HeardAdvert] = {}
    with contextlib.ExitStack() as stack:
        nodes = {stack.enter_context(_listen(one["pid"])): one["node"] for one in listeners}
        while not _all_heard(list(found.values()), awaited, address):
            left = deadline - time.monotonic()
            if left <= 0:
                break
            for sock in select.select(list(nodes), [], [], left)[0]:
                advert = _take(sock, nodes[sock])
                own = advert and advert["vrid"] == vrid and family in (None, advert["family"])
                if advert and own and advert["priority"] > 0:
                    key = (advert["node"], advert["sent"], advert["interface"], advert["source"])
                    found[key] = advert
    return list(found.values())
