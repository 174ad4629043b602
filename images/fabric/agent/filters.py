"""Drops, copies or spoils some frames of a wire, where they pass its bridge, by nftables (nft(8), families bridge and
netdev)."""

from __future__ import annotations

import json
import subprocess

import wires
from clock import now_ns
from errors import AgentError
from registry import guard_step, operation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nft_shapes import NftRuleset
    from shapes import ChangeTime, FilterCounts

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
# What has a checksum over the bytes that are spoiled.
_SPOILT = "meta l4proto { icmp, ipv6-icmp, tcp, udp, 112 }"


class Frames:
    """Which frames of the wire at `port`: of a protocol, of the port number `number` at either end, longer than
    `longer_than` bytes from the network header on; `from`, `to` or `both` ways of the node."""

    def __init__(self, port: str, protocol: str, number: int | None, direction: str, longer_than: int) -> None:
        ends = [f"{protocol} {end} {number}" for end in ("sport", "dport")] if number else [_PROTOCOLS[protocol]]
        length = f"meta length > {longer_than}" if longer_than else ""
        self.port = port
        self.matches = [f"{end} {length}" for end in ends]
        self.ways = ("from", "to") if direction == "both" else (direction,)

    def jumps(self, way: str, more: str) -> list[str]:
        name = "iifname" if way == "from" else "oifname"
        return [f'{name} "{self.port}" {match} {more} goto share' for match in self.matches if way in self.ways]


@operation("add_filter")
def add(
    key: str,
    port: str,
    protocol: str,
    number: int | None,
    direction: str,
    per_10000: int,
    action: str,
    at_entry: bool,
    longer_than: int,
) -> ChangeTime:
    """Has so many in 10,000 frames of a wire, each at random, dropped, doubled (`duplicate`) or spoilt (`corrupt`). All
    rules take effect at once.

    `at_entry`: what the node sends is met before the bridge sees it; else where the bridge hands it on, once for each
    receiver.
    """
    if not wires.existing([port]):
        raise AgentError(f"there is no wire at port {port} now: its node does not run")
    frames = Frames(port, protocol, number, direction, longer_than)
    share = f"numgen random mod 10000 < {per_10000} " if per_10000 < 10_000 else ""
    more = _SPOILT if action == "corrupt" else ""
    doing = {
        "drop": "counter name hit drop",
        # 16 bits behind the first 8 bytes of the header of the transport: of its content, or of TCP's own numbers.
        "corrupt": "@th,64,16 set 0xdead counter name hit",
        "duplicate": f"meta mark set {_mark(key)}",
    }[action]
    chains = {
        ("entry", "prerouting" if at_entry else "forward"): frames.jumps("from", more),
        ("exit", "forward"): frames.jumps("to", more),
    }
    text = _table("bridge", key, _chains(chains, f"counter name seen\n    {share}{doing}"))
    if action == "duplicate":
        text += _table("netdev", key, _copies(key, _receivers(port, frames.ways)))
    before = now_ns()
    _nft(text, action)
    return {"before_ns": before, "after_ns": now_ns()}


@operation("add_partition")
def add_partition(key: str, pairs: list[tuple[str, str]]) -> ChangeTime:
    """Has every frame from the first to the second port of each pair dropped, from now on."""
    apart = ", ".join(f'"{one}" . "{other}"' for one, other in pairs)
    rule = f"iifname . oifname {{ {apart} }} goto share"
    text = _table("bridge", key, _chains({("exit", "forward"): [rule]}, "counter name seen counter name hit drop"))
    before = now_ns()
    _nft(text, "drop")
    return {"before_ns": before, "after_ns": now_ns()}


@guard_step("remove_filter")
@operation("remove_filter")
def remove(key: str) -> None:
    """Harmless when it is not there."""
    said: NftRuleset = json.loads(_run(["nft", "-j", "list", "tables"], None) or '{"nftables": []}')
    tables = [item["table"] for item in said["nftables"] if "table" in item]
    found = [one["family"] for one in tables if one["name"] == _name(key)]
    if found:
        _run(["nft", "-f", "-"], "".join(f"delete table {family} {_name(key)}\n" for family in found))


@operation("filter_counts")
def counts(key: str) -> FilterCounts | None:
    """How many frames it has matched, and to how many of them it has done what it does; None when it is not there."""
    said: NftRuleset = json.loads(_run(["nft", "-j", "list", "counters"], None) or '{"nftables": []}')
    found = [item["counter"] for item in said["nftables"] if "counter" in item]
    own = [one for one in found if one["table"] == _name(key)]
    if not own:
        return None
    seen, hit = (sum(one["packets"] for one in own if one["name"] == name) for name in ("seen", "hit"))
    return {"seen": seen, "hit": hit}


def _receivers(port: str, ways: tuple[str, ...]) -> list[str]:
    """The ports by which frames of a port's node leave its bridge: of what it sends and of what is sent to it."""
    others = [one for one in wires.beside(port) if one != port]
    return (others if "from" in ways else []) + ([port] if "to" in ways else [])


def _copies(key: str, devices: list[str]) -> str:
    # The mark goes first: the copy comes by here as well.
    return "".join(
        f'  chain copies{at} {{\n    type filter hook egress device "{device}" priority filter; policy accept;\n'
        f'    meta mark {_mark(key)} meta mark set 0 counter name hit dup to "{device}"\n  }}\n'
        for at, device in enumerate(devices)
    )


def _chains(chains: dict[tuple[str, str], list[str]], share: str) -> str:
    hooked = "".join(
        f"  chain {name} {{\n    type filter hook {hook} priority filter; policy accept;\n    "
        + "\n    ".join(rules)
        + "\n  }\n"
        for (name, hook), rules in chains.items()
        if rules
    )
    return f"  chain share {{\n    {share}\n  }}\n{hooked}"


def _table(family: str, key: str, chains: str) -> str:
    return f"table {family} {_name(key)} {{\n  counter seen {{\n  }}\n  counter hit {{\n  }}\n{chains}}}\n"


def _name(key: str) -> str:
    return f"hadrill_{key.replace('-', '')}"


def _mark(key: str) -> str:
    """A mark that a frame carries through the bridge; the kernel takes it away on the way into a node."""
    return f"0x{key.replace('-', '')[:7]}1"


def _nft(text: str, action: str) -> None:
    needs = "nft bridge and nft netdev egress" if action == "duplicate" else "nft bridge"
    try:
        _run(["nft", "-f", "-"], text)
    except AgentError as error:
        raise AgentError(f"the kernel takes no such rule ({needs}): {error}") from error


def _run(argv: list[str], text: str | None) -> str:
    done = subprocess.run(argv, input=text, capture_output=True, text=True, timeout=NFT_TIMEOUT_S, check=False)
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise AgentError(said[0] if said else f"nft ended with {done.returncode}")
    return done.stdout
