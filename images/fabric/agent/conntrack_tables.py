"""Nodes whose connection table is full.

How many entries a table may have is the machine's setting: a namespace other than the machine's cannot change it. So
the node's own table is filled with entries.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from functools import partial

import changes
import machine_proc
import namespaces
from clock import now_ns
from errors import AgentError
from registry import operation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from machine_shapes import TableUse
    from shapes import ChangeTime

_PROGRAM = os.path.join(os.path.dirname(os.path.abspath(__file__)), "conntrack_filler.py")
_TIMEOUT_S = 60
# A larger table would take the machine's memory and time: 320 bytes an entry, for all namespaces in one hash.
MOST_ENTRIES = 1 << 20
# Made last of all, with the clock read around them.
_LAST = 500
# More than are missing: those that go meanwhile.
_MORE = 200


@operation("fill_conntrack")
def fill(key: str, pid: int) -> ChangeTime:
    """Fills the connection table of a node's network; the moment is that of the last entries."""
    now = use(pid)
    missing = now["most"] - now["entries"]
    if missing > MOST_ENTRIES:
        raise AgentError(f"the connection table has room for {missing} entries more, too many to fill it")
    changes.note(key, partial(_empty, pid))
    first = max(0, missing - _LAST)
    _run(pid, "fill", "0", str(first))
    before = now_ns()
    _run(pid, "fill", str(first), str(missing - first + _MORE))
    after = now_ns()
    _keep_full(key, pid, missing + _MORE)
    return {"before_ns": before, "after_ns": after}


def _keep_full(key: str, pid: int, first: int) -> None:
    """Flows that end make room, and the kernel makes some for new ones: both is taken up until the fault is undone."""
    with namespaces.network_namespace(pid) as namespace:
        argv = namespaces.enter_command(namespace, [sys.executable, "-S", "-E", _PROGRAM, "keep", str(first)])
        child = subprocess.Popen(argv, pass_fds=[namespace], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    try:
        changes.note(key, partial(_end, child))
    except BaseException:
        _end(child)
        raise


def _end(child: subprocess.Popen[bytes]) -> None:
    child.kill()
    child.wait()


@operation("conntrack_use")
def use(pid: int) -> TableUse:
    """How many entries the table of a node's network has, and may have, by the kernel's word."""
    try:
        entries, most = (int(machine_proc.read(pid, f"netfilter/nf_conntrack_{name}")) for name in ("count", "max"))
    except FileNotFoundError as error:
        raise AgentError("the kernel has no connection table (nf_conntrack)") from error
    return {"entries": entries, "most": most}


def _empty(pid: int) -> None:
    # The table of a node that has ended goes with its namespace.
    with contextlib.suppress(AgentError), namespaces.network_namespace(pid):
        _run(pid, "empty")


def _run(pid: int, *words: str) -> None:
    with namespaces.network_namespace(pid) as namespace:
        argv = namespaces.enter_command(namespace, [sys.executable, "-S", "-E", _PROGRAM, *words])
        done = subprocess.run(
            argv, pass_fds=[namespace], capture_output=True, text=True, timeout=_TIMEOUT_S, check=False
        )
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise AgentError(f"the connection table cannot be filled or emptied: {said[-1] if said else done.returncode}")
