"""Removes a lab through the engine's own API when nobody owns it any more."""

from __future__ import annotations

import http.client
import sys
import time

import engine_api

# A creation that the dead harness had asked for may still be under way in the engine: look again
# until nothing new has turned up for this long.
QUIET_S = 2.0
PAUSE_S = 0.2
# Between two attempts while the engine is away or refuses.
LONGEST_PAUSE_S = 5.0
_FAILURES = (OSError, http.client.HTTPException, ValueError)


def reap(label: str) -> None:
    """
    Removes every container that carries `label`, this one last. An engine that is away, or answers with errors, is
    asked again until it does it, however long that takes: giving up would leave the nodes without an owner. Ends with
    this process, which goes with its container.
    """
    quiet_since = time.monotonic()
    pause_s = PAUSE_S
    said = ""
    while time.monotonic() - quiet_since < QUIET_S:
        try:
            if _remove_others(label):
                quiet_since = time.monotonic()
            pause_s = PAUSE_S
        except _FAILURES as error:
            # An engine that does not answer has not said that nothing is left.
            quiet_since = time.monotonic()
            pause_s = min(pause_s * 1.5, LONGEST_PAUSE_S)
            said = _say_once(said, str(error))
        time.sleep(pause_s)
    _remove_own(said)


def _remove_others(label: str) -> bool:
    """Whether there was something to remove. Raises when some of it stays, after an attempt at each."""
    others = [found for found in engine_api.labelled(label) if not _is_own(found)]
    failed = ""
    for container_id in others:
        try:
            engine_api.remove(container_id)
        except _FAILURES as error:
            failed = str(error)
    if failed:
        raise OSError(failed)
    return bool(others)


def _remove_own(said: str) -> None:
    if not engine_api.OWN_ID:
        return
    while True:
        try:
            if engine_api.remove(engine_api.OWN_ID) == 404:
                return
        except _FAILURES as error:
            said = _say_once(said, str(error))
        time.sleep(1)


def _is_own(container_id: str) -> bool:
    return bool(engine_api.OWN_ID) and container_id.startswith(engine_api.OWN_ID)


def _say_once(said: str, words: str) -> str:
    if words != said:
        print(f"reaper: {words}", file=sys.stderr, flush=True)
    return words
