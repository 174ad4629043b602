"""Notices that the engine has ended."""

import json
import os
import urllib.parse

import engine_socket

ANSWER_TIMEOUT_S = 60


def wait_for_end() -> bool:
    """Returns when an engine that has answered ends the connection; False when there was nothing to watch."""
    answered = False
    filters = urllib.parse.quote(json.dumps({"container": [os.environ.get("HOSTNAME", "")]}))
    try:
        connection = engine_socket.open_socket(engine_socket.MOUNTED, ANSWER_TIMEOUT_S)
        with connection:
            # A stream that the engine never ends by itself (Docker Engine API, "Monitor events").
            connection.sendall(f"GET /events?filters={filters} HTTP/1.1\r\nHost: engine\r\n\r\n".encode())
            while connection.recv(4096):
                answered = True
                connection.settimeout(None)
    except OSError:
        pass
    return answered
