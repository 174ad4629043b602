"""Waiting for a VRRP advertisement as it passes through the fabric."""

import ctypes
import select
import socket
import struct
import time

import clock

ETH_P_IP = 0x0800
SO_ATTACH_FILTER, SO_TIMESTAMPNS = 26, 35
VRRP = 112
# Of a packet without its frame: its protocol is VRRP, or it is not for us (bpf(4), struct sock_filter).
_FILTER = ((0x30, 0, 0, 9), (0x15, 0, 1, VRRP), (0x06, 0, 0, 0xFFFF), (0x06, 0, 0, 0))


def _listen() -> socket.socket:
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_IP))
    program = b"".join(struct.pack("=HBBL", *step) for step in _FILTER)
    steps = ctypes.create_string_buffer(program)
    sock.setsockopt(
        socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack("@HP", len(_FILTER), ctypes.addressof(steps))
    )
    sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
    return sock


def _is_advert(packet: bytes, vrid: int) -> bool:
    """An advertisement of that virtual router by a master that stays (RFC 5798 section 5.2: priority above 0)."""
    start = (packet[0] & 0x0F) * 4
    return len(packet) >= start + 8 and packet[start + 1] == vrid and packet[start + 2] > 0


def next_advert(vrid: int, timeout_s: float) -> int | None:
    """When the next one passed, by the kernel's stamp; None when there was none in time."""
    deadline = time.monotonic() + timeout_s
    with _listen() as sock:
        while (left := deadline - time.monotonic()) > 0:
            if not select.select([sock], [], [], left)[0]:
                return None
            packet, ancillary, _, _ = sock.recvmsg(256, socket.CMSG_SPACE(16))
            if _is_advert(packet, vrid) and ancillary:
                seconds, nanoseconds = struct.unpack("@ll", ancillary[0][2])
                return seconds * 1_000_000_000 + nanoseconds - clock.EPOCH_NS
    return None
