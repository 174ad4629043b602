"""Requests of the harness, one a line of JSON: `{"id": N, "op": NAME, "args": {...}}`, and what is answered to each.

Whatever a line says, it is answered, and ends nothing: `{"id": N, "result": ...}`, or `{"id": N, "error": TEXT}` with
an `id` of null where the line has none.
"""

from __future__ import annotations

import json

from errors import AgentError
from registry import OPERATIONS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Operations = Mapping[str, Callable[..., object]]

# Of what is quoted in an error.
_MOST_SHOWN = 80


def answer(line: bytes, own: Operations) -> bytes:
    """Does what a line asks, and gives the line to be answered; `own` are operations that only the connection has on
    which it came."""
    said = _answer(line, own)
    try:
        return json.dumps(said).encode() + b"\n"
    except (TypeError, ValueError, RecursionError) as error:
        identity = said["id"] if isinstance(said["id"], int) else None
        return json.dumps({"id": identity, "error": f"the result cannot be written as JSON: {error}"}).encode() + b"\n"


def _answer(line: bytes, own: Operations) -> dict[str, object]:
    try:
        request = json.loads(line)
    except (ValueError, RecursionError) as error:
        return {"id": None, "error": f"a request is not JSON: {_shown(line)} ({error})"}
    if not isinstance(request, dict):
        return {"id": None, "error": f"a request is not an object: {_shown(line)}"}
    identity, op, args = request.get("id"), request.get("op"), request.get("args", {})
    if not isinstance(op, str):
        return {"id": identity, "error": f"a request lacks 'op', the name of an operation: {_shown(line)}"}
    try:
        operation = own.get(op) or OPERATIONS.get(op)
        if operation is None:
            raise AgentError(f"unknown operation '{op}': no module that operations.py imports has it")
        return {"id": identity, "result": operation(**args)}
    except (AgentError, OSError) as error:
        return {"id": identity, "error": str(error)}
    except Exception as error:  # noqa: BLE001 - a defect here must reach the harness, not end the lab
        return {"id": identity, "error": f"{type(error).__name__} in {op}: {error}"}


def _shown(line: bytes) -> str:
    text = line.decode(errors="replace").strip()
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}..."
