"""The BMCs of a lab: what switches the power of a machine when it is asked over its own network (Redfish, DSP0266).

Each has a network namespace of its own with one wire to a bridge of the lab and nothing else: what reaches it cannot
reach the fabric, nor another wire through it. It speaks as much of Redfish as fence_redfish asks for, over HTTPS with
the certificate of this image, which nobody has signed.
"""

from __future__ import annotations

import base64
import http.server
import json
import os
import socket
import ssl
import subprocess
import sys
import threading
from http import HTTPStatus
from typing import ClassVar

import machines
import offload
import power_refusals
from errors import AgentError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from power_shapes import Bmc

INTERFACE = "bmc"
PORT = 443
CERTIFICATE = "/etc/hadrill/bmc.pem"
USER, PASSWORD = "hadrill", "hadrill"
# Of one BMC at once: what a node of the lab asks must not use up the fabric.
MOST_CONNECTIONS = 16
MOST_BYTES = 4096
SILENCE_S = 10

ROOT = "/redfish/v1"
SYSTEMS = f"{ROOT}/Systems"
SYSTEM = f"{SYSTEMS}/1"
RESET = f"{SYSTEM}/Actions/ComputerSystem.Reset"


def _power_state(machine: machines.Machine) -> str:
    if machine.late.is_due():
        return "PoweringOff"
    return "On" if machine.is_on() else "Off"


def _system(machine: machines.Machine) -> dict[str, object]:
    resets = {"target": RESET, "ResetType@Redfish.AllowableValues": ["On", "ForceOff", "ForceRestart"]}
    return {
        "@odata.id": SYSTEM,
        "@odata.type": "#ComputerSystem.v1_0_0.ComputerSystem",
        "Id": "1",
        "Name": machine.host,
        "PowerState": _power_state(machine),
        "Actions": {"#ComputerSystem.Reset": resets},
    }


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = SILENCE_S
    server: _Server
    _expected: ClassVar[str] = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()

    def do_GET(self) -> None:
        path = self.path.rstrip("/")
        if path == ROOT:
            # The one resource for which nobody need be known (DSP0266, "Service root").
            self._answer(HTTPStatus.OK, {"@odata.id": ROOT, "Systems": {"@odata.id": SYSTEMS}})
        elif not self._is_known():
            self._refuse(HTTPStatus.UNAUTHORIZED, "wrong user or password")
        elif path == SYSTEMS:
            self._answer(HTTPStatus.OK, {"@odata.id": SYSTEMS, "Members": [{"@odata.id": SYSTEM}]})
        elif path == SYSTEM:
            self._try(lambda: self._answer(HTTPStatus.OK, _system(self.server.machine)))
        else:
            self._refuse(HTTPStatus.NOT_FOUND, f"there is no {path}")

    def do_POST(self) -> None:
        length = self.headers.get("content-length", "0")
        if not length.isdigit() or int(length) > MOST_BYTES:
            self.close_connection = True
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "the request is too long")
            return
        body = self.rfile.read(int(length))
        if not self._is_known():
            self._refuse(HTTPStatus.UNAUTHORIZED, "wrong user or password")
        elif self.path.rstrip("/") != RESET:
            self._refuse(HTTPStatus.NOT_FOUND, f"there is no action {self.path}")
        else:
            self._try(lambda: self._reset(body))

    def _reset(self, body: bytes) -> None:
        machine, by = self.server.machine, self.client_address[0]
        try:
            asked = json.loads(body)["ResetType"]
        except (ValueError, KeyError, TypeError, RecursionError):
            self._refuse(HTTPStatus.BAD_REQUEST, "a reset needs a ResetType")
            return
        if asked not in ("On", "ForceOff", "ForceRestart"):
            self._refuse(HTTPStatus.BAD_REQUEST, "the ResetType is not On, ForceOff or ForceRestart")
            return
        if power_refusals.refuses(machine.host):
            self._refuse(HTTPStatus.SERVICE_UNAVAILABLE, "the power is not switched")
            return
        if asked != "On" and self.server.off_after_s > 0 and machine.is_on():
            machine.switch_late(by, self.server.off_after_s, then_on=asked == "ForceRestart")
        else:
            if asked != "On":
                machine.switch_off(by)
            if asked != "ForceOff":
                machine.switch_on(by)
        self.send_response(HTTPStatus.NO_CONTENT)
        self.end_headers()

    def _try(self, work: object) -> None:
        assert callable(work)
        try:
            work()
        except (AgentError, OSError, subprocess.SubprocessError) as error:
            print(f"bmc of {self.server.machine.host}: {error}", file=sys.stderr, flush=True)
            self._refuse(HTTPStatus.INTERNAL_SERVER_ERROR, "the machine cannot be switched")

    def _is_known(self) -> bool:
        return self.headers.get("authorization") == self._expected

    def _refuse(self, status: HTTPStatus, why: str) -> None:
        self._answer(status, {"error": {"code": "Base.1.0.GeneralError", "message": why}})

    def _answer(self, status: HTTPStatus, said: dict[str, object]) -> None:
        body = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: str, machine: machines.Machine, off_after_s: float) -> None:
        self.machine = machine
        self.off_after_s = off_after_s
        self._free = threading.BoundedSemaphore(MOST_CONNECTIONS)
        super().__init__((address, PORT), _Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATE)
        # The handshake is made by the connection's own thread: one that says nothing must not keep others waiting.
        self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    def server_bind(self) -> None:
        # Without looking its own name up.
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_name, self.server_port = str(self.server_address[0]), PORT

    def process_request(self, request: object, client_address: object) -> None:
        if not self._free.acquire(blocking=False):
            self.shutdown_request(request)  # type: ignore[arg-type]
            return
        super().process_request(request, client_address)  # type: ignore[arg-type]

    def process_request_thread(self, request: object, client_address: object) -> None:
        try:
            super().process_request_thread(request, client_address)  # type: ignore[arg-type]
        finally:
            self._free.release()

    def handle_error(self, request: object, client_address: object) -> None:
        """A connection that ends early is the client's business."""


# The namespaces, kept for as long as the lab lives.
_namespaces: list[int] = []


def create(bmcs: list[Bmc]) -> None:
    for bmc in bmcs:
        _create(bmc)


def _create(bmc: Bmc) -> None:
    own = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.unshare(os.CLONE_NEWNET)
        namespace = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        _namespaces.append(namespace)
        os.setns(own, os.CLONE_NEWNET)
        _wire(bmc, namespace)
        os.setns(namespace, os.CLONE_NEWNET)
        offload.finish_checksums([INTERFACE])
        _ip("addr", "add", bmc["address"], "dev", INTERFACE)
        _ip("link", "set", "dev", INTERFACE, "addrgenmode", "none", "up")
        server = _Server(bmc["address"].partition("/")[0], machines.machine(bmc["host"]), bmc["off_after_s"])
    finally:
        os.setns(own, os.CLONE_NEWNET)
        os.close(own)
    threading.Thread(target=server.serve_forever, daemon=True).start()


def _wire(bmc: Bmc, namespace: int) -> None:
    port = bmc["port"]
    peer = ("peer", "name", INTERFACE, "address", bmc["mac"], "netns", f"/proc/self/fd/{namespace}")
    _ip("link", "add", "name", port, "type", "veth", *peer, pass_fds=[namespace])
    _ip("link", "set", "dev", port, "addrgenmode", "none", "master", bmc["bridge"], "up")
    offload.finish_checksums([port])


def _ip(*words: str, pass_fds: list[int] | None = None) -> None:
    done = subprocess.run(
        ["ip", *words], capture_output=True, text=True, timeout=30, check=False, pass_fds=pass_fds or []
    )
    if done.returncode:
        raise AgentError(f"ip {' '.join(words)} failed: {done.stderr.strip()}")
