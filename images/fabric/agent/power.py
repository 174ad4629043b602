"""Nodes without power: at one stroke, or in good order, once they have ended as they were asked to."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import time

import netlink
import node_processes
import wires
from clock import now_ns
from errors import AgentError
from registry import operation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shapes import CrashTime, PoweredNode, ShutDown


# First processes that were asked to end, or killed.
_asked: set[int] = set()


def was_asked(pid: int) -> bool:
    """Whether a node's first process was asked here to end, or killed."""
    return pid in _asked


@operation("crash")
def crash(ports: list[str], pids: list[int]) -> CrashTime:
    """Cuts the ports and kills the containers' first processes, and with them all others, at one stroke.

    Frames are dropped first: a dying process must not say goodbye (a FIN, an RST, a priority 0 advert),
    as it would not on a machine that lost its power. Taking the carrier comes last, for it can take
    the kernel milliseconds.
    """
    _asked.update(pids)
    present = wires.existing(ports)
    with node_processes.held(pids) as folders:
        before = now_ns()
        netlink.set_forwarding(present, False)
        after = now_ns()
        node_processes.send(folders, signal.SIGKILL)
        killed = now_ns()
    power_off(ports)
    return {"before_ns": before, "after_ns": after, "killed_ns": killed}


@operation("shut_down")
def shut_down(nodes: list[PoweredNode], timeout_s: float) -> ShutDown:
    """Sends SIGTERM to the first process (`pid`) of each node and waits up to `timeout_s` until they have ended.

    A node that has ended has its `ports` set down in that moment, as a machine would that is off: whoever else
    holds its network namespace would keep its wires, and the kernel would go on forwarding and answering there.
    Returns the pids that live on.
    """
    _asked.update(node["pid"] for node in nodes)
    # Descriptors of the processes: a number alone may be another's by the time it is used.
    opened = [(node_processes.pidfd(node["pid"]), node) for node in nodes]
    waiting = {descriptor: node for descriptor, node in opened if descriptor is not None}
    gone = [node for node in nodes if node not in waiting.values()]
    try:
        before = now_ns()
        node_processes.send(list(waiting), signal.SIGTERM)
        after = now_ns()
        for node in gone:
            power_off(node["ports"])
        living = _await_ends(waiting, timeout_s)
    finally:
        for descriptor in waiting:
            os.close(descriptor)
    return {"before_ns": before, "after_ns": after, "living": living}


def _await_ends(nodes: dict[int, PoweredNode], timeout_s: float) -> list[int]:
    """Takes the power of each node, by the descriptor of its first process, when that has ended."""
    poll = select.poll()
    for descriptor in nodes:
        poll.register(descriptor, select.POLLIN)
    left = set(nodes)
    deadline = time.monotonic() + timeout_s
    while left and (rest_s := deadline - time.monotonic()) > 0:
        for descriptor, _ in poll.poll(rest_s * 1000):
            poll.unregister(descriptor)
            left.discard(descriptor)
            power_off(nodes[descriptor]["ports"])
    return [nodes[descriptor]["pid"] for descriptor in left]


def power_off(ports: list[str]) -> None:
    """Sets the ports down that are there."""
    # The ended node's namespace may be gone by now, and its wires with it.
    with contextlib.suppress(AgentError, OSError):
        netlink.set_up(wires.existing(ports), False)
