"""Programs of a node, run inside it. `pid` is the node's first process."""

import subprocess

from clock import now_ns
from errors import AgentError

MAX_OUTPUT_CHARACTERS = 1 << 20
# Every namespace of a node: its files, its names, its shared memory and sockets, its processes.
_ENTER = ("nsenter", "-m", "-u", "-i", "-n", "-p", "-t")


def run(pid: int, argv: list[str], timeout_s: float) -> dict:
    """Waits until the program has ended; `before_ns` and `after_ns` are around its life."""
    before = now_ns()
    try:
        done = subprocess.run(
            [*_ENTER, str(pid), "--", *argv],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=timeout_s,
            check=False,
            encoding="utf-8",
            errors="replace",
        )
    except subprocess.TimeoutExpired:
        raise AgentError(f"'{' '.join(argv)}' did not end within {timeout_s:g} s") from None
    return {
        "before_ns": before,
        "after_ns": now_ns(),
        "status": done.returncode,
        "stdout": done.stdout[:MAX_OUTPUT_CHARACTERS],
        "stderr": done.stderr[:MAX_OUTPUT_CHARACTERS],
    }
