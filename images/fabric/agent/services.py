"""Services of a node, which its own supervisor (runit) starts. `pid` is the node's first process."""

import os
import subprocess
import time

START_TIMEOUT_S = 20
HOLD_TIMEOUT_S = 0.2
HOLD_POLL_S = 0.0005
FOLDERS = ("run/service", "etc/service", "service")
# As the node's boot does: with the file `down` a service is started once, else whenever it ends (runsv(8)).
_START = 'if [ -e "/etc/service/$1/down" ]; then how=once; else how=up; fi; exec sv "$how" "$1"'


def start(pid: int, name: str) -> bool:
    """Has a service started; harmless when it runs. Returns whether the supervisor took the order (sv(8))."""
    command = ["nsenter", "-t", str(pid), "-m", "-p", "--", "sh", "-c", _START, "sh", name]
    quiet = subprocess.DEVNULL
    done = subprocess.run(command, stdout=quiet, stderr=quiet, timeout=START_TIMEOUT_S, check=False)
    return done.returncode == 0


def known(pid: int, name: str) -> bool:
    """Whether the node's supervisor has such a service: one that runs, or would if it were told to."""
    return any(_state(f"/proc/{pid}/root/{folder}/{name}/supervise") is not None for folder in FOLDERS)


def hold(pid: int, name: str) -> bool:
    """Keeps the supervisor from starting a service again when it ends, and leaves the service itself alone.

    That is what "once" means to a service that runs. It is told by the supervisor's own pipe: a command that
    would have to be started first would delay whatever is to happen to the service. Returns whether it was told.
    """
    for folder in FOLDERS:
        supervise = f"/proc/{pid}/root/{folder}/{name}/supervise"
        if _state(supervise) != "run":
            continue
        try:
            pipe = os.open(f"{supervise}/control", os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError:
            continue
        with open(pipe, "wb") as control:
            control.write(b"o")
        deadline = time.monotonic() + HOLD_TIMEOUT_S
        while _state(supervise) == "run" and time.monotonic() < deadline:
            time.sleep(HOLD_POLL_S)
        return True
    return False


def _state(supervise: str) -> str | None:
    """What the supervisor says of a service: `run`, `run, want down`, `down`, ...; None where there is no such one."""
    try:
        with open(f"{supervise}/stat") as file:
            return file.read().strip()
    except OSError:
        return None
