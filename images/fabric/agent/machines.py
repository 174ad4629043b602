"""Machines whose power a BMC switches: off at one stroke, on as a lab starts its nodes.

A machine is a host of the topology: all of its nodes lose their power together. Whoever switches it, a BMC or the
harness, does it under the machine's lock, so that no node is wired twice at once.
"""

from __future__ import annotations

import sys
import threading
import time

import addresses
import cuts
import late_work
import node_processes
import power
import processes
import wires
from clock import now_ns
from errors import AgentError
from event_log import EventLog
from registry import operation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from power_shapes import MachineNode, PowerChange, PowerChanges, PowerEvent

# The engine notices the end of a container some 100 ms after the kernel.
END_TIMEOUT_S = 10
COMMAND_TIMEOUT_S = 60
# Who heals: what it starts is to be whole.
HARNESS = "harness"
_PAUSE_S = 0.02


def _end_of(event: PowerEvent) -> float:
    return event["done_ns"] or event["after_ns"] or sys.maxsize


_events: EventLog[PowerEvent] = EventLog(_end_of)


class _Changes:
    """The first process of each node that was switched, in order: what a harness must know to reach the node."""

    def __init__(self) -> None:
        self._news = threading.Condition()
        self._all: list[PowerChange] = []

    def add(self, node: str, pid: int) -> None:
        with self._news:
            self._all.append({"node": node, "pid": pid})
            self._news.notify_all()

    def after(self, seen: int, timeout_s: float) -> PowerChanges:
        with self._news:
            self._news.wait_for(lambda: len(self._all) > seen, timeout_s)
            return {"seen": len(self._all), "changes": self._all[seen:]}


_changes = _Changes()


class Machine:
    """The nodes of one host."""

    def __init__(self, host: str) -> None:
        self.host = host
        self.lock = threading.RLock()
        self.nodes: dict[str, MachineNode] = {}
        self.late = late_work.LateWork(f"bmc of {host}")

    def is_on(self) -> bool:
        """Whether a process of a node lives."""
        return bool(self._pids())

    def switch_late(self, by: str, off_after_s: float, then_on: bool) -> None:
        """Has it switched off after that time, and returns at once. Whoever asks meanwhile changes nothing."""

        def switch() -> None:
            self.switch_off(by)
            if then_on:
                self.switch_on(by)

        self.late.begin(off_after_s, switch)

    def settle(self) -> None:
        """Returns when it is not being switched, and not to be switched off."""
        self.late.settle()
        with self.lock:
            pass

    def switch_off(self, by: str) -> None:
        """Cuts the ports and kills every process at one stroke; returns when none is left and the engine knows it."""
        event = self._asked("off", by)
        with self.lock:
            pids = self._pids()
            event["changed"] = bool(pids)
            done = power.crash(
                [port["port"] for node in self.nodes.values() for port in node["ports"]], [*pids.values()]
            )
            event["before_ns"], event["after_ns"] = done["before_ns"], done["after_ns"]
            for name in pids:
                _changes.add(name, 0)
            self._await_end(pids)
            event["done_ns"] = now_ns()

    def switch_on(self, by: str) -> None:
        """Starts every node that does not run, as the lab does: wired with the same MACs before its boot goes on."""
        event = self._asked("on", by)
        with self.lock:
            event["before_ns"] = now_ns()
            for node in self.nodes.values():
                if _start(node, cut_again=by != HARNESS):
                    event["changed"] = True
            event["after_ns"] = event["done_ns"] = now_ns()

    def _asked(self, act: str, by: str) -> PowerEvent:
        """Noted before anything is done: the engine's word of it may reach the harness first."""
        at = now_ns()
        nodes = list(self.nodes)
        event: PowerEvent = {
            "host": self.host,
            "nodes": nodes,
            "act": act,
            "by": by,
            "asked_ns": at,
            "changed": False,
            "before_ns": None,
            "after_ns": None,
            "done_ns": None,
        }
        _events.append(event)
        return event

    def _pids(self) -> dict[str, int]:
        """The first processes of the nodes that live."""
        import engine_api

        found = {name: engine_api.first_process(node["container_id"]) for name, node in self.nodes.items()}
        return {name: pid for name, pid in found.items() if pid and processes.alive([pid])}

    def _await_end(self, pids: dict[str, int]) -> None:
        import engine_api

        deadline = time.monotonic() + END_TIMEOUT_S
        for name, pid in pids.items():
            while engine_api.first_process(self.nodes[name]["container_id"]) == pid:
                if time.monotonic() > deadline:
                    raise AgentError(f"node '{name}' does not end")
                time.sleep(_PAUSE_S)


def _start(node: MachineNode, cut_again: bool) -> bool:
    """Whether it was started: false for a node that runs and is wired."""
    import engine_api

    container_id, ports = node["container_id"], node["ports"]
    before = engine_api.first_process(container_id)
    # One that has just died is not started before the engine has noticed.
    deadline = time.monotonic() + END_TIMEOUT_S
    while before and not processes.alive([before]) and time.monotonic() < deadline:
        time.sleep(_PAUSE_S)
        before = engine_api.first_process(container_id)
    pid = engine_api.start(container_id)
    node_processes.adopt(container_id, pid)
    states = wires.port_states([port["port"] for port in ports])
    whole = all(state == "forwarding" for state in states.values())
    # Wiring it once more would take the wires from under its daemons.
    if before == pid and whole:
        return False
    wires.plug(pid, ports)
    if cut_again:
        for port in ports:
            cuts.cut_again(port["port"])
    if node["watched"]:
        addresses.watch(node["node"], pid)
    wires.raise_links(pid, [port["interface"] for port in ports])
    _changes.add(node["node"], pid)
    _configure(node)
    return True


def _configure(node: MachineNode) -> None:
    import node_commands

    for argv in node["commands"]:
        status = node_commands.run(node["container_id"], argv, COMMAND_TIMEOUT_S)["status"]
        if status != 0:
            raise AgentError(f"node '{node['node']}': '{' '.join(argv)}' ended with {status}")


_machines: dict[str, Machine] = {}


def machine(host: str) -> Machine:
    return _machines.setdefault(host, Machine(host))


def of_container(container_id: str) -> Machine | None:
    """The machine that has this node, if a BMC switches it."""
    found: Iterator[Machine] = (
        one
        for one in list(_machines.values())
        if any(node["container_id"] == container_id for node in one.nodes.values())
    )
    return next(found, None)


@operation("enrol_node")
def enrol_node(host: str, node: MachineNode) -> None:
    """The node is part of the machine that the BMC of this host switches."""
    machine(host).nodes[node["node"]] = node


@operation("power_on")
def power_on(host: str, by: str) -> None:
    """Starts what of a machine does not run; waits for what its BMC does at this moment."""
    machine(host).switch_on(by)


@operation("power_changes")
def power_changes(seen: int, timeout_s: float) -> PowerChanges:
    """Which nodes were switched after the first `seen` changes; waits up to `timeout_s` until there is one."""
    return _changes.after(seen, timeout_s)


@operation("settle_power")
def settle_power() -> None:
    """Returns when no machine is being switched, or is to be switched off after a delay."""
    for one in list(_machines.values()):
        one.settle()


@operation("power_events")
def power_events(since_ns: int) -> list[PowerEvent]:
    """Who had which machine switched, and when, as far as that was not over at this moment."""
    return _events.since(since_ns)


def forget(before_ns: int) -> None:
    _events.forget(before_ns)
