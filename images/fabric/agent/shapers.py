"""Slows or holds back what passes a wire, by a queueing discipline (tc(8)) at the fabric's end of it.

What goes to the node leaves by the port, where it meets the port's own discipline. What comes from the node is sent
through a device of type ifb on its way in, and meets the discipline of that one. Everything is found again by its name
or handle, which follow from the key: nothing has to be remembered.
"""

from __future__ import annotations

import json
import subprocess

import wires
from clock import now_ns
from errors import AgentError
from registry import guard_step, operation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shapes import ChangeTime, Discipline, TcDiscipline

TC_TIMEOUT_S = 10
# All frames.
_EVERYTHING = ["protocol", "all", "prio", "1", "u32", "match", "u32", "0", "0"]


@operation("add_shaper")
def add(key: str, port: str, direction: str, qdisc: list[str]) -> ChangeTime:
    """Has the frames `from`, `to` or `both` ways of a port's node pass a queueing discipline, from now on: `qdisc` as
    tc(8) writes it. One way after the other, within milliseconds."""
    if not wires.existing([port]):
        raise AgentError(f"there is no wire at port {port} now: its node does not run")
    shaped = ["root", "handle", f"{_handle(key)}:", *qdisc]
    try:
        if direction != "to":
            _run("ip", "link", "add", "name", _side(key), "type", "ifb")
            _run("ip", "link", "set", "dev", _side(key), "addrgenmode", "none", "up")
            _run("tc", "qdisc", "add", "dev", _side(key), *shaped)
        before = now_ns()
        if direction != "to":
            _run("tc", "qdisc", "add", "dev", port, "ingress")
            aside = ["action", "mirred", "egress", "redirect", "dev", _side(key)]
            _run("tc", "filter", "add", "dev", port, "parent", "ffff:", *_EVERYTHING, *aside)
        if direction != "from":
            _run("tc", "qdisc", "add", "dev", port, *shaped)
        return {"before_ns": before, "after_ns": now_ns()}
    except AgentError as error:
        remove(key, port)
        raise AgentError(f"the wire cannot be shaped by {qdisc[0]}: {_meaning(str(error), qdisc[0])}") from error


@guard_step("remove_shaper")
@operation("remove_shaper")
def remove(key: str, port: str) -> None:
    """Harmless when it is not there. What waits in a queue is lost."""
    if wires.existing([port]):
        if any(one["device"] == port for one in state(key, port)):
            _run("tc", "qdisc", "del", "dev", port, "root")
        if wires.existing([_side(key)]) and _takes_in(port):
            _run("tc", "qdisc", "del", "dev", port, "ingress")
    if wires.existing([_side(key)]):
        _run("ip", "link", "del", "dev", _side(key))


@operation("shaper_state")
def state(key: str, port: str) -> list[Discipline]:
    """The disciplines that the kernel has under this key, one for each direction, and what each has counted."""
    found: list[Discipline] = []
    for device in wires.existing([port, _side(key)]):
        said: list[TcDiscipline] = json.loads(_run("tc", "-s", "-json", "qdisc", "show", "dev", device) or "[]")
        found += [
            {
                "device": device,
                "kind": one["kind"],
                "packets": one["packets"],
                "dropped": one["drops"],
                "waiting": one["qlen"],
                "over_limit": one["overlimits"],
            }
            for one in said
            if one["handle"] == f"{_handle(key)}:"
        ]
    return found


def _takes_in(port: str) -> bool:
    said: list[TcDiscipline] = json.loads(_run("tc", "-s", "-json", "qdisc", "show", "dev", port) or "[]")
    return any(one["kind"] == "ingress" for one in said)


def _side(key: str) -> str:
    return f"side{key.replace('-', '')[:10]}"


def _handle(key: str) -> str:
    """From 1 to 7fff: the kernel itself gives numbers from 8000 on."""
    return f"{int(key[:4], 16) % 0x7FFF + 1:x}"


def _meaning(said: str, kind: str) -> str:
    if "kind is unknown" in said:
        return f"the kernel has no {kind}; load sch_{kind} on the engine's machine"
    if "Exclusivity" in said or "File exists" in said:
        return "it is shaped already"
    return said


def _run(*argv: str) -> str:
    done = subprocess.run(argv, capture_output=True, text=True, timeout=TC_TIMEOUT_S, check=False)
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise AgentError(said[0] if said else f"{argv[0]} ended with {done.returncode}")
    return done.stdout
