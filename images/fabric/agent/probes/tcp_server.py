"""The listening end of the TCP probe: takes every session whose hello it understands.

Parameters: epoch_ns, address, port (0: the kernel chooses), output.
Output: one JSON file {"sessions": [...]}, in the order the hellos came (see tcp_session.py for the fields).
"""

from __future__ import annotations

import functools
import socket
import time

import probe
import sockets
from tcp_exchange import IN, Exchange
from tcp_session import FROM_SERVER, Session

BACKLOG = 4096


class Server:
    """Accepts connections and hands them to the exchange once they have introduced themselves."""

    def __init__(self, params: probe.Params) -> None:
        endpoint = params.endpoint(any_port=True)
        self.exchange = Exchange(params.epoch(), params.output())
        self.strangers = 0
        self.listener = sockets.socket_for(endpoint, socket.SOCK_STREAM)
        self.listener.setblocking(False)
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self.listener.bind(endpoint)
            self.listener.listen(BACKLOG)
        except OSError as error:
            raise probe.ProbeError(f"cannot listen on TCP {sockets.shown(endpoint)}: {error.strerror}") from None
        self.exchange.watch(self.listener.fileno(), IN, self._accept)

    def _accept(self, _events: int) -> None:
        while True:
            try:
                sock, _ = self.listener.accept()
            except (BlockingIOError, ConnectionError):
                return
            except OSError as error:
                raise probe.ProbeError(f"cannot accept another connection: {error.strerror}") from None
            sock.setblocking(False)
            # Small answers must not wait for acknowledgements (Nagle).
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            session = Session(sock, FROM_SERVER)
            self.exchange.watch(sock.fileno(), IN, functools.partial(self._introduce, session))

    def _introduce(self, session: Session, _events: int) -> None:
        """Reads the hello. A client that says something else, or nothing (a health check), is not a session."""
        try:
            known = session.hear_hello()
        except BlockingIOError:
            return
        except (OSError, ValueError):
            self.strangers += 1
            self.exchange.forget(session.sock.fileno())
            session.sock.close()
            return
        if known:
            self.exchange.forget(session.sock.fileno())
            self.exchange.add(session)


def main(params: probe.Params) -> None:
    """Serves until it is stopped."""
    probe.allow_files(64)
    server = Server(params)
    exchange = server.exchange
    probe.settle()
    address, port = server.listener.getsockname()[:2]
    probe.emit("ready", address=address, port=port, now_ns=time.time_ns() - exchange.epoch)
    while not exchange.stopped:
        exchange.turn()
    exchange.forget(server.listener.fileno())
    server.listener.close()
    exchange.finish()


if __name__ == "__main__":
    probe.run(main)
