"""The engine's own API, over the socket that the fabric is given (Docker Engine API, HTTP on a unix socket)."""

import http.client
import json
import socket

from errors import AgentError

ENGINE_SOCKET = "/run/hadrill-engine.sock"


class _EngineConnection(http.client.HTTPConnection):
    def __init__(self) -> None:
        super().__init__("engine", timeout=60)

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(ENGINE_SOCKET)


def call(method: str, path: str) -> tuple[int, bytes]:
    connection = _EngineConnection()
    try:
        connection.request(method, path)
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
