"""How a client's session begins: a connection, then the hello."""

from __future__ import annotations

import errno
import os
import socket

import sockets
from tcp_session import FROM_CLIENT, Session

# Fewer than any listen backlog in use: connecting faster than the server accepts would lose SYNs.
CONNECTING_AT_ONCE = 200


def begin(peer: sockets.Endpoint) -> socket.socket:
    """A non-blocking socket on its way to `peer`: writable means it is there, or failed. Raises OSError."""
    sock = sockets.socket_for(peer, socket.SOCK_STREAM)
    sock.setblocking(False)
    # Small messages must not wait for acknowledgements (Nagle).
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    code = sock.connect_ex(peer)
    if code in (0, errno.EINPROGRESS):
        return sock
    sock.close()
    raise OSError(code, os.strerror(code))


def introduce(sock: socket.socket, number: int, mode: int, period: int, phase: int, at_once: bool = False) -> Session:
    """The session on a socket that became writable, its hello said; the rest is as Session.identify takes it.

    Raises OSError when there is no connection; the socket is closed then."""
    try:
        if code := sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
            raise OSError(code, os.strerror(code))
        session = Session(sock, FROM_CLIENT)
        session.identify(number, mode, period, phase, at_once)
        session.say_hello()
    except OSError:
        sock.close()
        raise
    return session
