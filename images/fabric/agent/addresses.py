"""Who holds which address, and when that changed: the kernel's own notifications, per node."""

import socket

import netlink
from clock import now_ns
from node_watch import NodeWatch, NodeWatches


class AddressWatch(NodeWatch):
    """One node's addresses."""

    def _listen(self) -> socket.socket:
        self.held: set[str] = set()
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

    def _note(self, at_ns: int, change: str, address: str) -> None:
        self.log.append({"at_ns": at_ns, "node": self.node, "change": change, "address": address})

    def _ended(self) -> None:
        at_ns = now_ns()
        for address in sorted(self.held):
            self._note(at_ns, "removed", address)
        self.held.clear()


class AddressBook(NodeWatches):
    def __init__(self) -> None:
        super().__init__(AddressWatch)

    def held(self) -> dict[str, list[str]]:
        return {node: sorted(watch.held) for node, watch in list(self.by_node.items())}

    def events(self, since_ns: int) -> list[dict]:
        self.forget(since_ns)
        return [event for event in list(self.log) if event["at_ns"] >= since_ns]
