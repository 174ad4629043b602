"""Cuts wires: all frames, those of one direction, or the carrier too; and heals them at a sharp moment.

How a bridge port lets frames through in one direction only (linux/if_link.h, bridge(8)):

- what comes `from` the node is dropped: a locked port takes no frame whose sender the bridge has not learned
  behind it. It is made to forget whom it learned, and to learn nobody.
- what goes `to` the node is dropped: with nobody learned behind a port, frames leave by it through flooding alone,
  and that is switched off.

These are flags of the port and outlive the loss of its carrier. Its state does not: a bridge sets it anew whenever
the port comes up. So a cut that takes the carrier has its sharp ends from the flags: nothing passes while the
kernel takes its time over the carrier.
"""

from __future__ import annotations

import fcntl
import json
import socket
import struct
import subprocess
import threading
import time

import netlink
import wires
from clock import now_ns
from errors import AgentError
from namespaces import network_of
from registry import guard_step, operation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shapes import BridgeEntry, BridgeLink, ChangeTime, WireState

CARRIER_TIMEOUT_S = 2.0
CARRIER_POLL_S = 0.001
# How long before the moment of healing the carrier is given back: it takes milliseconds.
CARRIER_LEAD_NS = 15_000_000
SIOCGIFFLAGS, IFF_RUNNING = 0x8913, 0x40

_FROM = {netlink.IFLA_BRPORT_LOCKED: 1, netlink.IFLA_BRPORT_LEARNING: 0}
_TO = {netlink.IFLA_BRPORT_LEARNING: 0, **dict.fromkeys(netlink.IFLA_BRPORT_FLOODS, 0)}
_BOTH = {**_FROM, **_TO}
_FLAGS = {("frames", "from"): _FROM, ("frames", "to"): _TO, ("carrier", "both"): _BOTH}
# What every port has from the moment it is plugged.
_WHOLE = {
    netlink.IFLA_BRPORT_LOCKED: 0,
    netlink.IFLA_BRPORT_LEARNING: 1,
    **dict.fromkeys(netlink.IFLA_BRPORT_FLOODS, 1),
}


class Cut:
    """A cut in force: under which key, of what, which way."""

    __slots__ = ("by_flags", "direction", "key", "kind")

    def __init__(self, key: str, kind: str, direction: str) -> None:
        self.key, self.kind, self.direction = key, kind, direction
        # Otherwise by the port's state.
        self.by_flags = (kind, direction) != ("frames", "both")


# Port to the cut in force.
_cuts: dict[str, Cut] = {}
_lock = threading.Lock()


@operation("cut_wire")
def cut(port: str, key: str, kind: str, direction: str, at_ns: int) -> ChangeTime:
    """Cuts the wire of a port, of `kind` frames or carrier, in `direction` both, from or to its node, at `at_ns`
    or now if that is past. Returns when frames stopped."""
    _sleep_until(at_ns)
    with _lock:
        if not wires.existing([port]):
            raise AgentError(f"there is no wire at port {port} now: its node does not run")
        if port in _cuts:
            raise AgentError(f"the wire at port {port} is cut already")
        done = _stop_frames(port, kind, direction)
        _cuts[port] = Cut(key, kind, direction)
        if kind == "carrier":
            netlink.set_up([port], False)
    return done


@guard_step("heal_wire")
@operation("heal_wire")
def heal(port: str, key: str, interface: str, pid: int, at_ns: int) -> ChangeTime:
    """Ends a cut at `at_ns`, or now if that is past. Returns when frames passed again; harmless when it is over.

    A carrier that was taken is given back first: `interface` of the node, one of whose processes is `pid`, has seen
    it by then, for up to CARRIER_TIMEOUT_S.
    """
    _sleep_until(at_ns - CARRIER_LEAD_NS)
    with _lock:
        in_force = _cuts.get(port)
        if not in_force or in_force.key != key:
            return _nothing()
        if in_force.kind == "carrier" and wires.existing([port]):
            netlink.set_up([port], True)
            _await_carrier(port, interface, pid)
        _sleep_until(at_ns)
        try:
            return _pass_frames(port, in_force)
        finally:
            del _cuts[port]


def cut_again(port: str) -> None:
    """A wire whose node was started again is new, and whole. The cable is not: a cut in force is made again. By flags:
    the node has yet to raise its end of the wire, and with that the port's state is forwarding again."""
    with _lock:
        in_force = _cuts.get(port)
        if in_force and wires.existing([port]):
            netlink.set_port(port, _FLAGS.get((in_force.kind, in_force.direction), _BOTH))
            in_force.by_flags = True
            if in_force.kind == "carrier":
                netlink.set_up([port], False)


@operation("wire_state")
def state(port: str) -> WireState | None:
    """What bridge(8) says of a port's flags and of whom it learned behind it; None when there is no such port, also
    when it goes while it is looked at."""
    try:
        links: list[BridgeLink] = json.loads(_bridge("-details", "link", "show", "dev", port))
        link = links[0]
        entries: list[BridgeEntry] = json.loads(_bridge("fdb", "show", "brport", port))
    except (AgentError, IndexError):
        if wires.existing([port]):
            raise
        return None
    learned = [entry["mac"] for entry in entries if entry.get("state") != "permanent"]
    return {
        "state": link.get("state"),
        "learning": link.get("learning"),
        "unicast_flood": link.get("flood"),
        "multicast_flood": link.get("mcast_flood"),
        "broadcast_flood": link.get("bcast_flood"),
        "locked": link.get("locked"),
        "carrier": "LOWER_UP" in link["flags"] and "UP" in link["flags"],
        "learned": learned,
    }


def _bridge(*words: str) -> str:
    done = subprocess.run(["bridge", "-json", *words], capture_output=True, text=True, timeout=10, check=False)
    if done.returncode:
        raise AgentError(f"bridge {' '.join(words)} failed: {done.stderr.strip()}")
    return done.stdout or "[]"


def _stop_frames(port: str, kind: str, direction: str) -> ChangeTime:
    if (kind, direction) == ("frames", "both"):
        return netlink.set_forwarding([port], False)
    return netlink.set_port(port, _FLAGS[kind, direction])


def _pass_frames(port: str, in_force: Cut) -> ChangeTime:
    """A node that was started again meanwhile has a new port, which is whole."""
    try:
        if in_force.by_flags:
            return netlink.set_port(port, _WHOLE)
        if wires.port_states([port])[port] != "down":
            return netlink.set_forwarding([port], True)
    except (AgentError, OSError):
        if wires.existing([port]):
            raise
    return _nothing()


def _await_carrier(port: str, interface: str, pid: int) -> None:
    """Waits until the bridge and the node use the link again; a node that has set it down never will."""
    deadline = time.monotonic() + CARRIER_TIMEOUT_S
    try:
        with network_of(pid):
            inside = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    except AgentError:
        return
    with inside:
        while time.monotonic() < deadline:
            try:
                if wires.port_states([port])[port] == "forwarding" and _is_running(inside, interface):
                    return
            except OSError:
                return
            time.sleep(CARRIER_POLL_S)


def _is_running(sock: socket.socket, interface: str) -> bool:
    """Whether a link of the socket's namespace has its carrier and its queue goes on (netdevice(7))."""
    answer = fcntl.ioctl(sock, SIOCGIFFLAGS, struct.pack("=16sh14x", interface.encode(), 0))
    return bool(struct.unpack_from("=16xh", answer)[0] & IFF_RUNNING)


def _sleep_until(at_ns: int) -> None:
    while (left := at_ns - now_ns()) > 0:
        time.sleep(left / 1e9)


def _nothing() -> ChangeTime:
    now = now_ns()
    return {"before_ns": now, "after_ns": now}
