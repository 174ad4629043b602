"""Processes that can open no more files: the limit of running processes is set to what they have (prlimit(2)).

Only the soft limit: it can be raised again without a privilege that the fabric does not have.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from functools import partial

import changes
import node_processes
import processes
from clock import now_ns
from errors import AgentError
from registry import operation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from machine_shapes import DescriptorLimit, DescriptorsLimited

_TIMEOUT_S = 10
# Whoever changes the limits of another's process must be that other, or have a privilege.
_AS_ITSELF = (
    "import resource, sys; resource.prlimit(int(sys.argv[1]), resource.RLIMIT_NOFILE, tuple(map(int, sys.argv[2:])))"
)


@operation("exhaust_descriptors")
def exhaust(key: str, container_id: str, name: str, left: int) -> DescriptorsLimited:
    """Every process of that name may have `left` descriptors more than it has now, and no further ones.

    A descriptor's number must be below the limit: where a process has freed some in between, that many are left too.
    """
    wanted = [one["pid"] for one in processes.named(container_id, name)]
    if not wanted:
        raise AgentError(f"no process named '{name}' runs there")
    limited: list[DescriptorLimit] = []
    before = now_ns()
    for pid in wanted:
        with node_processes.opened(pid, container_id) as folder:
            started = node_processes.start_ticks(folder)
            open_now = _count(folder)
            soft, _ = _limits(folder)
            changes.note(key, partial(_put_back, container_id, pid, started, soft))
            _set(folder, pid, open_now + left)
        limited.append({"pid": pid, "start_ticks": started, "open": open_now, "limit": open_now + left})
    return {"before_ns": before, "after_ns": now_ns(), "processes": limited}


@operation("descriptor_limits")
def limits(container_id: str, name: str) -> list[DescriptorLimit]:
    """By the kernel's word, of every process of that name."""
    found: list[DescriptorLimit] = []
    for one in processes.named(container_id, name):
        try:
            with node_processes.opened(one["pid"], container_id) as folder:
                soft, open_now = _limits(folder)[0], _count(folder)
        except (AgentError, OSError):
            continue  # it ended while we looked
        found.append({"pid": one["pid"], "start_ticks": one["start_ticks"], "open": open_now, "limit": soft})
    return found


def _count(folder: int) -> int:
    descriptors = os.open("fd", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=folder)
    try:
        return len(os.listdir(descriptors))
    finally:
        os.close(descriptors)


def _limits(folder: int) -> tuple[int, int]:
    """Soft and hard (proc(5), /proc/PID/limits); -1 where there is none."""
    for line in node_processes.read_text(folder, "limits").splitlines():
        if line.startswith("Max open files"):
            soft, hard = line.split()[3:5]
            return (-1 if soft == "unlimited" else int(soft)), (-1 if hard == "unlimited" else int(hard))
    raise AgentError("the kernel does not say how many files the process may open")


def _set(folder: int, pid: int, soft: int) -> None:
    wanted = soft, _limits(folder)[1]
    try:
        resource.prlimit(pid, resource.RLIMIT_NOFILE, wanted)
    except PermissionError:
        _set_as_itself(folder, pid, wanted)
    except ProcessLookupError:
        return
    except ValueError as error:
        raise AgentError(f"the kernel does not take {soft} as the limit of process {pid}: {error}") from error


def _set_as_itself(folder: int, pid: int, wanted: tuple[int, int]) -> None:
    fields = dict(line.split(":", 1) for line in node_processes.read_text(folder, "status").splitlines() if ":" in line)
    user, group = (int(fields[name].split()[0]) for name in ("Uid", "Gid"))
    done = subprocess.run(
        [sys.executable, "-S", "-E", "-c", _AS_ITSELF, str(pid), *map(str, wanted)],
        user=user, group=group, extra_groups=[], capture_output=True, text=True, timeout=_TIMEOUT_S, check=False,
    )  # fmt: skip
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise AgentError(f"the limit of process {pid} cannot be set: {said[-1] if said else done.returncode}")


def _put_back(container_id: str, pid: int, started: int, soft: int) -> None:
    try:
        with node_processes.opened(pid, container_id) as folder:
            if node_processes.start_ticks(folder) == started:
                _set(folder, pid, soft)
    except (AgentError, OSError):
        return  # it has ended, and its limit with it
