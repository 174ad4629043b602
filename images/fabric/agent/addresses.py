"""Who holds which address, and when that changed: the kernel's own notifications, per node."""

import os
import select
import socket
import threading

import netlink
from clock import now_ns
from namespaces import network_of


class AddressWatch:
    """One node's addresses. Ends by itself when the node's first process ends: a socket left open
    would keep the dead node's network namespace, and so its wires, in existence."""

    def __init__(self, node: str, pid: int, log: list):
        self.node, self.log = node, log
        self.held: set[str] = set()
        self._pidfd = os.pidfd_open(pid)
        with network_of(pid):
            self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE)
        self._socket.bind((0, netlink.RTMGRP_IPV4_IFADDR | netlink.RTMGRP_IPV6_IFADDR))
        netlink.request_addresses(self._socket)
        # What is there now is known before anybody can ask.
        while not self._take(self._socket.recv(65536), now_ns()):
            pass
        self._stop_read, self._stop_write = os.pipe()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self) -> None:
        poll = select.poll()
        for descriptor in (self._socket.fileno(), self._pidfd, self._stop_read):
            poll.register(descriptor, select.POLLIN)
        try:
            while True:
                ready = {descriptor for descriptor, _ in poll.poll()}
                if self._socket.fileno() in ready:
                    self._take(self._socket.recv(65536), now_ns())
                if ready & {self._pidfd, self._stop_read}:
                    return
        finally:
            self._end()

    def _take(self, data: bytes, at_ns: int) -> bool:
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

    def _end(self) -> None:
        at_ns = now_ns()
        for address in sorted(self.held):
            self._note(at_ns, "removed", address)
        self.held.clear()
        self._socket.close()
        for descriptor in (self._pidfd, self._stop_read):
            os.close(descriptor)

    def stop(self) -> None:
        if self.thread.is_alive():
            os.write(self._stop_write, b"x")
            self.thread.join(2)
        os.close(self._stop_write)


class AddressBook:
    def __init__(self) -> None:
        self._watches: dict[str, AddressWatch] = {}
        self._log: list[dict] = []
        self._lock = threading.Lock()

    def watch(self, node: str, pid: int) -> None:
        with self._lock:
            old = self._watches.pop(node, None)
            if old:
                old.stop()
            self._watches[node] = AddressWatch(node, pid, self._log)

    def held(self) -> dict[str, list[str]]:
        return {node: sorted(watch.held) for node, watch in list(self._watches.items())}

    def events(self, since_ns: int) -> list[dict]:
        return [event for event in list(self._log) if event["at_ns"] >= since_ns]
