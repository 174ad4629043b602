"""Mends what a harness broke in a lab that outlives it, when that harness is gone before it could.

A harness says how to mend before it breaks anything, and takes that back once it has mended it itself. What is
left when its connection ends is done here, the last first.
"""

import subprocess
import sys

import cuts
import wires


def _start(container_id: str) -> int:
    # Loaded when it is needed: it speaks HTTP, and a lab is to start quickly.
    import engine_api

    return engine_api.start(container_id)


def _restart_node(container_id: str, ports: list) -> None:
    pid = _start(container_id)
    wires.plug(pid, ports)
    wires.raise_links(pid, [port["interface"] for port in ports])


def _start_service(container_id: str, name: str) -> None:
    pid = str(_start(container_id))
    subprocess.run(["nsenter", "-t", pid, "-m", "-p", "--", "sv", "once", name], timeout=20, check=True)


_STEPS = {"restart_node": _restart_node, "start_service": _start_service, "heal_wire": cuts.heal}


class Guards:
    """What one connection has promised to mend."""

    def __init__(self) -> None:
        self._armed: dict[str, list] = {}

    def arm(self, key: str, steps: list) -> None:
        self._armed[key] = steps

    def disarm(self, key: str) -> None:
        self._armed.pop(key, None)

    def mend(self) -> None:
        for key, steps in reversed(self._armed.items()):
            print(f"the harness is gone: mending '{key}'", file=sys.stderr, flush=True)
            for step in steps:
                try:
                    _STEPS[step["step"]](**step["args"])
                except Exception as error:  # noqa: BLE001 - the other steps must still be done
                    print(f"mending '{key}': {error}", file=sys.stderr, flush=True)
        self._armed.clear()
