"""Which processes belong to which container, by their control groups.

The kernel is asked about each process of the machine, of which a large lab has more than a thousand. Those who ask
while others wait share one answer, and of a process that was found in a container only its number is looked at again.
"""

from __future__ import annotations

import os
import re
import threading

_CONTAINER_ID = re.compile(rb"[0-9a-f]{64}")
# A control group's path may be long, and there is one for each controller of version 1.
_MOST_BYTES = 1 << 17


class _Looks:
    """Looks at all processes, one at a time."""

    def __init__(self) -> None:
        self._turn = threading.Condition()
        self._begun = self._ended = 0
        # What the last look found, or what it failed with.
        self._outcome: dict[str, list[int]] | OSError = {}
        # Of processes in containers: (number, inode of its folder in /proc) to the containers. A number that is given
        # to another process comes with another inode; what is in a container never leaves it.
        self._known: dict[tuple[int, int], tuple[str, ...]] = {}

    def fresh(self) -> dict[str, list[int]]:
        """The numbers of processes by container, of a look that began after this was called."""
        with self._turn:
            mine = self._begun + 1
            self._turn.wait_for(lambda: self._begun == self._ended or self._ended >= mine)
            if self._ended >= mine:
                return self._answer()
            self._begun = mine
        outcome: dict[str, list[int]] | OSError
        try:
            outcome = self._scan()
        except OSError as error:
            outcome = error
        with self._turn:
            self._outcome, self._ended = outcome, mine
            self._turn.notify_all()
            return self._answer()

    def _answer(self) -> dict[str, list[int]]:
        if isinstance(self._outcome, OSError):
            raise self._outcome
        return self._outcome

    def _scan(self) -> dict[str, list[int]]:
        known: dict[tuple[int, int], tuple[str, ...]] = {}
        found: dict[str, list[int]] = {}
        with os.scandir("/proc") as entries:
            for entry in entries:
                if not entry.name.isdigit():
                    continue
                process = int(entry.name), entry.inode()
                containers = self._known.get(process) or _containers_of(entry.path)
                if containers:
                    known[process] = containers
                for container_id in containers:
                    found.setdefault(container_id, []).append(process[0])
        self._known = known
        return found


def _containers_of(folder: str) -> tuple[str, ...]:
    """The containers that a process is in: more than one where a container runs others."""
    try:
        with open(f"{folder}/cgroup", "rb") as file:
            return tuple({one.decode() for one in _CONTAINER_ID.findall(file.read(_MOST_BYTES))})
    except OSError:
        return ()  # it ended while we looked


_looks = _Looks()


def of_containers(container_ids: list[str]) -> list[int]:
    """The processes of containers, by number: those that are there when this is called, and live on."""
    found = _looks.fresh()
    return sorted({pid for container_id in container_ids for pid in found.get(container_id, ())})
