"""A machine that no topology knows, on a bridge of the lab: it claims an address, or poses as another machine.

It is a network namespace of its own, so its kernel answers for the addresses that it owns. Beside that it sends one
frame again and again: an announcement of an address (RFC 826, RFC 4861 section 4.4), or one that only carries a sender.
"""

from __future__ import annotations

import json
import os
import socket
import struct
import subprocess
import threading

from clock import now_ns
from errors import AgentError
from namespaces import network_of
from registry import guard_step, operation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shapes import ChangeTime, Neighbour, ShownNeighbour

TIMEOUT_S = 10
INSIDE = "eth0"
BROADCAST = b"\xff" * 6
ETH_P_ARP, ETH_P_IPV6 = 0x0806, 0x86DD
# For experiments (IEEE 802): nobody takes it.
ETH_P_LOCAL = 0x88B5
ARP_REQUEST, ARP_REPLY = 1, 2
NEIGHBOUR_ADVERTISEMENT, OVERRIDE, TARGET_LINK_ADDRESS = 136, 0x20, 2
ALL_NODES = socket.inet_pton(socket.AF_INET6, "ff02::1")


class Stranger:
    """A namespace with one link, and what it sends all the time."""

    def __init__(self, namespace: int, frame: bytes, every_ms: float) -> None:
        self.namespace = namespace
        self.end = threading.Event()
        self.sent = 0
        self._frame = frame
        self._every_s = every_ms / 1000
        self.thread = threading.Thread(target=self._send, daemon=True)

    def _send(self) -> None:
        os.setns(self.namespace, os.CLONE_NEWNET)
        with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as sock:
            sock.bind((INSIDE, 0))
            while True:
                sock.send(self._frame)
                self.sent += 1
                if self.end.wait(self._every_s):
                    return


# By key.
_strangers: dict[str, Stranger] = {}


@operation("add_stranger")
def add(
    key: str,
    bridge: str,
    mac: str,
    owns: str | None,
    announces: str | None,
    to_mac: str | None,
    poses_as: str | None,
    every_ms: float,
) -> ChangeTime:
    """Puts a stranger on a bridge, with the MAC address `mac`: its kernel owns `owns`, an address with the length of a
    prefix. Every `every_ms` it announces the address `announces`, to the MAC address `to_mac` alone or to all; or it
    sends a frame under the MAC address `poses_as`. Returns when it began."""
    sender = _mac_bytes(poses_as or mac)
    frame = _announcement(announces, sender, to_mac) if announces else _bare(sender)
    namespace = _new_namespace()
    stranger = _strangers[key] = Stranger(namespace, frame, every_ms)
    try:
        port, inside = port_of(key), f"/proc/self/fd/{namespace}"
        peer = f"peer name {INSIDE} address {mac} netns {inside}"
        plugged = f"link set dev {port} addrgenmode none master {bridge} up"
        _ip([f"link add name {port} type veth {peer}", plugged], namespace)
        own = [f"addr add {owns} dev {INSIDE}{' nodad' if ':' in owns else ''}"] if owns else []
        _ip([f"link set dev {INSIDE} addrgenmode none", *own], namespace, inside=True)
        before = now_ns()
        _ip([f"link set dev {INSIDE} up"], namespace, inside=True)
        after = now_ns()
        stranger.thread.start()
    except (AgentError, OSError):
        remove(key)
        raise
    return {"before_ns": before, "after_ns": after}


@guard_step("remove_stranger")
@operation("remove_stranger")
def remove(key: str) -> None:
    """Harmless when it is not there."""
    stranger = _strangers.pop(key, None)
    if stranger:
        stranger.end.set()
        if stranger.thread.is_alive():
            stranger.thread.join(TIMEOUT_S)
    # The link first: with the namespace it would go in its own time.
    if os.path.exists(f"/sys/class/net/{port_of(key)}"):
        _ip([f"link del dev {port_of(key)}"])
    if stranger:
        os.close(stranger.namespace)


@operation("stranger_port")
def stranger_port(key: str) -> str | None:
    """The port of the bridge that it is at; None when it is not there."""
    port = port_of(key)
    return port if os.path.exists(f"/sys/class/net/{port}") else None


@operation("neighbours_of")
def neighbours_of(pid: int) -> list[Neighbour]:
    """Whom the kernel of a node takes to be where (ip-neighbour(8))."""
    with network_of(pid):
        child = subprocess.Popen(["ip", "-json", "neigh", "show"], stdout=subprocess.PIPE, text=True)
    said, _ = child.communicate(timeout=TIMEOUT_S)
    entries: list[ShownNeighbour] = json.loads(said or "[]")
    return [{"address": one["dst"], "mac": one["lladdr"]} for one in entries if "lladdr" in one]


def port_of(key: str) -> str:
    return f"stranger{key.replace('-', '')[:7]}"


def _new_namespace() -> int:
    """Made by the calling thread, which is back in its own when this returns."""
    own = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.unshare(os.CLONE_NEWNET)
        try:
            return os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        finally:
            os.setns(own, os.CLONE_NEWNET)
    finally:
        os.close(own)


def _ip(lines: list[str], namespace: int | None = None, *, inside: bool = False) -> None:
    enter = ["nsenter", f"--net=/proc/self/fd/{namespace}", "--"] if inside else []
    done = subprocess.run(
        [*enter, "ip", "-batch", "-"],
        input="\n".join(lines) + "\n",
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        pass_fds=[] if namespace is None else [namespace],
        check=False,
    )
    if done.returncode:
        raise AgentError(f"a stranger cannot be made: ip: {done.stderr.strip()}")


def _mac_bytes(mac: str) -> bytes:
    return bytes.fromhex(mac.replace(":", ""))


def _bare(sender: bytes) -> bytes:
    return (BROADCAST + sender + struct.pack("!H", ETH_P_LOCAL)).ljust(60, b"\0")


def _announcement(address: str, sender: bytes, to_mac: str | None) -> bytes:
    """That `address` is at `sender`: to all, or as an answer to one who may not have asked."""
    receiver = _mac_bytes(to_mac) if to_mac else BROADCAST
    if ":" in address:
        target = socket.inet_pton(socket.AF_INET6, address)
        receiver = receiver if to_mac else b"\x33\x33\x00\x00\x00\x01"
        return receiver + sender + struct.pack("!H", ETH_P_IPV6) + _neighbour_advertisement(target, sender)
    own = socket.inet_aton(address)
    operation_code = ARP_REPLY if to_mac else ARP_REQUEST
    head = struct.pack("!HHBBH", 1, 0x0800, 6, 4, operation_code)
    body = head + sender + own + (receiver if to_mac else b"\0" * 6) + own
    return (receiver + sender + struct.pack("!H", ETH_P_ARP) + body).ljust(60, b"\0")


def _neighbour_advertisement(target: bytes, sender: bytes) -> bytes:
    option = bytes([TARGET_LINK_ADDRESS, 1]) + sender
    message = struct.pack("!BBHI", NEIGHBOUR_ADVERTISEMENT, 0, 0, OVERRIDE << 24) + target + option
    pseudo = target + ALL_NODES + struct.pack("!II", len(message), socket.IPPROTO_ICMPV6)
    checked = message[:2] + struct.pack("!H", _checksum(pseudo + message)) + message[4:]
    header = struct.pack("!IHBB", 6 << 28, len(message), socket.IPPROTO_ICMPV6, 255)
    return header + target + ALL_NODES + checked


def _checksum(data: bytes) -> int:
    total: int = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF
