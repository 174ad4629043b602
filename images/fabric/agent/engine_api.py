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


def open_stream(path: str, body: dict) -> tuple[socket.socket, bytes]:
    """Asks for what the engine answers with a stream in both directions; gives that, and what of it has come already."""
    connection = _EngineConnection()
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
