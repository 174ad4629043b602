"""Makes or removes entries in the connection table of the namespace that it runs in (ctnetlink).

Arguments: `fill FIRST COUNT`; `keep FIRST`, which goes on with that until its standard input ends; or `empty`. The
entries are of UDP, assured, so that the kernel does not give them up for others, and carry a mark by which they are
found again. What does not fit is left out.
"""

from __future__ import annotations

import os
import select
import socket
import struct
import sys

MARK = 0x68616472
_NETFILTER = 12
_NEW, _DELETE = 1 << 8, 1 << 8 | 2
_REQUEST, _ACK, _EXCLUSIVE, _CREATE = 1, 4, 0x200, 0x400
_NESTED = 0x8000
_LASTS_S = 86400
# IPS_SEEN_REPLY, IPS_ASSURED, IPS_CONFIRMED (nf_conntrack_common.h).
_STATUS = 0x2 | 0x4 | 0x8
_BATCH = 400
# Sooner than a look at whether there is room.
_PAUSE_S, _TRIES = 0.02, 20
_NICE, _ROUNDS = 10, 250
_TO = socket.inet_aton("198.19.255.254")
_HEAD = struct.Struct("=LHHLL")


def _attribute(kind: int, body: bytes) -> bytes:
    return struct.pack("=HH", 4 + len(body), kind) + body + b"\0" * (-len(body) % 4)


def _tuple(kind: int, source: bytes, target: bytes, source_port: int, target_port: int) -> bytes:
    addresses = _attribute(1, source) + _attribute(2, target)
    ports = _attribute(2, struct.pack("!H", source_port)) + _attribute(3, struct.pack("!H", target_port))
    protocol = _attribute(1, bytes([socket.IPPROTO_UDP])) + ports
    return _attribute(_NESTED | kind, _attribute(_NESTED | 1, addresses) + _attribute(_NESTED | 2, protocol))


_REST = _attribute(3, struct.pack("!L", _STATUS)) + _attribute(7, struct.pack("!L", _LASTS_S))
_REST += _attribute(8, struct.pack("!L", MARK))


def _message(kind: int, flags: int, body: bytes) -> bytes:
    body = struct.pack("=BBH", socket.AF_INET, 0, 0) + body
    return _HEAD.pack(16 + len(body), kind, _REQUEST | flags, 0, 0) + body


def _entry(number: int) -> bytes:
    source = bytes([198, 19, number >> 8 & 0xFF, number & 0xFF])
    port = 1024 + (number >> 16)
    both = _tuple(1, source, _TO, port, 9) + _tuple(2, _TO, source, 9, port)
    return _message(_NEW, _CREATE | _EXCLUSIVE, both + _REST)


def fill(sock: socket.socket, first: int, count: int) -> None:
    for begin in range(first, first + count, _BATCH):
        sock.send(b"".join(map(_entry, range(begin, min(begin + _BATCH, first + count)))))
        _drain(sock)


def keep(sock: socket.socket, first: int) -> None:
    """Takes up the room that others leave or make, again and again: a try that does not fit costs the kernel little.

    At first as fast as it can: each try may take the place of a flow that is not assured, if the kernel meets one by
    chance. With a few of those left, few new flows find one.
    """
    os.nice(_NICE)
    for _ in range(_ROUNDS):
        fill(sock, first, _BATCH)
        first += _BATCH
    while not select.select([0], [], [], _PAUSE_S)[0]:
        fill(sock, first, _TRIES)
        first += _TRIES


def empty(sock: socket.socket) -> None:
    by_mark = _attribute(8, struct.pack("!L", MARK)) + _attribute(21, struct.pack("!L", 0xFFFFFFFF))
    sock.send(_message(_DELETE, _ACK, by_mark))
    answer = sock.recv(1 << 16)
    error = struct.unpack_from("=l", answer, 16)[0]
    if error:
        raise OSError(-error, "the connection table cannot be emptied")


def _drain(sock: socket.socket) -> None:
    """Refusals: the table is full, or has the entry."""
    try:
        while sock.recv(1 << 16, socket.MSG_DONTWAIT):
            pass
    except OSError:
        pass


def main() -> None:
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _NETFILTER) as sock:
        sock.bind((0, 0))
        if sys.argv[1] == "fill":
            fill(sock, int(sys.argv[2]), int(sys.argv[3]))
        elif sys.argv[1] == "keep":
            keep(sock, int(sys.argv[2]))
        else:
            empty(sock)


if __name__ == "__main__":
    main()
