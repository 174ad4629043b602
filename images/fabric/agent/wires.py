"""Bridges and wires: veth pairs with one end on a bridge of the fabric and the other inside a node."""

from __future__ import annotations

import contextlib
import os
import subprocess
from subprocess import PIPE

import netlink
import offload
from errors import AgentError
from namespaces import network_namespace, network_of
from registry import operation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shapes import Bridge, ChangeTime, Port


# Names follow `dev` or `name` everywhere: ip(8) takes a bare `a` for the beginning of `address`.
def _ip_batch(lines: list[str], pid: int | None = None, pass_fds: list[int] | None = None) -> None:
    """Runs ip(8) here or in the network namespace of `pid`: a child is born where the forking thread is."""
    text = "\n".join(lines) + "\n"
    with network_of(pid) if pid else contextlib.nullcontext():
        command = ["ip", "-batch", "-"]
        child = subprocess.Popen(command, stdin=PIPE, stdout=PIPE, stderr=PIPE, text=True, pass_fds=pass_fds or [])
    _, said = child.communicate(text, timeout=30)
    if child.returncode:
        raise AgentError(f"ip failed: {said.strip()}")


@operation("create_bridges")
def create_bridges(bridges: list[Bridge]) -> None:
    """Bridges that forward everything at once and keep quiet themselves (no STP, no snooping, no IPv6)."""
    lines = []
    for bridge in bridges:
        name = bridge["name"]
        mtu = f" mtu {bridge['mtu']}" if bridge.get("mtu") else ""
        options = "stp_state 0 forward_delay 0 mcast_snooping 0"
        lines.append(f"link add name {name}{mtu} type bridge {options} group_fwd_mask 0xfff8")
        lines.append(f"link set dev {name} addrgenmode none up")
    if lines:
        _ip_batch(lines)


@operation("plug")
def plug(pid: int, ports: list[Port]) -> None:
    """Wires a node: every port gets its veth pair, inside the node with address and MAC. The links inside stay
    down until `raise_links`: a node's boot waits for links that are up, and then finds them complete."""
    # Left of a namespace that the kernel is taking down: it may be gone before we get there.
    for port in existing([port["port"] for port in ports]):
        subprocess.run(["ip", "link", "del", "dev", port], stderr=subprocess.DEVNULL, timeout=30, check=False)
    with network_namespace(pid) as namespace:
        fabric, node = _plugging(ports, f"/proc/self/fd/{namespace}")
        _ip_batch(fabric, pass_fds=[namespace])
    offload.finish_checksums([port["port"] for port in ports])
    with network_of(pid):
        offload.finish_checksums([port["interface"] for port in ports])
    if node:
        _ip_batch(node, pid)


def _plugging(ports: list[Port], inside_of: str) -> tuple[list[str], list[str]]:
    """The commands for ip(8) in the fabric, and those inside the node, whose network namespace is `inside_of`."""
    fabric: list[str] = []
    node: list[str] = []
    for port in ports:
        mtu = f" mtu {port['mtu']}" if port.get("mtu") else ""
        mac = f" address {port['mac']}" if port.get("mac") else ""
        name, inside = port["port"], port["interface"]
        fabric.append(f"link add name {name}{mtu} type veth peer name {inside}{mtu}{mac} netns {inside_of}")
        fabric.append(f"link set dev {name} addrgenmode none master {port['bridge']} up")
        addresses = (port.get("ipv4"), port.get("ipv6"))
        # Nobody else has them on this link (harness/topology/check-wires.ts): no need to ask for a second first.
        node += [
            f"addr add {address} dev {inside}{' nodad' if ':' in address else ''}" for address in addresses if address
        ]
    return fabric, node


@operation("replug")
def replug(ports: list[Port]) -> None:
    """Pulls the wires of these ports out of their bridges and plugs them in again, as a bridge takes a new port:
    whatever was set at them goes. The node's end stays as it is, but for its carrier, which goes and comes."""
    names = [port["port"] for port in ports]
    missing = sorted(set(names) - set(existing(names)))
    if missing:
        raise AgentError(f"there is no wire at port {', '.join(missing)}")
    for port in ports:
        name = port["port"]
        for where in ("root", "ingress"):
            command = ["tc", "qdisc", "del", "dev", name, where]
            subprocess.run(command, stderr=subprocess.DEVNULL, timeout=30, check=False)
        _ip_batch(
            [
                f"link set dev {name} nomaster",
                f"link set dev {name} down",
                f"link set dev {name} master {port['bridge']} up",
            ]
        )


@operation("raise_links")
def raise_links(pid: int, interfaces: list[str]) -> None:
    """Sets a node's own ends of its wires up."""
    with network_of(pid):
        netlink.set_up(interfaces, True)


def existing(ports: list[str]) -> list[str]:
    return [port for port in ports if os.path.exists(f"/sys/class/net/{port}")]


def beside(port: str) -> list[str]:
    """The ports of the bridge that a port is on, itself among them."""
    try:
        return os.listdir(f"/sys/class/net/{port}/brport/bridge/brif")
    except OSError as error:
        raise AgentError(f"port {port} is not on a bridge: {error.strerror}") from error


@operation("port_states")
def port_states(ports: list[str]) -> dict[str, str]:
    """`absent`, `down`, or the bridge's state of each port: `forwarding`, `disabled`, ..."""
    names = {"0": "disabled", "1": "listening", "2": "learning", "3": "forwarding", "4": "blocking"}
    states = {}
    for port in ports:
        base = f"/sys/class/net/{port}"
        try:
            with open(f"{base}/flags") as flags, open(f"{base}/brport/state") as state:
                up = int(flags.read(), 16) & netlink.IFF_UP
                states[port] = names.get(state.read().strip(), "unknown") if up else "down"
        except OSError:
            states[port] = "absent"
    return states


@operation("set_forwarding")
def set_forwarding(ports: list[str], forwarding: bool) -> ChangeTime:
    """Lets the ports that are there pass frames or drop all of them. Returns when."""
    return netlink.set_forwarding(existing(ports), forwarding)
