"""Who holds which address, and when that changed: the kernel's own notifications, per node."""

from __future__ import annotations

import socket

import netlink
from clock import now_ns
from node_watch import NodeWatch, NodeWatches, forget
from registry import operation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    from shapes import AddressEvent


class AddressWatch(NodeWatch):
    """One node's addresses."""

    def __init__(self, node: str, pid: int, log: list[AddressEvent]) -> None:
        self.log = log
        self.held: set[str] = set()
        super().__init__(node, pid)

    def _listen(self) -> socket.socket:
        sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE)
        sock.bind((0, netlink.RTMGRP_IPV4_IFADDR | netlink.RTMGRP_IPV6_IFADDR))
        netlink.request_addresses(sock)
        # What is there now is known before anybody can ask.
        while not self._read(sock.recv(65536), now_ns()):
            pass
        return sock

    def _take(self) -> None:
        self._read(self._socket.recv(65536), now_ns())

    def _read(self, data: bytes, at_ns: int) -> bool:
        """Notes what changed; true when this was the end of the list that was asked for."""
        done = False
        for kind, body in netlink.messages(data):
            done = done or kind == netlink.NLMSG_DONE
            if kind not in (netlink.RTM_NEWADDR, netlink.RTM_DELADDR):
                continue
            address = netlink.parse_address(body)
            added = kind == netlink.RTM_NEWADDR
            if address is None or added == (address in self.held):
                continue
            (self.held.add if added else self.held.discard)(address)
            self._note(at_ns, "added" if added else "removed", address)
        return done

    def _note(self, at_ns: int, change: Literal["added", "removed"], address: str) -> None:
        self.log.append({"at_ns": at_ns, "node": self.node, "change": change, "address": address})

    def _ended(self) -> None:
        at_ns = now_ns()
        for address in sorted(self.held):
            self._note(at_ns, "removed", address)
        self.held.clear()


_log: list[AddressEvent] = []
_watches = NodeWatches()


@operation("watch_addresses")
def watch(node: str, pid: int) -> None:
    _watches.replace(node, lambda: AddressWatch(node, pid, _log))


@operation("held_addresses")
def held() -> dict[str, list[str]]:
    return {node: sorted(one.held) for node, one in _watches.all() if isinstance(one, AddressWatch)}


@operation("address_events")
def events(since_ns: int) -> list[AddressEvent]:
    forget(_log, since_ns, lambda event: event["at_ns"])
    return [event for event in list(_log) if event["at_ns"] >= since_ns]
