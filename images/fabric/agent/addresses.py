"""Who holds which address, and when that changed: the kernel's own notifications, per node.

An address of IPv6 whose duplicate address detection is not over, or found a duplicate, takes no packets: nobody holds
it.
"""

from __future__ import annotations

import errno
import math
import socket

import netlink
from clock import now_ns
from event_log import EventLog
from node_watch import NodeWatch, NodeWatches
from registry import operation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shapes import AddressEvent, AddressGap

# Some thousand changes that come faster than they are read.
BUFFER_BYTES = 4 << 20


class AddressWatch(NodeWatch):
    """One node's addresses, in one of its network namespaces."""

    def __init__(self, node: str, pid: int, log: EventLog[AddressEvent], inside: int | None = None) -> None:
        self.log = log
        self.held: set[str] = set()
        # The gap that is open: what happens in the node is not known.
        self._gap: AddressGap | None = None
        # When the kernel's word was last read, with nothing missing.
        self._whole_ns = now_ns()
        super().__init__(node, pid, inside)

    def _listen(self) -> socket.socket:
        sock = netlink.route_socket(netlink.RTMGRP_IPV4_IFADDR | netlink.RTMGRP_IPV6_IFADDR)
        sock.setsockopt(socket.SOL_SOCKET, netlink.SO_RCVBUFFORCE, BUFFER_BYTES)
        # For questions, so that answers and notifications do not mix.
        self._asking = netlink.route_socket()
        # What is there now is known before anybody can ask.
        self._compare()
        return sock

    def _close(self) -> None:
        super()._close()
        self._asking.close()

    def _take(self) -> None:
        if self._read_all():
            self._whole_ns = now_ns()
            return
        self._open_gap()
        while True:
            self._compare()
            # What came meanwhile belongs to the gap as well.
            if self._read_all():
                break
        self._close_gap()

    def _read_all(self) -> bool:
        """Notes what the kernel has said; false when more came than fitted (netlink(7), ENOBUFS) and some is lost."""
        whole = True
        while True:
            try:
                data = self._socket.recv(netlink.MOST_BYTES, socket.MSG_DONTWAIT)
            except BlockingIOError:
                return whole
            except OSError as error:
                if error.errno != errno.ENOBUFS:
                    raise
                whole = False
                continue
            at_ns = now_ns()
            for kind, body in netlink.messages(data):
                if kind in (netlink.RTM_NEWADDR, netlink.RTM_DELADDR):
                    there = kind == netlink.RTM_NEWADDR and netlink.is_usable(body)
                    self._change(netlink.parse_address(body), there, at_ns)

    def _compare(self) -> None:
        """Notes what differs between what is known and what there is."""
        bodies = netlink.list_addresses(self._asking)
        listed = (netlink.parse_address(body) for body in bodies if netlink.is_usable(body))
        there = {address for address in listed if address is not None}
        at_ns = now_ns()
        for address in self.held - there:
            self._change(address, False, at_ns)
        for address in there - self.held:
            self._change(address, True, at_ns)

    def _change(self, address: str | None, added: bool, at_ns: int) -> None:
        if address is None or added == (address in self.held):
            return
        (self.held.add if added else self.held.discard)(address)
        self.log.append(
            {"at_ns": at_ns, "node": self.node, "change": "added" if added else "removed", "address": address}
        )

    def _open_gap(self) -> None:
        self._gap = {"node": self.node, "from_ns": self._whole_ns, "to_ns": None}
        _gaps.append(self._gap)

    def _close_gap(self) -> None:
        self._whole_ns = now_ns()
        if self._gap:
            self._gap["to_ns"] = self._whole_ns
            self._gap = None

    def _broken(self) -> None:
        if not self._gap:
            self._open_gap()

    def _ended(self) -> None:
        at_ns = now_ns()
        for address in sorted(self.held):
            self._change(address, False, at_ns)

    def stop(self) -> None:
        super().stop()
        if self._gap:
            self._ended()
            self._close_gap()


def _end_of_gap(gap: AddressGap) -> float:
    return math.inf if gap["to_ns"] is None else gap["to_ns"]


# A log for each watch: what floods one leaves the others' alone. By node, and by node and name of a namespace.
_logs: dict[str, EventLog[AddressEvent]] = {}
_gaps: EventLog[AddressGap] = EventLog(_end_of_gap)
_watches = NodeWatches()


@operation("watch_addresses")
def watch(node: str, pid: int) -> None:
    log = _logs.setdefault(node, EventLog(lambda event: event["at_ns"]))
    _watches.replace(node, lambda: AddressWatch(node, pid, log))


@operation("watch_namespace")
def watch_namespace(node: str, pid: int, name: str, inside: int) -> None:
    """The same of a network namespace that a node has made for itself, as `name`: the one that `inside` is in.

    It ends with the node's first process, not with `inside`.
    """
    key = f"{node}/{name}"
    log = _logs.setdefault(key, EventLog(lambda event: event["at_ns"]))
    _watches.replace(key, lambda: AddressWatch(node, pid, log, inside))


@operation("held_addresses")
def held() -> dict[str, list[str]]:
    """By node; of a namespace that a node has made for itself by `NODE/NAME`."""
    # A copy: the watch changes its set meanwhile.
    return {node: sorted(one.held.copy()) for node, one in _watches.all() if isinstance(one, AddressWatch)}


@operation("address_events")
def events(since_ns: int) -> list[AddressEvent]:
    found = [event for log in list(_logs.values()) for event in log.since(since_ns)]
    return sorted(found, key=lambda event: event["at_ns"])


@operation("address_gaps")
def gaps(since_ns: int) -> list[AddressGap]:
    """When it is not known how a node's addresses changed, as far as that was not over at this moment.

    `to_ns` is None where it still is so.
    """
    dropped: list[AddressGap] = [
        {"node": key.partition("/")[0], "from_ns": since_ns, "to_ns": int(log.dropped_until_ns)}
        for key, log in list(_logs.items())
        if log.dropped_until_ns is not None and log.dropped_until_ns >= since_ns
    ]
    return [*dropped, *_gaps.since(since_ns)]


def forget(before_ns: int) -> None:
    for log in list(_logs.values()):
        log.forget(before_ns)
    _gaps.forget(before_ns)
