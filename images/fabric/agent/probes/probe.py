"""What the probe programs share: parameters, the JSON lines on stdin and stdout, clocks, the output file.

A probe is started with one JSON argument. It prints one line `{"event": "ready", …}` once it measures,
then obeys lines on stdin: `{"op": "status"}` prints one status line, `{"op": "stop"}` prints the result and
ends with 0; a program may have commands of its own, each of which prints one line. The end of stdin ends the process
at once: the program that started it is gone. A failure prints `{"event": "error", "message": …}` and ends with 1.

Inside the programs, and on the wire, times are CLOCK_REALTIME in nanoseconds (0 = none); whatever is
printed or written is relative to `epoch_ns`. All nodes of a lab share one kernel, hence one clock.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import signal
import socket
import struct
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import TypeVar

    from sockets import Endpoint

    Kind = TypeVar("Kind")
    Command = dict[str, object]

# <linux/in.h>; Python's socket module does not name it in every version.
IP_PKTINFO = 8
TIMESPEC = struct.Struct("@ll")
# The time, and struct in6_pktinfo, which is longer than struct in_pktinfo.
ANCILLARY_BYTES = socket.CMSG_SPACE(TIMESPEC.size) + socket.CMSG_SPACE(20)

# One UDP probe packet: magic, probe id, seq, sent_ns, echoed_ns (0 on the way out); zeros may follow.
UDP_MAGIC = b"HDU1"
UDP_PACKET = struct.Struct("!4sQQqq")
# The payload of the longest packet of IPv4 that Ethernet takes.
UDP_MOST = 1472


class ProbeError(Exception):
    """A failure the probe foresees; its text is the message people read."""


class Params:
    """The JSON parameters of a probe, each checked when it is asked for."""

    def __init__(self, text: str) -> None:
        try:
            self._values = json.loads(text)
        except ValueError as error:
            raise ProbeError(f"the parameters are not JSON: {error}") from None
        if not isinstance(self._values, dict):
            raise ProbeError("the parameters must be one JSON object")

    def _get(self, name: str, kind: type[Kind], described: str) -> Kind:
        if name not in self._values:
            raise ProbeError(f"parameter {name} is missing, expected {described}")
        value = self._values[name]
        if not isinstance(value, kind) or isinstance(value, bool):
            raise ProbeError(f"parameter {name} is {json.dumps(value)}, expected {described}")
        return value

    def has(self, name: str) -> bool:
        return name in self._values

    def integer(self, name: str, low: int, high: int) -> int:
        """An integer from `low` to `high`, both included."""
        described = f"an integer from {low} to {high}"
        value = self._get(name, int, described)
        if not low <= value <= high:
            raise ProbeError(f"parameter {name} is {value}, expected {described}")
        return value

    def boolean(self, name: str) -> bool:
        value = self._values.get(name)
        if not isinstance(value, bool):
            raise ProbeError(f"parameter {name} is {json.dumps(value)}, expected true or false")
        return value

    def text(self, name: str) -> str:
        return self._get(name, str, "a text")

    def mapping(self, name: str) -> dict[str, str]:
        """An object of texts."""
        described = "an object of texts"
        values = self._get(name, dict, described)
        if not all(isinstance(value, str) for value in values.values()):
            raise ProbeError(f"parameter {name} is {json.dumps(values)[:80]}, expected {described}")
        return values

    def objects(self, name: str) -> list[Params]:
        """A list of at least one object, each as parameters of its own."""
        described = "a list of at least one object"
        values = self._get(name, list, described)
        if not values or not all(isinstance(value, dict) for value in values):
            raise ProbeError(f"parameter {name} is {json.dumps(values)[:80]}, expected {described}")
        return [Params(json.dumps(value)) for value in values]

    def epoch(self) -> int:
        """`epoch_ns`: a decimal string, because JSON readers may round integers beyond 2^53."""
        described = "a decimal string of nanoseconds"
        text = self._get("epoch_ns", str, described)
        if not (text.isascii() and text.isdigit()):
            raise ProbeError(f"parameter epoch_ns is {json.dumps(text)}, expected {described}")
        return int(text)

    def endpoint(self, any_port: bool = False) -> Endpoint:
        """`address` and `port` as a socket address of its family, the address as the kernel writes it; `any_port`
        lets port 0 mean "let the kernel choose"."""
        described = "an IPv4 or IPv6 address"
        address = self._get("address", str, described)
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        try:
            address = socket.inet_ntop(family, socket.inet_pton(family, address))
        except (OSError, ValueError):
            raise ProbeError(f"parameter address is {json.dumps(address)}, expected {described}") from None
        port = self.integer("port", 0 if any_port else 1, 65535)
        return (address, port, 0, 0) if family == socket.AF_INET6 else (address, port)

    def output(self) -> str:
        """`output`: a file to be written at the end, in a directory that must be writable now."""
        path = self._get("output", str, "the path of the file to write")
        folder = os.path.dirname(os.path.abspath(path))
        if not os.path.isdir(folder):
            raise ProbeError(f"cannot write {path}: the directory {folder} does not exist")
        if os.path.isdir(path) or not os.access(folder, os.W_OK):
            raise ProbeError(f"cannot write {path}: it is a directory, or its directory is not writable")
        return path


class Control:
    """The commands on stdin: `status`, `stop`, and the program's own. Call `read` when `fd` is readable."""

    fd = 0

    def __init__(self, *own: str) -> None:
        self._rest = b""
        self._known = ("status", "stop", *own)

    def read(self) -> list[Command]:
        """The commands that have arrived, each a dict with `op`. At the end of stdin this does not return."""
        chunk = os.read(self.fd, 65536)
        if not chunk:
            os._exit(0)
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        return [self._parse(line) for line in lines if line.strip()]

    def _parse(self, line: bytes) -> Command:
        try:
            command = json.loads(line)
        except ValueError:
            command = None
        if not isinstance(command, dict) or command.get("op") not in self._known:
            text = line.decode("utf-8", "replace")
            expected = " or ".join(f'{{"op": "{op}"}}' for op in self._known)
            raise ProbeError(f"unknown command {text!r}, expected {expected}")
        return command


def emit(event: str, **fields: object) -> None:
    """Prints one line. When nobody reads any more, the process ends."""
    data = (json.dumps({"event": event, **fields}, separators=(",", ":")) + "\n").encode()
    try:
        while data:
            data = data[os.write(1, data) :]
    except BrokenPipeError:
        os._exit(1)


def run(program: Callable[[Params], None]) -> None:
    """Runs `program(params)` and turns whatever it raises into an error line and exit status 1."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        if len(sys.argv) != 2:
            raise ProbeError(f"usage: {os.path.basename(sys.argv[0])} PARAMETERS (one JSON object)")
        program(Params(sys.argv[1]))
    except ProbeError as error:
        emit("error", message=str(error))
        os._exit(1)
    except Exception as error:  # noqa: BLE001 - a bug: say what it was, in one line, and where
        frame = error.__traceback__
        while frame and frame.tb_next:
            frame = frame.tb_next
        place = f"{os.path.basename(frame.tb_frame.f_code.co_filename)}:{frame.tb_lineno}" if frame else "no line"
        emit("error", message=f"unexpected failure at {place}: {type(error).__name__}: {error}")
        os._exit(1)
    # Straight out: an orderly teardown of thousands of objects would only take time.
    os._exit(0)


def settle() -> None:
    """After warm-up: no garbage collection (nothing here makes cycles), and timers as sharp as they get."""
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        with open("/proc/self/timerslack_ns", "w", encoding="ascii") as file:
            file.write("1000")
    except OSError:
        pass  # the default slack of 50 us is a little worse, not wrong


def hurry() -> bool:
    """Takes real-time priority where that is granted (CAP_SYS_NICE), else the highest of the ordinary ones; returns
    whether it was the first.

    Only for a probe that is asleep nearly all the time: on a busy machine an ordinary process wakes up
    milliseconds late (sched(7)). A kernel that gives real time to control groups gives a container's none."""
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
        return True
    except OSError:
        pass
    try:
        os.setpriority(os.PRIO_PROCESS, 0, -20)
    except OSError:
        pass  # without the capability: as everybody
    return False


def allow_files(count: int) -> None:
    """Raises the limit of open files to what the system allows, which must be at least `count`."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if hard != resource.RLIM_INFINITY and hard < count:
        raise ProbeError(f"{count} open files are needed and only {hard} are allowed: raise the nofile limit")


def write_lines(path: str, lines: Iterable[str]) -> None:
    """Writes the file at once: it either exists whole or not at all."""
    part = f"{path}.part"
    try:
        with open(part, "w", encoding="utf-8") as file:
            file.writelines(lines)
        os.replace(part, path)
    except OSError as error:
        raise ProbeError(f"cannot write {path}: {error.strerror}") from None
