"""When a node's connection table was filled by a program: the kernel's own notifications, per node.

A router that takes over puts the sessions that it has learned of into its kernel (conntrackd's commit). The kernel
says for every new entry who made it: nobody for a packet that came by, the port id of a netlink socket for a
program (nfnetlink, ctnetlink: `nlmsg_pid`).
"""

from __future__ import annotations

import errno
import socket
import struct

import netlink
from clock import now_ns
from event_log import EventLog
from node_watch import NodeWatch, NodeWatches
from registry import operation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shapes import Filling

NETLINK_NETFILTER = 12
NFNLGRP_CONNTRACK_NEW = 1
# For tens of thousands of entries that come faster than they are read.
BUFFER_BYTES = 32 << 20
# Entries with a longer pause between them belong to different fillings.
SAME_FILLING_NS = 500_000_000


class ConntrackWatch(NodeWatch):
    """One node's table."""

    def __init__(self, node: str, pid: int, log: EventLog[Filling]) -> None:
        self.log = log
        self._filling: Filling | None = None
        self._missed = False
        super().__init__(node, pid)

    def _listen(self) -> socket.socket:
        sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER)
        sock.setsockopt(socket.SOL_SOCKET, netlink.SO_RCVBUFFORCE, BUFFER_BYTES)
        sock.setblocking(False)
        sock.bind((0, 1 << (NFNLGRP_CONNTRACK_NEW - 1)))
        return sock

    def _take(self) -> None:
        while True:
            try:
                data = self._socket.recv(netlink.MOST_BYTES)
            except BlockingIOError:
                return
            except OSError as error:
                if error.errno != errno.ENOBUFS:
                    raise
                # More than fitted (netlink(7)): of the filling under way, or of the next one.
                self._missed = True
                continue
            length, _, _, _, port_id = struct.unpack_from("=LHHLL", data)
            if port_id and length >= 16:
                self._note(now_ns())

    def _note(self, at_ns: int) -> None:
        filling = self._filling
        if filling is None or at_ns - filling["last_ns"] > SAME_FILLING_NS:
            filling = {"node": self.node, "first_ns": at_ns, "last_ns": at_ns, "entries": 0, "complete": True}
            self._filling = filling
            self.log.append(filling)
        if self._missed:
            filling["complete"] = self._missed = False
        filling["last_ns"] = at_ns
        filling["entries"] += 1


_log: EventLog[Filling] = EventLog(lambda filling: filling["last_ns"])
_watches = NodeWatches()


@operation("watch_conntrack")
def watch(node: str, pid: int) -> None:
    _watches.replace(node, lambda: ConntrackWatch(node, pid, _log))


@operation("conntrack_fillings")
def fillings(since_ns: int) -> list[Filling]:
    """Stretches in which programs made entries, as far as they ended at `since_ns` or later."""
    return [filling.copy() for filling in _log.since(since_ns)]


def forget(before_ns: int) -> None:
    _log.forget(before_ns)
