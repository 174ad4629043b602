"""The engine's own API, over the socket that the fabric is given (Docker Engine API, HTTP on a unix socket)."""

import http.client
import json
import socket
import time

from errors import AgentError

ENGINE_SOCKET = "/run/hadrill-engine.sock"


class _EngineConnection(http.client.HTTPConnection):
    def __init__(self) -> None:
        super().__init__("engine", timeout=60)

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(ENGINE_SOCKET)


def call(method: str, path: str, body: dict | None = None) -> tuple[int, bytes]:
    connection = _EngineConnection()
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


def run(container_id: str, argv: list, timeout_s: float) -> int:
    """Runs a program in a container, as `docker exec` does, and returns its exit status."""
    status, body = call("POST", f"/containers/{container_id}/exec", {"Cmd": argv})
    if status != 201:
        raise AgentError(f"the engine runs nothing in {container_id[:12]}: {body[:200].decode(errors='replace')}")
    exec_id = json.loads(body)["Id"]
    status, body = call("POST", f"/exec/{exec_id}/start", {"Detach": True})
    if status != 200:
        raise AgentError(f"the engine does not run '{argv[0]}': {body[:200].decode(errors='replace')}")
    deadline = time.monotonic() + timeout_s
    while (state := json.loads(call("GET", f"/exec/{exec_id}/json")[1]))["Running"]:
        if time.monotonic() > deadline:
            raise AgentError(f"'{' '.join(argv)}' did not end within {timeout_s:g} s")
        time.sleep(0.05)
    return state["ExitCode"]
