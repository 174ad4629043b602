"""Nodes without a free port for what they begin: all are reserved (ip-sysctl, ip_local_reserved_ports)."""

from __future__ import annotations

import contextlib
from functools import partial

import changes
import machine_proc
from clock import now_ns
from errors import AgentError
from registry import operation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shapes import ChangeTime

_RANGE, _RESERVED = "ipv4/ip_local_port_range", "ipv4/ip_local_reserved_ports"


@operation("reserve_ports")
def reserve(key: str, pid: int, left: int) -> ChangeTime:
    """Of the ports that the kernel gives to programs that name none, all but `left` are reserved from now on."""
    before_text = machine_proc.read(pid, _RESERVED)
    first, last = map(int, machine_proc.read(pid, _RANGE).split())
    wanted = f"{first}-{max(first, last - left)}"
    changes.note(key, partial(_put_back, pid, before_text))
    before = now_ns()
    machine_proc.write(pid, _RESERVED, f"{before_text},{wanted}" if before_text else wanted)
    return {"before_ns": before, "after_ns": now_ns()}


def _put_back(pid: int, text: str) -> None:
    # The setting of a node that has ended is gone with its namespace.
    with contextlib.suppress(AgentError):
        machine_proc.write(pid, _RESERVED, text)


@operation("free_ports")
def free(pid: int) -> int:
    """How many ports the kernel may take one of, by its own word."""
    first, last = map(int, machine_proc.read(pid, _RANGE).split())
    reserved: set[int] = set()
    for part in filter(None, machine_proc.read(pid, _RESERVED).split(",")):
        low, _, high = part.partition("-")
        reserved.update(range(max(first, int(low)), min(last, int(high or low)) + 1))
    return last - first + 1 - len(reserved)
