"""Cuts a wire and heals it, again and again."""

from __future__ import annotations

import contextlib
import threading

import cuts
from clock import now_ns
from errors import AgentError
from registry import guard_step, operation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shapes import ChangeTime, FlapState

# A carrier takes its time to come back; the round that is under way is finished first.
STOP_TIMEOUT_S = 10


class Flap:
    """A wire that is being cut and healed, until it is told to end."""

    def __init__(self, port: str, key: str, interface: str, pid: int, kind: str) -> None:
        self.end = threading.Event()
        self.thread = threading.Thread(target=lambda: None)
        self.cuts = self.heals = 0
        self._of = (port, key, interface, pid)
        self._kind = kind
        self._losses_before = _carrier_losses(port)

    def cut(self) -> ChangeTime:
        port, key, _, _ = self._of
        done = cuts.cut(port, key, self._kind, "both", 0)
        self.cuts += 1
        return done

    def heal(self) -> None:
        cuts.heal(*self._of, 0)
        self.heals += 1

    def state(self) -> FlapState:
        losses = _carrier_losses(self._of[0]) - self._losses_before
        return {"cuts": self.cuts, "heals": self.heals, "carrier_losses": losses}

    def go_on(self, first_ns: int, period_ms: float, down_ms: float) -> None:
        """On a schedule from the first cut on: what a cut takes makes no period longer."""
        due_ns = first_ns
        while True:
            if self._ends_before(due_ns + int(down_ms * 1e6)):
                return
            # The end heals it once more.
            with contextlib.suppress(AgentError, OSError):
                self.heal()
            due_ns += int(period_ms * 1e6)
            if self._ends_before(due_ns):
                return
            # A node that does not run now has no wire to cut.
            with contextlib.suppress(AgentError, OSError):
                self.cut()

    def _ends_before(self, at_ns: int) -> bool:
        return self.end.wait(max(0, at_ns - now_ns()) / 1e9)


# By key.
_flaps: dict[str, Flap] = {}


@operation("start_flap")
def start(port: str, key: str, interface: str, pid: int, kind: str, period_ms: float, down_ms: float) -> ChangeTime:
    """Cuts the wire of a port for `down_ms` of every `period_ms`, from now on. Returns when frames first stopped."""
    flap = Flap(port, key, interface, pid, kind)
    first = flap.cut()
    flap.thread = threading.Thread(target=flap.go_on, args=(first["after_ns"], period_ms, down_ms), daemon=True)
    _flaps[key] = flap
    flap.thread.start()
    return first


@guard_step("stop_flap")
@operation("stop_flap")
def stop(port: str, key: str, interface: str, pid: int) -> None:
    """Ends it with the wire whole; harmless when it is over."""
    flap = _flaps.get(key)
    if flap:
        flap.end.set()
        flap.thread.join(STOP_TIMEOUT_S)
        if flap.thread.is_alive():
            raise AgentError(f"the wire at port {port} is still being cut and healed")
    cuts.heal(port, key, interface, pid, 0)
    _flaps.pop(key, None)


@operation("flap_state")
def state(key: str) -> FlapState | None:
    """None when it is over."""
    flap = _flaps.get(key)
    return flap.state() if flap else None


def _carrier_losses(port: str) -> int:
    """How often the kernel saw the carrier go; 0 where there is no such port."""
    try:
        with open(f"/sys/class/net/{port}/carrier_down_count") as count:
            return int(count.read())
    except OSError:
        return 0
