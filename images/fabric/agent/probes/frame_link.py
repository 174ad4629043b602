"""Numbered frames of their own EtherType on one segment: no address, no router, no neighbour discovery."""

from __future__ import annotations

import re
import struct

import probe

# IEEE 802, local experimental EtherType 1 (RFC 9542, appendix B.1): no other protocol uses it.
ETHERTYPE = 0x88B5
# Destination and source MAC, EtherType, magic, id of the probe, number, time of sending.
FRAME = struct.Struct("!6s6sH4sQQq")
MAGIC = b"HDF1"
# The shortest frame of Ethernet without its check sum.
SHORTEST = 60
_MAC = re.compile(r"[0-9a-f]{2}(:[0-9a-f]{2}){5}")

# Classic BPF, as in dhcp_link.py: frames of this EtherType that come in here.
FILTER = (
    (0x30, 0, 0, 0xFFFFF004),  # type of the packet
    (0x15, 3, 0, 4),  # outgoing
    (0x28, 0, 0, 12),
    (0x15, 0, 1, ETHERTYPE),
    (0x06, 0, 0, 256),
    (0x06, 0, 0, 0),
)


def mac_of(params: probe.Params, name: str) -> bytes:
    """A parameter that is a MAC address."""
    text = params.text(name)
    if not _MAC.fullmatch(text):
        raise probe.ProbeError(f"parameter {name} is {text!r}, expected a MAC address such as 02:00:00:00:00:01")
    return bytes.fromhex(text.replace(":", ""))


def number_of(frame: bytes, sender: int) -> int | None:
    """The number of a frame of this probe; None of any other."""
    if len(frame) < FRAME.size:
        return None
    _, _, ethertype, magic, ident, seq, _ = FRAME.unpack_from(frame)
    mine = ethertype == ETHERTYPE and magic == MAGIC and ident == sender and seq < 1 << 63
    return seq if mine else None
