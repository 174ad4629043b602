"""Bridges and wires: veth pairs with one end on a bridge of the fabric and the other inside a node."""

import os
import subprocess

import netlink
from errors import AgentError
from namespaces import enter_command


# Names follow `dev` or `name` everywhere: ip(8) takes a bare `a` for the beginning of `address`.
def _ip_batch(lines: list[str], pid: int | None = None) -> None:
    argv = ["ip", "-batch", "-"]
    command = enter_command(pid, argv) if pid else argv
    done = subprocess.run(command, input="\n".join(lines) + "\n", capture_output=True, text=True, timeout=30)
    if done.returncode:
        raise AgentError(f"ip failed: {done.stderr.strip()}")


def create_bridges(bridges: list[dict]) -> None:
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


def plug(pid: int, ports: list[dict]) -> None:
    """Wires a node: every port gets its veth pair, inside the node with address and MAC, then up."""
    stale = [f"link del dev {port['port']}" for port in ports if os.path.exists(f"/sys/class/net/{port['port']}")]
    fabric, node = list(stale), []
    for port in ports:
        mtu = f" mtu {port['mtu']}" if port.get("mtu") else ""
        mac = f" address {port['mac']}" if port.get("mac") else ""
        name, inside = port["port"], port["interface"]
        fabric.append(f"link add name {name}{mtu} type veth peer name {inside}{mtu}{mac} netns {pid}")
        fabric.append(f"link set dev {name} addrgenmode none master {port['bridge']} up")
        node += [f"addr add {port[family]} dev {inside}" for family in ("ipv4", "ipv6") if port.get(family)]
    # Addresses before "up": a node's boot waits for its links to be up and then finds them complete.
    node += [f"link set dev {port['interface']} up" for port in ports]
    _ip_batch(fabric)
    _ip_batch(node, pid)


def unplug(ports: list[str]) -> None:
    present = [port for port in ports if os.path.exists(f"/sys/class/net/{port}")]
    if present:
        _ip_batch([f"link del dev {port}" for port in present])


def drop_frames(ports: list[str]) -> None:
    netlink.set_forwarding(existing(ports), False)


def existing(ports: list[str]) -> list[str]:
    return [port for port in ports if os.path.exists(f"/sys/class/net/{port}")]


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
