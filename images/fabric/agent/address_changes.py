"""Taking an address off a node's interface behind everybody's back, and putting it back. `pid` is a node's first
process.

What is removed is remembered under the key of the fault that removed it, as the kernel's own message: label, scope,
broadcast address and lifetimes come back with the address.
"""

from __future__ import annotations

import socket
import threading
import time

import netlink
from errors import AgentError
from namespaces import network_of
from registry import guard_step, operation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shapes import AddressesRemoved, NodeAddress


class _Removed:
    """An address that was removed: where, its message, and the other nodes that held it already."""

    __slots__ = ("address", "body", "interface", "others")

    def __init__(self, body: bytes, held: dict[int, set[str | None]]) -> None:
        described = _described(body)
        self.body = body
        self.interface = described["interface"]
        self.address = described["address"]
        self.others = {other for other, addresses in held.items() if self.address in addresses}


_POLL_S = 0.05

_lock = threading.Lock()
_removed: dict[str, list[_Removed]] = {}
# What has been put back, or taken up.
_mended: set[str] = set()


@operation("addresses_of")
def of_node(pid: int) -> list[NodeAddress]:
    with network_of(pid):
        return [_described(body) for body in netlink.addresses()]


@operation("remove_address")
def remove(key: str, pid: int, interface: str, address: str, others: list[int]) -> AddressesRemoved:
    """Removes one address. The kernel may take others with it, secondary ones of the same network: they count too.

    `others` are the first processes of other nodes. A node that already holds such an address does not count as
    having taken it up.
    """
    held = {other: _held(other) for other in others}
    with network_of(pid):
        before = netlink.addresses()
        wanted = [body for body in before if _is(body, interface, address)]
        if not wanted:
            raise AgentError(f"{interface} does not have {address}")
        times = netlink.delete_address(wanted[0])
        left = {_identity(body) for body in netlink.addresses()}
        gone = [_Removed(body, held) for body in before if _identity(body) not in left]
    with _lock:
        _removed[key] = gone
    return {**times, "removed": [one.address for one in gone]}


@operation("missing_addresses")
def missing(key: str, pids: list[int]) -> list[str | None]:
    """What was removed and nobody has taken up: neither its node nor one that did not hold it before."""
    return [one.address for one in _missing(key, pids)]


@guard_step("restore_address")
@operation("restore_address")
def restore(key: str, pid: int, pids: list[int], wait_s: float) -> list[str | None]:
    """Puts into the node `pid` what nobody takes up within `wait_s`. Returns what it had to put back."""
    deadline = time.monotonic() + wait_s
    while (left := _missing(key, pids)) and time.monotonic() < deadline:
        time.sleep(_POLL_S)
    if left:
        with network_of(pid):
            for one in left:
                netlink.add_address(one.body, socket.if_nametoindex(one.interface))
    with _lock:
        _mended.add(key)
    return [one.address for one in left]


def forget_mended() -> None:
    """What has been put back is not asked for any more."""
    with _lock:
        while _mended:
            _removed.pop(_mended.pop(), None)


def _missing(key: str, pids: list[int]) -> list[_Removed]:
    with _lock:
        gone = _removed.get(key, [])
    return [one for one in gone if not _holders(pids, one.address) - one.others]


def _holders(pids: list[int], address: str | None) -> set[int]:
    return {pid for pid in pids if address in _held(pid)}


def _held(pid: int) -> set[str | None]:
    try:
        with network_of(pid):
            return {netlink.parse_address(body) for body in netlink.addresses()}
    except AgentError:
        return set()  # it has ended


def _described(body: bytes) -> NodeAddress:
    prefix, index = netlink.address_place(body)
    interface = socket.if_indextoname(index)
    return {"interface": interface, "address": netlink.parse_address(body), "prefix": prefix}


def _is(body: bytes, interface: str, address: str) -> bool:
    described = _described(body)
    return (described["interface"], described["address"]) == (interface, address)


def _identity(body: bytes) -> tuple[tuple[int, int], str | None]:
    return netlink.address_place(body), netlink.parse_address(body)
