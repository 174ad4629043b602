"""Processes that die again whenever they are started again, until that is undone."""

from __future__ import annotations

import contextlib
import threading
import time
from functools import partial

import changes
import processes
import services
from errors import AgentError
from registry import operation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from machine_shapes import KillLoopState
    from shapes import Process, ProcessesChanged

# How long one that was started again may go unnoticed.
_LOOK_S = 0.02


class _Loop:
    def __init__(self, container_id: str, name: str, signal_name: str, lives_s: float) -> None:
        self._which = container_id, name, signal_name
        self._lives_s = lives_s
        self._over = threading.Event()
        # When each was seen first, by number and start.
        self._seen: dict[tuple[int, int], float] = {}
        self.killed: set[tuple[int, int]] = set()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def begin(self) -> ProcessesChanged:
        done = processes.kill_named(*self._which)
        self._note(done["processes"])
        self._thread.start()
        return done

    def end(self) -> None:
        self._over.set()
        if self._thread.is_alive():
            self._thread.join()

    def running(self) -> int:
        return len(processes.named(*self._which[:2]))

    def _run(self) -> None:
        while not self._over.wait(_LOOK_S):
            try:
                self._look()
            except (AgentError, OSError):
                continue  # they ended while we looked

    def _look(self) -> None:
        now = time.monotonic()
        found = processes.named(*self._which[:2])
        self._seen = {one: self._seen.get(one, now) for one in map(_identity, found)}
        # What is left of the last round, a process that the kernel still takes apart, is not a new one.
        due = [
            one
            for one in found
            if _identity(one) not in self.killed and now - self._seen[_identity(one)] >= self._lives_s
        ]
        if due and not self._over.is_set():
            self._note(processes.kill_named(*self._which)["processes"])

    def _note(self, killed: list[Process]) -> None:
        self.killed |= set(map(_identity, killed))


_loops: dict[str, _Loop] = {}


def _identity(process: Process) -> tuple[int, int]:
    return process["pid"], process["start_ticks"]


@operation("kill_again")
def begin(key: str, container_id: str, name: str, signal_name: str, lives_s: float) -> ProcessesChanged:
    """As `kill_named`, and again whenever processes of that name have lived for `lives_s`, until it is undone."""
    loop = _Loop(container_id, name, signal_name, lives_s)
    changes.note(key, partial(_end, key))
    _loops[key] = loop
    return loop.begin()


def _end(key: str) -> None:
    loop = _loops.pop(key, None)
    if loop:
        loop.end()


@operation("kill_loop")
def state(key: str) -> KillLoopState | None:
    """How many processes it has killed so far, and how many live now; None when it is over."""
    loop = _loops.get(key)
    return None if loop is None else {"killed": len(loop.killed), "running": loop.running()}


@operation("supervise_service")
def supervise(key: str, pid: int, name: str) -> bool:
    """Has the node's supervisor start a service whenever it ends, until that is undone. Returns whether it does."""
    if not services.known(pid, name):
        return False
    changes.note(key, partial(_as_before, pid, name))
    return services.start_always(pid, name)


def _as_before(pid: int, name: str) -> None:
    # A node that has ended has no supervisor.
    with contextlib.suppress(AgentError):
        services.start(pid, name)
