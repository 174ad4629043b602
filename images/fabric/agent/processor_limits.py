"""Nodes that get too little of the processor: a quota on their control group, and a program that uses it up.

A quota alone starves nobody that needs less than that. So a loop of the node's own shell, with the lowest priority
there is, uses what the node's daemons leave: they run at once while the quota lasts, and not at all until the next
period.
"""

from __future__ import annotations

import contextlib
import os
from functools import partial

import cgroups
import changes
import processes
from clock import now_ns
from registry import operation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from machine_shapes import ProcessorLimit
    from shapes import ChangeTime

_LOOP = ["sh", "-c", "while :; do :; done"]
_LOWEST = 19


@operation("starve_nodes")
def starve(key: str, container_ids: list[str], quota_us: int, period_us: int) -> ChangeTime:
    """Each container gets `quota_us` of processor time in each period from now on, and uses it up."""
    groups = [cgroups.of_container(container_id, "cpu") for container_id in container_ids]
    # Before the limit: the engine would take seconds to start it under it.
    for container_id in container_ids:
        _keep_busy(key, container_id)
    for group in groups:
        changes.note(key, partial(_put_back, group, _limit(group)))
    before = now_ns()
    for group in groups:
        _set(group, quota_us, period_us)
    return {"before_ns": before, "after_ns": now_ns()}


@operation("processor_limits")
def limits(container_ids: list[str]) -> list[ProcessorLimit]:
    """By the kernel's word: the quota and period of each container, and how often it was held back since it runs."""
    found: list[ProcessorLimit] = []
    for container_id in container_ids:
        group = cgroups.of_container(container_id, "cpu")
        quota, period = _limit(group)
        throttled = group.number("cpu.stat", "nr_throttled")
        found.append({"quota_us": quota, "period_us": period, "throttled": throttled})
    return found


def _keep_busy(key: str, container_id: str) -> None:
    import node_commands

    session = node_commands.start(container_id, _LOOP)
    processes.leave_out(session)
    try:
        changes.note(key, partial(_end, container_id, session))
    except BaseException:
        _end(container_id, session)
        raise
    with contextlib.suppress(ProcessLookupError):
        os.setpriority(os.PRIO_PROCESS, session, _LOWEST)


def _end(container_id: str, session: int) -> None:
    import node_commands

    node_commands.end(container_id, session)
    processes.take_in(session)


def _limit(group: cgroups.Group) -> tuple[int | None, int]:
    """The quota, None where there is no limit, and the period, in microseconds."""
    if group.version == 1:
        quota, period = group.read("cpu.cfs_quota_us"), group.read("cpu.cfs_period_us")
    else:
        quota, period = group.read("cpu.max").split()
    return (None if quota in ("-1", "max") else int(quota)), int(period)


def _set(group: cgroups.Group, quota_us: int | None, period_us: int) -> None:
    if group.version == 2:
        group.write("cpu.max", f"{'max' if quota_us is None else quota_us} {period_us}")
        return
    # No limit in between: the kernel refuses a quota that does not go with the period.
    group.write("cpu.cfs_quota_us", -1)
    group.write("cpu.cfs_period_us", period_us)
    if quota_us is not None:
        group.write("cpu.cfs_quota_us", quota_us)


def _put_back(group: cgroups.Group, limit: tuple[int | None, int]) -> None:
    # The group goes with its container.
    if os.path.isdir(group.folder):
        _set(group, *limit)
