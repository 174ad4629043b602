"""All that the harness can ask of the fabric: what is imported here puts its operations into the registry.

What is here concerns the lab as a whole, or belongs to a module that is loaded only when it is needed: a lab is to
start quickly.
"""

from __future__ import annotations

import gc
import os
import sys
import threading

import address_changes
import addresses
import captures  # noqa: F401
import changes  # noqa: F401
import clock
import conntrack
import conntrack_tables  # noqa: F401
import cuts  # noqa: F401
import daemons  # noqa: F401
import descriptors  # noqa: F401
import filters  # noqa: F401
import flaps  # noqa: F401
import freezer  # noqa: F401
import host_pressure
import kill_loops  # noqa: F401
import limited_folders  # noqa: F401
import machines
import node_files  # noqa: F401
import node_looks  # noqa: F401
import node_processes  # noqa: F401
import out_of_memory  # noqa: F401
import port_ranges  # noqa: F401
import power  # noqa: F401
import power_refusals  # noqa: F401
import probe_runner  # noqa: F401
import processes  # noqa: F401
import processor_limits  # noqa: F401
import records  # noqa: F401
import services  # noqa: F401
import shapers  # noqa: F401
import stand_ins  # noqa: F401
import strangers  # noqa: F401
import wires  # noqa: F401
import wrong_files  # noqa: F401
from registry import operation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from machine_shapes import Hello
    from power_shapes import Bmc
    from shapes import CommandDone, Dump, HeardAdvert, Keepalived, Listener, RouterAdvert, RouterListener

# Set when the lab may outlive the harness that built it.
released = threading.Event()


@operation("hello")
def hello() -> Hello:
    return {"epoch_ns": str(clock.EPOCH_NS), "now_ns": clock.now_ns(), "kernel": os.uname().release}


@operation("release")
def release() -> None:
    """The lab may outlive the harness that built it."""
    released.set()


@operation("forget")
def forget(before_ns: int) -> None:
    """What was over before this moment is not asked for any more: a lab may live for thousands of trials."""
    for noted in (addresses, conntrack, host_pressure, machines):
        noted.forget(before_ns)
    address_changes.forget_mended()


@operation("held_blocks")
def held_blocks() -> int:
    """Blocks of memory that the agent's objects hold. What is resident also grows by how the heap is cut up."""
    gc.collect()
    return sys.getallocatedblocks()


@operation("try_abilities")
def try_abilities(script: str) -> str:
    """What a script of the harness prints that tries the kernel, each time in a network namespace of its own."""
    import subprocess

    return subprocess.run(["sh", "-c", script], capture_output=True, text=True, timeout=30, check=False).stdout


@operation("engine_trouble")
def engine_trouble() -> str | None:
    """Why the engine cannot be asked from here; None when it answers."""
    import engine_api

    return engine_api.trouble()


@operation("run_in_node")
def run_in_node(container_id: str, argv: list[str], timeout_s: float, most_mib: int = 1) -> CommandDone:
    import node_commands

    return node_commands.run(container_id, argv, timeout_s, most_mib << 20)


@operation("next_advert")
def next_advert(vrid: int, timeout_s: float, port: str | None = None, family: int = 4) -> int | None:
    import adverts

    return adverts.next_advert(vrid, timeout_s, port, family)


@operation("hear_adverts")
def hear_adverts(
    listeners: list[Listener], vrid: int, address: str, awaited: list[str], timeout_s: float, family: int | None = None
) -> list[HeardAdvert]:
    import heard_adverts

    return heard_adverts.hear(listeners, vrid, address, awaited, timeout_s, family)


@operation("hear_router_adverts")
def hear_router_adverts(listeners: list[RouterListener], timeout_s: float) -> list[RouterAdvert]:
    import router_adverts

    return router_adverts.hear(listeners, timeout_s)


@operation("running_keepalived")
def running_keepalived(container_id: str) -> list[Keepalived]:
    import keepalived

    return keepalived.running(container_id)


@operation("dump_keepalived")
def dump_keepalived(container_id: str, pid: int, path: str | None, timeout_s: float) -> Dump:
    import keepalived

    return keepalived.dump(container_id, pid, path, timeout_s)


@operation("create_bmcs")
def create_bmcs(bmcs: list[Bmc]) -> None:
    """What switches the power of these hosts over the lab's own network."""
    import bmc

    bmc.create(bmcs)
