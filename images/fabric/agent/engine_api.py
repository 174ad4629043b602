"""The engine's own API, over the socket that the fabric is given (Docker Engine API, HTTP on a unix socket)."""

from __future__ import annotations

import http.client
import json
import os
import urllib.parse

import engine_socket
from errors import AgentError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket

# This container's id, or its beginning.
OWN_ID = os.environ.get("HOSTNAME", "")
TIMEOUT_S = 60
# 404: it is gone. 409: somebody else is removing it right now.
_REMOVED = (200, 204, 404, 409)


class _EngineConnection(http.client.HTTPConnection):
    # Where the engine answered last.
    answered_at = engine_socket.MOUNTED

    def __init__(self, path: str) -> None:
        super().__init__("engine", timeout=TIMEOUT_S)
        self._path = path

    def connect(self) -> None:
        self.sock = engine_socket.open_socket(self._path, TIMEOUT_S)


def call(method: str, path: str, body: dict[str, object] | None = None) -> tuple[int, bytes]:
    """Asks the engine. Raises OSError or HTTPException when it does not answer."""
    return _ask(_connect(), method, path, body)


def trouble() -> str | None:
    """Why the engine cannot be asked; None when it answers."""
    try:
        status, body = call("GET", f"/containers/{OWN_ID}/json")
    except (OSError, http.client.HTTPException) as error:
        return str(error)
    return None if status == 200 else f"it answered {status}: {body[:200].decode(errors='replace')}"


def _connect() -> _EngineConnection:
    """To the engine where it answered last, or where it is found now. Raises OSError."""
    connection = _EngineConnection(_EngineConnection.answered_at)
    try:
        connection.connect()
    except (ConnectionRefusedError, FileNotFoundError):
        connection = _EngineConnection(_find())
        connection.connect()
    return connection


def _find() -> str:
    """Another socket at which an engine answers that knows this very container. Raises OSError."""
    for path in engine_socket.candidates():
        try:
            status, _ = _ask(_EngineConnection(path), "GET", f"/containers/{OWN_ID}/json")
        except (OSError, http.client.HTTPException):
            continue
        if status == 200:
            _EngineConnection.answered_at = path
            return path
    raise OSError("the engine does not answer at its socket, and no other engine knows this container")


def _ask(
    connection: _EngineConnection, method: str, path: str, body: dict[str, object] | None = None
) -> tuple[int, bytes]:
    text, headers = (json.dumps(body), {"Content-Type": "application/json"}) if body else (None, {})
    try:
        connection.request(method, path, text, headers)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def start(container_id: str) -> int:
    """Starts a container, if it does not run, and returns the pid of its first process."""
    status, body = call("POST", f"/containers/{container_id}/start")
    if status not in (204, 304):
        raise AgentError(f"the engine does not start {container_id[:12]}: {body[:200].decode(errors='replace')}")
    return first_process(container_id)


def first_process(container_id: str) -> int:
    """The pid of a container's first process; 0 while it does not run."""
    status, body = call("GET", f"/containers/{container_id}/json")
    if status != 200:
        raise AgentError(f"the engine does not know {container_id[:12]}: {body[:200].decode(errors='replace')}")
    state = json.loads(body)["State"]
    return state["Pid"] if state["Running"] else 0


def labelled(label: str) -> list[str]:
    """The ids of all containers that carry `label`, NAME or NAME=VALUE, those that do not run among them."""
    filters = urllib.parse.quote(json.dumps({"label": [label]}))
    status, body = call("GET", f"/containers/json?all=1&filters={filters}")
    if status != 200:
        raise OSError(f"the engine answered {status}: {body[:200]!r}")
    return [container["Id"] for container in json.loads(body)]


def remove(container_id: str) -> int:
    """Removes a container, whatever runs in it, and returns the engine's status: 404 where it was gone already."""
    status, body = call("DELETE", f"/containers/{container_id}?force=1&v=1")
    if status not in _REMOVED:
        raise OSError(f"the engine answered {status}: {body[:200]!r}")
    return status


def open_stream(path: str, body: dict[str, object]) -> tuple[socket.socket, bytes]:
    """Asks for what the engine answers with a stream both ways; gives that, and what of it has come already."""
    connection = _connect()
    headers = {"Content-Type": "application/json", "Connection": "Upgrade", "Upgrade": "tcp"}
    try:
        connection.request("POST", path, json.dumps(body), headers)
        answer = b""
        while b"\r\n\r\n" not in answer:
            piece = connection.sock.recv(4096)
            if not piece:
                raise AgentError("the engine ended the connection")
            answer += piece
        head, _, beginning = answer.partition(b"\r\n\r\n")
        # 200 of an engine that does not speak of the change (Docker Engine API, "Stream details").
        if int(head.split(None, 2)[1]) not in (101, 200):
            raise AgentError(f"the engine refuses: {beginning[:200].decode(errors='replace')}")
    except BaseException:
        connection.close()
        raise
    return connection.sock, beginning
