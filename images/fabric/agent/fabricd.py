"""The fabric's agent: serves the harness on a socket, and removes the lab when the harness is gone.

Standard input is the lifeline. The harness that builds or runs a lab holds it open; the kernel closes it
however that harness ends, SIGKILL included. A line "release" sets the lab free to outlive the harness
(`hadrill up`); without it, the end of standard input is the end of the lab.
"""

import json
import os
import signal
import socket
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import operations
import reaper
from errors import AgentError

SOCKET = f"{operations.RUN_FOLDER}/fabric.sock"
WORKERS = 16


def _answer(request: dict) -> dict:
    operation = operations.REGISTRY.get(request["op"])
    try:
        if operation is None:
            raise AgentError(f"unknown operation '{request['op']}'")
        return {"id": request["id"], "result": operation(**request.get("args", {}))}
    except (AgentError, OSError) as error:
        return {"id": request["id"], "error": str(error)}
    except Exception as error:  # noqa: BLE001 - a defect here must reach the harness, not end the lab
        return {"id": request["id"], "error": f"{type(error).__name__} in {request['op']}: {error}"}


def _serve(connection: socket.socket, pool: ThreadPoolExecutor) -> None:
    write_lock = threading.Lock()

    def run(request: dict) -> None:
        line = json.dumps(_answer(request)).encode() + b"\n"
        with write_lock:
            try:
                connection.sendall(line)
            except OSError:
                pass  # the harness that asked is gone

    with connection, connection.makefile("rb") as lines:
        for line in lines:
            pool.submit(run, json.loads(line))


def _listen() -> None:
    os.makedirs(operations.RUN_FOLDER, exist_ok=True)
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    if os.path.exists(SOCKET):
        os.unlink(SOCKET)
    server.bind(SOCKET)
    server.listen(16)
    pool = ThreadPoolExecutor(WORKERS)
    while True:
        connection, _ = server.accept()
        threading.Thread(target=_serve, args=(connection, pool), daemon=True).start()


def _hold_lifeline() -> None:
    for line in sys.stdin:
        if line.strip() == "release":
            print("released: the lab stays until it is taken down", file=sys.stderr, flush=True)
            signal.pause()
    print("the harness is gone: removing the lab", file=sys.stderr, flush=True)
    reaper.reap(os.environ["HADRILL_REAP_LABEL"])


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    threading.Thread(target=_listen, daemon=True).start()
    _hold_lifeline()
    os._exit(0)


main()
