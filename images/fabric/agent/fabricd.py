"""The fabric's agent: serves the harness, and removes the lab when the harness is gone.

Standard input is the lifeline. The harness that builds or runs a lab holds it open and asks over it; the
kernel closes it however that harness ends, SIGKILL included. It goes through the engine: where that is killed,
nobody closes it any more, so the end of the engine is noticed as well (engine_watch.py). The operation "release"
sets the lab free to outlive the harness (`hadrill up`); without it, the end of standard input is the end of the lab.
Later harnesses ask over a socket, through relay.py, and may come and go.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sys
import threading

import answering
import engine_watch
import operations
from guards import Guards
from run_folder import RUN_FOLDER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

SOCKET = f"{RUN_FOLDER}/fabric.sock"
# What the harness that holds the lifeline answers with a request of its own, and in which time.
_QUESTION = b'{"id": 0}\n'
ANSWER_S = 5
# Start and attachment are two requests of the harness: where it died between them nobody holds the other end of
# standard input, and nobody will close it. One that lives speaks at once.
FIRST_WORD_S = 15


def _serve(lines: Iterable[bytes], write: Callable[[bytes], None], heard: Callable[[], None]) -> Guards:
    """Answers requests, one a line, in any order, until there are no more; `write` gets whole lines, one at a time."""
    lock = threading.Lock()
    guards = Guards()

    def run(request: bytes) -> None:
        line = answering.answer(request, guards.operations)
        # The harness that asked may be gone.
        with lock, contextlib.suppress(OSError):
            write(line)

    for line in lines:
        heard()
        threading.Thread(target=run, args=(line,), daemon=True).start()
    return guards


def _serve_connection(connection: socket.socket) -> None:
    with connection, connection.makefile("rb") as lines:
        _serve(lines, connection.sendall, lambda: None).heal()


def _listen() -> None:
    os.makedirs(RUN_FOLDER, exist_ok=True)
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    if os.path.exists(SOCKET):
        os.unlink(SOCKET)
    server.bind(SOCKET)
    server.listen(16)
    while True:
        connection, _ = server.accept()
        threading.Thread(target=_serve_connection, args=(connection,), daemon=True).start()


def _write_all(data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(sys.stdout.fileno(), view) :]


class _Lifeline:
    """Whether the harness that holds standard input can still be there."""

    def __init__(self) -> None:
        self._writing = threading.Lock()
        self._removing = threading.Lock()
        self._heard = threading.Event()
        self._spoken = threading.Event()

    def write(self, line: bytes) -> None:
        with self._writing:
            _write_all(line)

    def heard(self) -> None:
        self._heard.set()
        self._spoken.set()

    def await_first_word(self) -> None:
        if not self._spoken.wait(FIRST_WORD_S):
            self.remove_lab("no harness has spoken")

    def watch_engine(self) -> None:
        while engine_watch.wait_for_end() and not operations.released.is_set():
            self._heard.clear()
            # Nobody may be reading any more.
            threading.Thread(target=self.write, args=(_QUESTION,), daemon=True).start()
            if not self._heard.wait(ANSWER_S):
                self.remove_lab("the engine has ended")

    def remove_lab(self, why: str) -> None:
        with self._removing:
            print(f"{why}: removing the lab", file=sys.stderr, flush=True)
            # Loaded when it is needed: it speaks HTTP, and a lab is to start quickly.
            import reaper

            reaper.reap(os.environ["HADRILL_REAP_LABEL"])
            os._exit(0)


def _hold_lifeline(lifeline: _Lifeline) -> None:
    guards = _serve(sys.stdin.buffer, lifeline.write, lifeline.heard)
    if operations.released.is_set():
        guards.heal()
    while operations.released.is_set():
        signal.pause()
    lifeline.remove_lab("the harness is gone")


def main() -> None:
    lifeline = _Lifeline()
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    threading.Thread(target=_listen, daemon=True).start()
    threading.Thread(target=lifeline.watch_engine, daemon=True).start()
    threading.Thread(target=lifeline.await_first_word, daemon=True).start()
    _hold_lifeline(lifeline)


if __name__ == "__main__":
    main()
