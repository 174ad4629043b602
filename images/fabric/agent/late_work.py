"""Work that is done some time after it was asked for, as a BMC takes the power that shuts its machine down first."""

from __future__ import annotations

import sys
import threading
import time

from errors import AgentError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


class LateWork:
    """One piece of work at a time: what is asked for while another one is due is not done."""

    def __init__(self, who: str) -> None:
        """`who`: for the log, when it fails."""
        self._who = who
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def begin(self, after_s: float, work: Callable[[], None]) -> None:
        """Returns at once."""
        with self._lock:
            if self.is_due():
                return
            self._thread = threading.Thread(target=self._run, args=(after_s, work), daemon=True)
            self._thread.start()

    def is_due(self) -> bool:
        """Whether it is to be done, or being done."""
        return self._thread is not None and self._thread.is_alive()

    def settle(self) -> None:
        """Returns when nothing is due."""
        if (thread := self._thread) is not None:
            thread.join()

    def _run(self, after_s: float, work: Callable[[], None]) -> None:
        time.sleep(after_s)
        try:
            work()
        except (AgentError, OSError) as error:
            print(f"{self._who}: {error}", file=sys.stderr, flush=True)
