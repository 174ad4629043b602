"""The other end of UDP flows: each belongs to the address that its hello came from.

Parameters: epoch_ns, address, port, output. Output: as that of tcp_server.py.
"""

from __future__ import annotations

import time

import probe
import sockets
from tcp_exchange import IN
from tcp_session import FROM_SERVER, HELLO, MAGIC_HELLO, MODES, SIZE
from udp_flow import Flow, FlowExchange

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket


class ServedFlow(Flow):
    """One of those that share the server's socket."""

    __slots__ = ('peer',)  # fmt: skip

    def __init__(self, shared: socket.socket, peer: sockets.Endpoint) -> None:
        super().__init__(shared, FROM_SERVER)
        self.peer = peer

    def _send(self, data: bytes) -> None:
        self.sock.sendto(data, self.peer)


class FlowServer:
    """Hears all flows."""

    def __init__(self, params: probe.Params) -> None:
        endpoint = params.endpoint(any_port=True)
        self.exchange = FlowExchange(params.epoch(), params.output())
        self.strangers = 0
        self.flows: dict[sockets.Endpoint, ServedFlow] = {}
        # All hellos come at once: it needs a large buffer.
        self.socket = sockets.stamped_udp_socket(endpoint)
        try:
            self.socket.bind(endpoint)
        except OSError as error:
            raise probe.ProbeError(f"cannot bind UDP {sockets.shown(endpoint)}: {error.strerror}") from None
        self.exchange.watch(self.socket.fileno(), IN, self._hear)

    def _hear(self, _events: int) -> None:
        while True:
            try:
                data, sender = self.socket.recvfrom(SIZE + 1)
            except OSError:  # nothing more, or news of what somebody was sent
                return
            if flow := self.flows.get(sender):
                flow.take(data, time.time_ns())
            elif len(data) == SIZE and data.startswith(MAGIC_HELLO):
                self._introduce(data, sender)
            else:
                self.strangers += 1

    def _introduce(self, data: bytes, sender: sockets.Endpoint) -> None:
        _, number, mode, at_once, period, phase = HELLO.unpack(data)
        if mode >= len(MODES) or not period:
            self.strangers += 1
            return
        flow = ServedFlow(self.socket, sender)
        flow.identify(number, mode, period, phase, at_once)
        self.flows[sender] = flow
        self.exchange.sessions.append(flow)
        self.exchange.schedule(flow)


def main(params: probe.Params) -> None:
    """Serves until it is stopped."""
    server = FlowServer(params)
    exchange = server.exchange
    exchange.more_status = lambda _since: {"strangers": server.strangers}
    probe.settle()
    address, port = server.socket.getsockname()[:2]
    probe.emit("ready", address=address, port=port, now_ns=time.time_ns() - exchange.epoch)
    while not exchange.stopped:
        exchange.turn()
    exchange.finish()


if __name__ == "__main__":
    probe.run(main)
