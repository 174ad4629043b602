"""BMCs that answer, and refuse to switch their machines: the hosts of those, by the keys of the faults."""

from __future__ import annotations

import changes
from clock import now_ns
from registry import operation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shapes import ChangeTime

_refusing: dict[str, str] = {}


@operation("refuse_power")
def refuse(key: str, host: str) -> ChangeTime:
    """The BMC of this host refuses every reset from now on, and says what it always says of its state."""
    changes.note(key, lambda: _allow(key))
    before = now_ns()
    _refusing[key] = host
    return {"before_ns": before, "after_ns": now_ns()}


def _allow(key: str) -> None:
    _refusing.pop(key, None)


@operation("power_refused")
def refuses(host: str) -> bool:
    return host in _refusing.values()
