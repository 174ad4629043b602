"""The fabric's agent: serves the harness, and removes the lab when the harness is gone.

Standard input is the lifeline. The harness that builds or runs a lab holds it open and asks over it; the
kernel closes it however that harness ends, SIGKILL included. The operation "release" sets the lab free to
outlive the harness (`hadrill up`); without it, the end of standard input is the end of the lab. Later
harnesses ask over a socket, through relay.py, and may come and go.
"""

import json
import os
import signal
import socket
import sys
import threading

import operations
from errors import AgentError
from guards import Guards

SOCKET = f"{operations.RUN_FOLDER}/fabric.sock"


def _answer(request: dict, guards: Guards) -> dict:
    own = {"arm_guard": guards.arm, "disarm_guard": guards.disarm}
    operation = own.get(request["op"]) or operations.REGISTRY.get(request["op"])
    try:
        if operation is None:
            raise AgentError(f"unknown operation '{request['op']}'")
        return {"id": request["id"], "result": operation(**request.get("args", {}))}
    except (AgentError, OSError) as error:
        return {"id": request["id"], "error": str(error)}
    except Exception as error:  # noqa: BLE001 - a defect here must reach the harness, not end the lab
        return {"id": request["id"], "error": f"{type(error).__name__} in {request['op']}: {error}"}


def _serve(lines, write) -> Guards:
    """Answers requests, one a line, in any order, until there are no more; `write` gets whole lines."""
    lock = threading.Lock()
    guards = Guards()

    def run(request: dict) -> None:
        line = json.dumps(_answer(request, guards)).encode() + b"\n"
        with lock:
            try:
                write(line)
            except OSError:
                pass  # the harness that asked is gone

    for line in lines:
        threading.Thread(target=run, args=(json.loads(line),), daemon=True).start()
    return guards


def _serve_connection(connection: socket.socket) -> None:
    with connection, connection.makefile("rb") as lines:
        _serve(lines, connection.sendall).mend()


def _listen() -> None:
    os.makedirs(operations.RUN_FOLDER, exist_ok=True)
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    if os.path.exists(SOCKET):
        os.unlink(SOCKET)
    server.bind(SOCKET)
    server.listen(16)
    while True:
        connection, _ = server.accept()
        threading.Thread(target=_serve_connection, args=(connection,), daemon=True).start()


def _write_all(data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(sys.stdout.fileno(), view) :]


def _hold_lifeline() -> None:
    guards = _serve(sys.stdin.buffer, _write_all)
    if operations.released:
        guards.mend()
    while operations.released:
        signal.pause()
    print("the harness is gone: removing the lab", file=sys.stderr, flush=True)
    # An engine that is started again ends what still runs by this signal: the lab would stay, stopped.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    # Loaded when it is needed: it speaks HTTP, and a lab is to start quickly.
    import reaper

    reaper.reap(os.environ["HADRILL_REAP_LABEL"])


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    threading.Thread(target=_listen, daemon=True).start()
    _hold_lifeline()
    os._exit(0)


main()
