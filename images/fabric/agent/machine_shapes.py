"""The shapes of what is asked and answered about machines and how they run, as shapes.py has the others."""

from typing import TypedDict

from shapes import ChangeTime, Process


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
