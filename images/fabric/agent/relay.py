"""Joins standard input and output to the agent's socket: what the harness runs to talk to the agent."""

import os
import socket
import sys
import threading
import time

SOCKET = "/run/hadrill/fabric.sock"
CONNECT_TIMEOUT_S = 20.0


def _connect() -> socket.socket:
    deadline = time.monotonic() + CONNECT_TIMEOUT_S
    while True:
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            sock.connect(SOCKET)
            return sock
        except OSError as error:
            sock.close()
            if time.monotonic() > deadline:
                sys.exit(f"the fabric's agent does not answer on {SOCKET}: {error}")
            time.sleep(0.01)


def _pump_out(sock: socket.socket) -> None:
    while data := sock.recv(1 << 16):
        view = memoryview(data)
        while view:
            view = view[os.write(1, view) :]
    os._exit(0)


def main() -> None:
    sock = _connect()
    threading.Thread(target=_pump_out, args=(sock,), daemon=True).start()
    while data := os.read(0, 1 << 16):
        sock.sendall(data)


if __name__ == "__main__":
    main()
