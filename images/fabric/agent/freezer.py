"""Nodes that stand still: the engine freezes a container's control group, the kernel says whether it is frozen."""

from __future__ import annotations

import json
import threading

import cgroups
from clock import now_ns
from errors import AgentError
from registry import guard_step, operation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from machine_shapes import NodesPaused


@operation("pause_nodes")
def pause(container_ids: list[str]) -> NodesPaused:
    """Has the engine freeze each container that runs and is not frozen, all at once. Answers those that it froze."""
    wanted = [container_id for container_id in container_ids if _state(container_id) == "running"]
    before = now_ns()
    _each(wanted, "pause")
    return {"before_ns": before, "after_ns": now_ns(), "container_ids": wanted}


@guard_step("unpause_nodes")
@operation("unpause_nodes")
def unpause(container_ids: list[str]) -> list[str]:
    """Has the engine thaw each container that it has frozen. Answers those that were."""
    frozen = [container_id for container_id in container_ids if _state(container_id) == "paused"]
    _each(frozen, "unpause")
    return frozen


@operation("frozen_nodes")
def frozen(container_ids: list[str]) -> list[str]:
    """Those of these containers whose control group is frozen, by the kernel's word."""
    return [container_id for container_id in container_ids if _is_frozen(container_id)]


def _is_frozen(container_id: str) -> bool:
    try:
        group = cgroups.of_container(container_id, "freezer")
        if group.version == 1:
            return group.read("freezer.state") == "FROZEN"
        return group.number("cgroup.events", "frozen") == 1
    except FileNotFoundError:
        return False


def _state(container_id: str) -> str:
    import engine_api

    status, body = engine_api.call("GET", f"/containers/{container_id}/json")
    # One that was removed is neither.
    return str(json.loads(body)["State"]["Status"]) if status == 200 else "gone"


def _each(container_ids: list[str], act: str) -> None:
    failed: list[str] = []

    def ask(container_id: str) -> None:
        import engine_api

        try:
            status, body = engine_api.call("POST", f"/containers/{container_id}/{act}")
        except OSError as error:
            failed.append(str(error))
            return
        if status != 204:
            failed.append(body[:200].decode(errors="replace"))

    threads = [threading.Thread(target=ask, args=(container_id,)) for container_id in container_ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise AgentError(f"the engine does not {act} it: {failed[0]}")
