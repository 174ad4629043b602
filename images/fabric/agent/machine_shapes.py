"""The shapes of what is asked and answered about machines and how they run, as shapes.py has the others."""

from typing import TypedDict

from shapes import ChangeTime, NodeAddress, Process


class KillLoopState(TypedDict):
    killed: int
    running: int


class DescriptorLimit(TypedDict):
    """Of a process: how many descriptors it has open, and how many it may have (getrlimit(2))."""

    pid: int
    start_ticks: int
    open: int
    limit: int


class DescriptorsLimited(ChangeTime):
    processes: list[DescriptorLimit]


class OutOfMemory(ChangeTime):
    """Which process the kernel has ended, by its own count of such ends before and after."""

    processes: list[Process]
    killed_before: int
    killed_after: int


class NodesPaused(ChangeTime):
    container_ids: list[str]


class ProcessorLimit(TypedDict):
    quota_us: int | None
    period_us: int
    throttled: int


class TableUse(TypedDict):
    entries: int
    most: int


class Counters(TypedDict):
    ticks: dict[str, int]
    waiting_us: int | None
    running: int
    neighbours_refused: int | None


class PressureSample(Counters):
    at_ns: int
    overslept_ns: int


class Hello(TypedDict):
    epoch_ns: str
    now_ns: int
    kernel: str


class LookedAt(TypedDict):
    """A node to look at: its first process, 0 while it is down."""

    node: str
    container_id: str
    pid: int


class SeenProcess(Process):
    """A process of a node. `service`: whose supervisor it descends from. Only of daemons and services: how many
    descriptors it has open, and what of its memory is in use."""

    service: str | None
    daemon: bool
    open: int | None
    resident_bytes: int | None


class NodeSeen(TypedDict):
    node: str
    first: int
    processes: list[SeenProcess]
    interfaces: list[str] | None
    addresses: list[NodeAddress]
    untracked_drops: int | None
    cores: list[str]


class EndedProcess(TypedDict):
    """A process of the look before that has ended; its status as waitpid(2) has it, None where that is not known."""

    node: str
    pid: int
    start_ticks: int
    name: str
    status: int | None


class NodeLook(TypedDict):
    at_ns: int
    nodes: list[NodeSeen]
    ended: list[EndedProcess]
    uptime_ticks: int
    core_pattern: str
