"""What faults have changed in nodes, and how it is put back: by the key of the fault.

How to put something back is noted before it is changed, so that whatever ends a change half-way leaves nothing. What
is undone stays so: a change that was still under way when its harness died is taken back as soon as it is noted.
"""

from __future__ import annotations

import threading

from errors import AgentError
from registry import guard_step, operation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_lock = threading.Lock()
_undoing: dict[str, list[Callable[[], None]]] = {}
_undone: set[str] = set()


def note(key: str, undo: Callable[[], None]) -> None:
    """To be called before a change is made. `undo` is harmless when it was not made, and when the node has ended."""
    with _lock:
        if key in _undone:
            raise AgentError("it was healed before it was broken")
        _undoing.setdefault(key, []).append(undo)


@guard_step("undo_change")
@operation("undo_change")
def undo(key: str) -> None:
    """Puts back everything that was changed under a key, the last first. What fails is kept for another try."""
    with _lock:
        _undone.add(key)
        left = _undoing.pop(key, [])
    failed: list[Callable[[], None]] = []
    words = ""
    for step in reversed(left):
        try:
            step()
        except Exception as error:  # noqa: BLE001 - the other steps must still be done
            failed.insert(0, step)
            words = words or str(error)
    if failed:
        with _lock:
            _undoing[key] = failed
        raise AgentError(words)
