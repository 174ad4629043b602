"""Waiting for a VRRP advertisement as it passes through the fabric."""

import ctypes
import select
import socket
import struct
import time

import clock

ETH_P_IP, ETH_P_IPV6, ETH_P_ALL = 0x0800, 0x86DD, 0x0003
PACKET_OUTGOING = 4
SO_ATTACH_FILTER, SO_TIMESTAMPNS = 26, 35
VRRP = 112
# Where a packet without its frame says what it carries: IPv4's protocol, IPv6's next header.
_PROTOCOL_AT = {4: 9, 6: 6}
_IPV6_HEADER = 40
# Where a filter reads what the kernel knows of a packet beside its bytes (linux/filter.h: SKF_AD_OFF and after).
_ETHERTYPE, _PACKET_TYPE = 0xFFFFF000, 0xFFFFF004


def _listen(port: str | None, family: int) -> socket.socket:
    ethertype = ETH_P_IPV6 if family == 6 else ETH_P_IP
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ethertype) if port is None else 0)
    # It comes in, is of that family, and its protocol is VRRP, or it is not for us (bpf(4), struct sock_filter).
    steps = (
        (0x20, 0, 0, _PACKET_TYPE),
        (0x15, 5, 0, PACKET_OUTGOING),
        (0x20, 0, 0, _ETHERTYPE),
        (0x15, 0, 3, ethertype),
        (0x30, 0, 0, _PROTOCOL_AT[family]),
        (0x15, 0, 1, VRRP),
        (0x06, 0, 0, 0xFFFF),
        (0x06, 0, 0, 0),
    )
    program = b"".join(struct.pack("=HBBL", *step) for step in steps)
    buffer = ctypes.create_string_buffer(program)
    sock.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack("@HP", len(steps), ctypes.addressof(buffer)))
    sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
    # At a port of a bridge only those who listen to every protocol get a frame: the bridge takes it before the others.
    if port is not None:
        sock.bind((port, ETH_P_ALL))
    return sock


def _is_advert(packet: bytes, vrid: int, family: int) -> bool:
    """An advertisement of that virtual router by a master that stays (RFC 5798 section 5.2: priority above 0)."""
    start = _IPV6_HEADER if family == 6 else (packet[0] & 0x0F) * 4
    return len(packet) >= start + 8 and packet[start + 1] == vrid and packet[start + 2] > 0


def next_advert(vrid: int, timeout_s: float, port: str | None, family: int) -> int | None:
    """When the next one passed, by the kernel's stamp, at any port of the fabric or at that one; None when none did."""
    deadline = time.monotonic() + timeout_s
    with _listen(port, family) as sock:
        while (left := deadline - time.monotonic()) > 0:
            if not select.select([sock], [], [], left)[0]:
                return None
            packet, ancillary, _, _ = sock.recvmsg(256, socket.CMSG_SPACE(16))
            if _is_advert(packet, vrid, family) and ancillary:
                stamp: tuple[int, int] = struct.unpack("@ll", ancillary[0][2])
                return stamp[0] * 1_000_000_000 + stamp[1] - clock.EPOCH_NS
    return None
