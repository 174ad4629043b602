"""Drops some frames of a wire, where it enters and leaves its bridge, by nftables (nft(8), family bridge)."""

from __future__ import annotations

import json
import subprocess

import wires
from clock import now_ns
from errors import AgentError
from registry import guard_step, operation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shapes import ChangeTime, NftRuleset

NFT_TIMEOUT_S = 10

# What a rule matches besides its port. ICMP is that of IPv4 and of IPv6, neighbour discovery among it.
_PROTOCOLS = {
    "any": "",
    "arp": "meta protocol arp",
    "icmp": "meta l4proto { icmp, ipv6-icmp }",
    "tcp": "meta l4proto tcp",
    "udp": "meta l4proto udp",
    "vrrp": "meta l4proto 112",
}


@operation("add_filter")
def add(key: str, port: str, protocol: str, number: int | None, direction: str, percent: int) -> ChangeTime:
    """Drops `percent` of the frames from, to or both ways of a port's node, of a protocol, and of the port number
    `number` at either end, from now on. All rules take effect at once."""
    if not wires.existing([port]):
        raise AgentError(f"there is no wire at port {port} now: its node does not run")
    share = f"numgen random mod 100 < {percent}" if percent < 100 else ""
    ends = [f"{protocol} {end} {number}" for end in ("sport", "dport")] if number else [_PROTOCOLS[protocol]]
    ways = [f'{name} "{port}"' for name, way in (("iifname", "from"), ("oifname", "to")) if direction in (way, "both")]
    rules = "\n".join(f"    {way} {end} {share} counter drop" for way in ways for end in ends)
    chain = f"  chain frames {{\n    type filter hook forward priority filter; policy accept;\n{rules}\n  }}"
    before = now_ns()
    _nft(f"table bridge {_table(key)} {{\n{chain}\n}}\n")
    return {"before_ns": before, "after_ns": now_ns()}


@guard_step("remove_filter")
@operation("remove_filter")
def remove(key: str) -> None:
    """Harmless when it is not there."""
    # `add` first: `delete` fails where there is none.
    _nft(f"add table bridge {_table(key)}\ndelete table bridge {_table(key)}\n")


@operation("filter_dropped")
def dropped(key: str) -> int | None:
    """How many frames it has dropped; None when it is not there."""
    said: NftRuleset = json.loads(_run(["nft", "-j", "list", "ruleset", "bridge"], None) or '{"nftables": []}')
    found, name = said["nftables"], _table(key)
    if not any("table" in item and item["table"]["name"] == name for item in found):
        return None
    rules = [item["rule"] for item in found if "rule" in item and item["rule"]["table"] == name]
    return sum(part["counter"]["packets"] for rule in rules for part in rule["expr"] if "counter" in part)


def _table(key: str) -> str:
    return f"hadrill_{key.replace('-', '')}"


def _nft(text: str) -> None:
    _run(["nft", "-f", "-"], text)


def _run(argv: list[str], text: str | None) -> str:
    done = subprocess.run(argv, input=text, capture_output=True, text=True, timeout=NFT_TIMEOUT_S, check=False)
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise AgentError(f"the kernel takes no such filter (nft bridge): {said[0] if said else done.returncode}")
    return done.stdout
