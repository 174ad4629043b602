"""How busy the machine under all labs is: what a trial's timing must be judged against.

A thread notes, several times a second, what the kernel counts, and how late it was itself woken: what it missed,
the daemons under test may have missed as well.
"""

from __future__ import annotations

import collections
import os
import threading
import time

from clock import now_ns
from registry import operation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from machine_shapes import Counters, PressureSample

NAP_S = 0.01
SAMPLE_NS = 100_000_000
# Of an hour: what is older than a trial is forgotten before the next.
MOST_SAMPLES = 36_000
# Of the machine itself: a namespace has no counts of its own.
_STAT = "/proc/1/net/stat/"
_TICKS = ("user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal")


def _counters() -> Counters:
    """Since boot: CPU ticks by kind (proc(5)), and for how long some process was kept waiting for a processor
    (pressure stall information; None where the kernel keeps none). `running`: processes that want one now."""
    with open("/proc/stat") as file:
        text = file.read()
    ticks = dict(zip(_TICKS, map(int, text.split("\n", 1)[0].split()[1:]), strict=False))
    running = int(text.split("procs_running ", 1)[1].split("\n", 1)[0])
    try:
        with open("/proc/pressure/cpu") as file:
            waiting_us: int | None = int(file.readline().rsplit("total=", 1)[1])
    except OSError:
        waiting_us = None
    return {"ticks": ticks, "waiting_us": waiting_us, "running": running, "neighbours_refused": _neighbours_refused()}


def _neighbours_refused() -> int | None:
    """How often, since boot, the kernel had no room for another neighbour (arp(7), gc_thresh3): one table of IPv4 and
    one of IPv6 serve all network namespaces. None where it keeps no count."""
    try:
        return _table_fulls("arp_cache") + (_table_fulls("ndisc_cache") if os.path.exists(_STAT + "ndisc_cache") else 0)
    except (OSError, ValueError, IndexError):
        return None


def _table_fulls(table: str) -> int:
    with open(_STAT + table) as file:
        head, *processors = [line.split() for line in file]
    column = head.index("table_fulls")
    return sum(int(line[column], 16) for line in processors)


class Pressure:
    def __init__(self) -> None:
        self._samples: collections.deque[PressureSample] = collections.deque(maxlen=MOST_SAMPLES)
        self._lock = threading.Lock()
        self._started = False

    def _watch(self) -> None:
        overslept = 0
        due = time.monotonic_ns() + SAMPLE_NS
        while True:
            before = time.monotonic_ns()
            time.sleep(NAP_S)
            now = time.monotonic_ns()
            overslept = max(overslept, now - before - int(NAP_S * 1e9))
            if now >= due:
                self._samples.append({"at_ns": now_ns(), "overslept_ns": overslept, **_counters()})
                overslept, due = 0, now + SAMPLE_NS

    def start(self) -> None:
        """Begins to watch, once."""
        with self._lock:
            if self._started:
                return
            self._started = True
        self._samples.append({"at_ns": now_ns(), "overslept_ns": 0, **_counters()})
        threading.Thread(target=self._watch, daemon=True).start()

    def forget(self, before_ns: int) -> None:
        # Only the watching thread adds, at the other end.
        while self._samples and self._samples[0]["at_ns"] < before_ns:
            self._samples.popleft()

    def since(self, since_ns: int) -> list[PressureSample]:
        """What was noted from `since_ns` on, and how it is now."""
        kept = [sample for sample in list(self._samples) if sample["at_ns"] >= since_ns]
        return [*kept, {"at_ns": now_ns(), "overslept_ns": 0, **_counters()}]


_pressure = Pressure()


@operation("watch_pressure")
def watch() -> None:
    _pressure.start()


@operation("pressure")
def since(since_ns: int) -> list[PressureSample]:
    return _pressure.since(since_ns)


def forget(before_ns: int) -> None:
    _pressure.forget(before_ns)
