"""Sockets of the probe programs, of either family."""

from __future__ import annotations

import socket

TYPE_CHECKING = False
if TYPE_CHECKING:
    # As Python has socket addresses: of IPv4 address and port, of IPv6 flow label and scope besides.
    Endpoint = tuple[str, int] | tuple[str, int, int, int]

# <asm-generic/socket.h>; Python's socket module names neither in every version.
SO_TIMESTAMPNS, SO_RCVBUFFORCE = 35, 33
# 4 MiB take some 5000 small packets: what a process that was not run for seconds finds waiting.
UDP_BUFFER_BYTES = 4 << 20


def family_of(endpoint: Endpoint) -> socket.AddressFamily:
    """Of a socket address."""
    return socket.AF_INET6 if len(endpoint) > 2 else socket.AF_INET


def shown(endpoint: Endpoint) -> str:
    """ADDRESS:PORT, or [ADDRESS]:PORT of IPv6."""
    address, port = endpoint[:2]
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def socket_for(endpoint: Endpoint, kind: int) -> socket.socket:
    """A socket of the family of a socket address. One that is bound to "::" takes IPv4 as well (ipv6(7), IPV6_V6ONLY):
    a balancer may ask over another family than its clients do."""
    family = family_of(endpoint)
    sock = socket.socket(family, kind)
    if family == socket.AF_INET6:
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    return sock


def stamped_udp_socket(endpoint: Endpoint) -> socket.socket:
    """A non-blocking UDP socket of the family of a socket address, with a large buffer, whose packets carry the
    kernel's receive time."""
    udp = socket_for(endpoint, socket.SOCK_DGRAM)
    udp.setblocking(False)
    udp.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
    try:
        udp.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, UDP_BUFFER_BYTES)
    except PermissionError:  # without CAP_NET_ADMIN: as much as net.core.rmem_max grants
        udp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, UDP_BUFFER_BYTES)
    return udp
