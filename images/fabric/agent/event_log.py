"""What has happened, in order, for as long as it may be asked for: bounded, and it says when something is missing."""

from __future__ import annotations

import collections
import threading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Generic, TypeVar

    Event = TypeVar("Event")
else:
    # Without `typing`, which takes its time to load: a lab is to start quickly.
    Generic, Event = {None: object}, None

# A trial has tens of them. What has a thousand times as many is out of order, and no reason to use up the memory.
MOST_EVENTS = 20_000


class EventLog(Generic[Event]):
    """`end_of` gives the moment at which an event was over, in ns. Events come in the order in which they began."""

    def __init__(self, end_of: Callable[[Event], float], most: int = MOST_EVENTS) -> None:
        self._end_of = end_of
        self._most = most
        self._events: collections.deque[Event] = collections.deque()
        self._lock = threading.Lock()
        # The moment up to which events are missing because there were too many; None while none is.
        self.dropped_until_ns: float | None = None

    def append(self, event: Event) -> None:
        with self._lock:
            self._events.append(event)
            if len(self._events) > self._most:
                self.dropped_until_ns = self._end_of(self._events.popleft())

    def forget(self, before_ns: int) -> None:
        """What was over before this moment is not asked for any more."""
        with self._lock:
            while self._events and self._end_of(self._events[0]) < before_ns:
                self._events.popleft()

    def since(self, since_ns: int) -> list[Event]:
        """What was not over before this moment."""
        with self._lock:
            return [event for event in self._events if self._end_of(event) >= since_ns]
