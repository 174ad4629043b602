"""What the web server and the stand-in for Nova share: an HTTP/1.1 server with a thread a connection."""

import http.server
import os
import socket
import sys

HOST = socket.gethostname()


# One socket takes both families where the kernel has IPv6 (ipv6(7), IPV6_V6ONLY).
_DUAL = socket.has_dualstack_ipv6()


class Server(http.server.ThreadingHTTPServer):
    address_family = socket.AF_INET6 if _DUAL else socket.AF_INET
    daemon_threads = True
    request_queue_size = 512

    def server_bind(self) -> None:
        if _DUAL:
            self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        super().server_bind()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body are one segment each way: an answer does not wait for an acknowledgement (tcp(7), TCP_NODELAY).
    disable_nagle_algorithm = True
    wbufsize = -1
    # A client that went away without a word holds its thread no longer than this.
    timeout = 120

    def answer(self, status: int, content_type: str, body: str) -> None:
        data = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("X-Backend", HOST)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Requests are the probes' to count."""


def serve(handler: type[Handler], port_variable: str, port: int) -> None:
    """Answers at every address of the node until it is ended."""
    port = int(os.environ.get(port_variable, port))
    try:
        server = Server(("", port), handler)
    except OSError as error:
        sys.exit(f"port {port} ({port_variable}) cannot be used: {error.strerror}")
    print(f"answers on port {port}", flush=True)
    server.serve_forever()
