"""Opens UDP flows and keeps them. Parameters and records are those of tcp_client.py, without successors."""

from __future__ import annotations

import socket

import probe
import sockets
import tcp_client
from tcp_session import FROM_CLIENT
from udp_flow import Flow, FlowExchange


class FlowClient(tcp_client.Client):
    """Begins flows."""

    what = "UDP flows"
    exchange_kind = FlowExchange

    def _connect(self, number: int) -> None:
        sock = sockets.socket_for(self.peer, socket.SOCK_DGRAM)
        sock.setblocking(False)
        try:
            sock.connect(self.peer)
        except OSError as error:
            self.failures[error.strerror or str(error)] += 1
            sock.close()
            return
        flow = Flow(sock, FROM_CLIENT)
        flow.identify(number, number % 2, self.period, self._phase(number))
        flow.say_hello()
        self.exchange.add(flow)


def main(params: probe.Params) -> None:
    """Begins the flows and keeps them until it is stopped."""
    tcp_client.main(params, FlowClient)


if __name__ == "__main__":
    probe.run(main)
