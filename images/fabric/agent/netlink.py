"""The few rtnetlink messages whose timing matters; everything slower is left to ip(8).

Message layouts: rtnetlink(7), netlink(7), linux/if_link.h, linux/if_bridge.h.
"""

from __future__ import annotations

import os
import socket
import struct

import clock
from errors import AgentError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapes import ChangeTime

RTM_NEWLINK, RTM_NEWADDR, RTM_DELADDR, RTM_GETADDR, RTM_SETLINK = 16, 20, 21, 22, 19
NLM_F_REQUEST, NLM_F_ACK, NLM_F_DUMP, NLM_F_CREATE, NLM_F_EXCL = 0x01, 0x04, 0x300, 0x400, 0x200
NLM_F_DUMP_INTR = 0x10
NLMSG_ERROR, NLMSG_DONE = 2, 3
IFLA_PROTINFO, NLA_F_NESTED = 12, 0x8000
IFLA_BRPORT_STATE, IFLA_BRPORT_LEARNING, IFLA_BRPORT_FLUSH, IFLA_BRPORT_LOCKED = 1, 8, 24, 39
# Whether frames without a learned way leave by the port: unicast, multicast, broadcast.
IFLA_BRPORT_FLOODS = (9, 27, 30)
IFA_ADDRESS, IFA_LOCAL = 1, 2
# linux/if_addr.h: of IPv6 alone, while duplicate address detection runs and after it found a duplicate.
IFA_F_OPTIMISTIC, IFA_F_DADFAILED, IFA_F_TENTATIVE = 0x04, 0x08, 0x40
IFF_UP = 1
RTMGRP_IPV4_IFADDR, RTMGRP_IPV6_IFADDR = 0x10, 0x100
SO_RCVBUFFORCE = 33
# Of one reading: more than the kernel puts into a datagram.
MOST_BYTES = 65536
BR_STATE_DISABLED, BR_STATE_FORWARDING = 0, 3


def _message(kind: int, flags: int, sequence: int, body: bytes) -> bytes:
    return struct.pack("=LHHLL", 16 + len(body), kind, flags, sequence, 0) + body


def _attribute(kind: int, payload: bytes) -> bytes:
    length = 4 + len(payload)
    return struct.pack("=HH", length, kind) + payload + b"\0" * (-length % 4)


def _ifinfo(family: int, index: int, flags: int = 0, change: int = 0) -> bytes:
    return struct.pack("=BxHiII", family, 0, index, flags, change)


def _bridge_port(port: str, attributes: dict[int, int]) -> bytes:
    """What a bridge port is to be: IFLA_BRPORT_* to a value of one byte; without a value for FLUSH."""
    values = ((kind, b"" if kind == IFLA_BRPORT_FLUSH else bytes([value])) for kind, value in attributes.items())
    nested = b"".join(_attribute(kind, value) for kind, value in values)
    return _ifinfo(socket.AF_BRIDGE, socket.if_nametoindex(port)) + _attribute(IFLA_PROTINFO | NLA_F_NESTED, nested)


def _send_all(kind: int, bodies: list[bytes], more_flags: int = 0) -> ChangeTime:
    """All messages in one system call, so that the kernel applies them back to back. The kernel has applied them
    when the call returns; the times are taken right before and after it."""
    if not bodies:
        now = clock.now_ns()
        return {"before_ns": now, "after_ns": now}
    flags = NLM_F_REQUEST | NLM_F_ACK | more_flags
    with route_socket() as sock:
        data = b"".join(_message(kind, flags, n, body) for n, body in enumerate(bodies))
        before = clock.now_ns()
        sock.send(data)
        after = clock.now_ns()
        pending = len(bodies)
        while pending:
            for message_kind, body in messages(sock.recv(MOST_BYTES)):
                if message_kind != NLMSG_ERROR:
                    continue
                pending -= 1
                (code,) = struct.unpack_from("=i", body)
                if code:
                    raise AgentError(f"the kernel refused a change: {os.strerror(-code)}")
    return {"before_ns": before, "after_ns": after}


def messages(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yields (kind, body) of every netlink message in a datagram."""
    for kind, _, body in _messages_with_flags(data):
        yield kind, body


def _messages_with_flags(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    offset = 0
    while offset + 16 <= len(data):
        length, kind, flags = struct.unpack_from("=LHH", data, offset)
        if length < 16:
            return
        yield kind, flags, data[offset + 16 : offset + length]
        offset += (length + 3) & ~3


def set_forwarding(ports: list[str], forwarding: bool) -> ChangeTime:
    """Lets bridge ports pass frames or drops all of them, both ways; carrier stays as it is. Returns when."""
    state = BR_STATE_FORWARDING if forwarding else BR_STATE_DISABLED
    return _send_all(RTM_SETLINK, [_bridge_port(port, {IFLA_BRPORT_STATE: state}) for port in ports])


def set_port(port: str, attributes: dict[int, int]) -> ChangeTime:
    """Changes what a bridge port does, and has the bridge forget what it learned behind it. Returns when.

    It forgets twice: a frame that another processor had in hand during the change may be learned after the first.
    """
    again = _bridge_port(port, {IFLA_BRPORT_FLUSH: 1})
    return _send_all(RTM_SETLINK, [_bridge_port(port, {**attributes, IFLA_BRPORT_FLUSH: 1}), again])


def set_up(ports: list[str], up: bool) -> None:
    """Sets links administratively up or down; down takes the carrier from the peer."""
    flags = IFF_UP if up else 0
    bodies = [_ifinfo(socket.AF_UNSPEC, socket.if_nametoindex(port), flags, IFF_UP) for port in ports]
    _send_all(RTM_NEWLINK, bodies)


def route_socket(groups: int = 0) -> socket.socket:
    """A socket in the thread's namespace, and of it for good."""
    sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE)
    sock.bind((0, groups))
    return sock


def addresses() -> list[bytes]:
    """The body of a message for every address in the thread's namespace; an interface's primary ones come first."""
    with route_socket() as sock:
        return list_addresses(sock)


def list_addresses(sock: socket.socket) -> list[bytes]:
    """The same, of the namespace of a socket that hears nothing but answers."""
    while True:
        sock.send(_message(RTM_GETADDR, NLM_F_REQUEST | NLM_F_DUMP, 1, struct.pack("=BBBBi", 0, 0, 0, 0, 0)))
        found = _listed(sock)
        if found is not None:
            return found


def _listed(sock: socket.socket) -> list[bytes] | None:
    """None when something changed while the kernel answered: then some may be missing (NLM_F_DUMP_INTR)."""
    found: list[bytes] = []
    whole = True
    while True:
        for kind, flags, body in _messages_with_flags(sock.recv(MOST_BYTES)):
            whole = whole and not flags & NLM_F_DUMP_INTR
            if kind == NLMSG_DONE:
                return found if whole else None
            if kind == NLMSG_ERROR:
                raise AgentError(f"the kernel lists no addresses: {os.strerror(-struct.unpack_from('=i', body)[0])}")
            if kind == RTM_NEWADDR:
                found.append(body)


def address_place(body: bytes) -> tuple[int, int]:
    """The length of an address's prefix and the index of its interface (struct ifaddrmsg)."""
    _, prefix, _, _, index = struct.unpack_from("=BBBBI", body)
    return prefix, index


def is_usable(body: bytes) -> bool:
    """Whether the address that an RTM_NEWADDR speaks of takes packets (RFC 4862 section 5.4, RFC 4429 section 3.3)."""
    flags = body[2]
    return not flags & IFA_F_DADFAILED and (not flags & IFA_F_TENTATIVE or bool(flags & IFA_F_OPTIMISTIC))


def delete_address(body: bytes) -> ChangeTime:
    """Deletes the address that a body of `addresses` describes. Returns when."""
    return _send_all(RTM_DELADDR, [body])


def add_address(body: bytes, index: int) -> None:
    """Adds an address as a body of `addresses` describes it, to the interface of this index."""
    placed = body[:4] + struct.pack("=I", index) + body[8:]
    _send_all(RTM_NEWADDR, [placed], NLM_F_CREATE | NLM_F_EXCL)


def parse_address(body: bytes) -> str | None:
    """The address that an RTM_NEWADDR or RTM_DELADDR speaks of."""
    family = body[0]
    found = None
    offset = 8
    while offset + 4 <= len(body):
        length, kind = struct.unpack_from("=HH", body, offset)
        if length < 4:
            break
        payload = body[offset + 4 : offset + length]
        if kind == IFA_LOCAL or (kind == IFA_ADDRESS and found is None):
            found = socket.inet_ntop(family, payload)
        offset += (length + 3) & ~3
    return found
