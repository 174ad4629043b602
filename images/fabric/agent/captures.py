"""Packet captures on the bridges: one tcpdump a segment, kernel timestamps in nanoseconds."""

from __future__ import annotations

import os
import select
import subprocess
import time

from errors import AgentError
from registry import operation
from run_folder import RUN_FOLDER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shapes import CaptureFile

START_TIMEOUT_S = 10.0
STOP_TIMEOUT_S = 5.0
# What the kernel keeps for tcpdump when that is not run for a while.
BUFFER_KIB = 16384


class Capture:
    def __init__(self, bridge: str, path: str, capture_filter: str, snap_bytes: int, most_packets: int) -> None:
        self.path = path
        self.bridge = bridge
        command = ["tcpdump", "--interface", bridge, "--time-stamp-precision=nano"]
        # Otherwise the kernel holds the last packets back for up to a second, and they are lost at the end.
        command += ["--immediate-mode"]
        command += ["--buffer-size", str(BUFFER_KIB), "--snapshot-length", str(snap_bytes), "-n", "-Z", "root"]
        # It ends by itself when it is full.
        command += ["-c", str(most_packets), "-w", path, capture_filter]
        self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
        self._stderr = b""
        self._full = False

    def wait_ready(self) -> None:
        """tcpdump says "listening on" once its socket is open: nothing before that is captured."""
        deadline = time.monotonic() + START_TIMEOUT_S
        stream = self._process.stderr
        assert stream is not None
        while b"listening on" not in self._stderr:
            if not select.select([stream], [], [], max(0.0, deadline - time.monotonic()))[0]:
                raise AgentError(f"tcpdump on {self.bridge} did not start within {START_TIMEOUT_S} s")
            chunk = os.read(stream.fileno(), 4096)
            if not chunk:
                raise AgentError(f"tcpdump on {self.bridge} ended: {self._stderr.decode(errors='replace').strip()}")
            self._stderr += chunk

    def end(self) -> None:
        """Asks tcpdump to write what it still has, and to end."""
        self._full = self._process.poll() is not None
        self._process.terminate()

    def finish(self) -> CaptureFile:
        """Waits until tcpdump has ended."""
        try:
            _, rest = self._process.communicate(timeout=STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            _, rest = self._process.communicate()
        text = (self._stderr + rest).decode(errors="replace")
        dropped = [line.split()[0] for line in text.splitlines() if line.endswith("dropped by kernel")]
        return {
            "bridge": self.bridge,
            "path": self.path,
            "dropped": int(dropped[0]) if dropped else 0,
            "full": self._full,
        }


_running: dict[str, list[Capture]] = {}


@operation("start_capture")
def start(name: str, bridges: list[str], capture_filter: str, snap_bytes: int, most_packets: int) -> None:
    if name in _running:
        raise AgentError(f"a capture named '{name}' runs already")
    folder = os.path.join(RUN_FOLDER, "captures", name)
    os.makedirs(folder, exist_ok=True)
    started = [
        Capture(bridge, os.path.join(folder, f"{bridge}.pcap"), capture_filter, snap_bytes, most_packets)
        for bridge in bridges
    ]
    _running[name] = started
    for capture in started:
        capture.wait_ready()


@operation("stop_capture")
def stop(name: str) -> list[CaptureFile]:
    stopped = _running.pop(name, [])
    for capture in stopped:
        capture.end()
    return [capture.finish() for capture in stopped]
