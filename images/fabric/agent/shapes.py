"""The shapes of what the harness asks and is answered, as harness/lab/agent-operations.ts has them.

For the type checker alone (mypy): nothing imports it when the agent runs, which is to start quickly.
"""

from typing import Literal, NotRequired, TypedDict


class ChangeTime(TypedDict):
    """When a change was made: between two readings of the clock right around the system call."""

    before_ns: int
    after_ns: int


class CrashTime(ChangeTime):
    killed_ns: int


class ShutDown(ChangeTime):
    living: list[int]


class Bridge(TypedDict):
    name: str
    mtu: NotRequired[int]


class Port(TypedDict):
    """A wire's end: `port` on the `bridge` of the fabric, `interface` in the node."""

    port: str
    bridge: str
    interface: str
    mac: NotRequired[str]
    ipv4: NotRequired[str]
    ipv6: NotRequired[str]
    mtu: NotRequired[int]


class PoweredNode(TypedDict):
    """A node by its first process and its ports of the fabric."""

    pid: int
    ports: list[str]


class Process(TypedDict):
    pid: int
    name: str
    argv: list[str]
    state: str
    ppid: int
    session: int
    start_ticks: int


class Keepalived(Process):
    folder: str


class ProcessesChanged(ChangeTime):
    processes: list[Process]


class NodeAddress(TypedDict):
    interface: str
    address: str | None
    prefix: int


class AddressesRemoved(ChangeTime):
    removed: list[str | None]


class AddressEvent(TypedDict):
    at_ns: int
    node: str
    change: Literal["added", "removed"]
    address: str


class AddressGap(TypedDict):
    """When it is not known how a node's addresses changed; without an end while it still is so."""

    node: str
    from_ns: int
    to_ns: int | None


class Filling(TypedDict):
    """A stretch in which a program made entries in a node's connection table."""

    node: str
    first_ns: int
    last_ns: int
    entries: int
    complete: bool


class WireState(TypedDict):
    """A bridge port as bridge(8) shows it; None for a flag that the kernel does not know."""

    state: str | None
    learning: bool | None
    unicast_flood: bool | None
    multicast_flood: bool | None
    broadcast_flood: bool | None
    locked: bool | None
    carrier: bool
    learned: list[str]


class BridgeLink(TypedDict):
    """What `bridge -json link show` says of a port."""

    flags: list[str]
    state: NotRequired[str]
    learning: NotRequired[bool]
    flood: NotRequired[bool]
    mcast_flood: NotRequired[bool]
    bcast_flood: NotRequired[bool]
    locked: NotRequired[bool]


class BridgeEntry(TypedDict):
    """What `bridge -json fdb show` says of whom it knows behind a port."""

    mac: str
    state: NotRequired[str]


class FilterCounts(TypedDict):
    seen: int
    hit: int


class FlapState(TypedDict):
    cuts: int
    heals: int
    carrier_losses: int


class Neighbour(TypedDict):
    address: str
    mac: str


class ShownNeighbour(TypedDict):
    """What of `ip -json neigh show` is looked at."""

    dst: str
    lladdr: NotRequired[str]


class TcDiscipline(TypedDict):
    """What of `tc -s -json qdisc show` is looked at."""

    kind: str
    handle: str
    packets: int
    drops: int
    overlimits: int
    qlen: int


class Discipline(TypedDict):
    device: str
    kind: str
    packets: int
    dropped: int
    waiting: int
    over_limit: int


class Listener(TypedDict):
    node: str
    pid: int


class Advert(TypedDict):
    family: int
    source: str
    vrid: int
    priority: int
    advert_ms: int
    addresses: list[str]


class HeardAdvert(Advert):
    node: str
    sent: bool
    interface: str
    mac: str


class RouterListener(TypedDict):
    node: str
    pid: int
    interface: str
    port: str


class RouterAdvert(TypedDict):
    node: str
    source: str
    lifetime_s: int


class CaptureFile(TypedDict):
    bridge: str
    path: str
    dropped: int
    full: bool


class Dump(ChangeTime):
    text: str


class CommandDone(ChangeTime):
    status: int
    stdout: str
    stderr: str


class ExecState(TypedDict):
    """What the engine says of a program that it was to run (Docker Engine API, GET /exec/ID/json)."""

    Running: bool
    Pid: NotRequired[int | None]
    ExitCode: int | None


class FilePiece(TypedDict):
    data: str
    size: int


class GuardStep(TypedDict):
    step: str
    args: dict[str, object]
