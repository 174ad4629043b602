"""Programs of a node, run inside it with the node's own rights.

A node's image is anybody's, and its programs are not part of the fabric: the engine starts them, with the capabilities,
the user, the control group and the system call filter of the node's container (`docker exec`). Entering the node's
namespaces from here would give them what the fabric may do. What they say is data.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import struct
import time

import engine_api
import node_processes
import processes
from clock import now_ns
from errors import AgentError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator

    from shapes import CommandDone, ExecState

MAX_OUTPUT_BYTES = 1 << 20
# The engine takes tens of milliseconds to start a program, and some more to say which process it is: what is to be
# timed waits for a line of ours until then.
_READY = b"ready\n"
_GATE = ("sh", "-c", 'echo ready; read -r _ && exec "$@" < /dev/null', "sh")
# For what a program has left in its output when it ends, or another process of its still holds open.
_LINGER_S = 1.0
_NOTICE_S = 5.0
_LOOK_S = 0.01
_STDOUT, _STDERR = 1, 2


class _TooMuchError(Exception):
    pass


class _TooLateError(Exception):
    pass


class _Output:
    """What a program says, as the engine sends it: pieces with a head, which output, how long (Docker Engine API)."""

    def __init__(self, stream: socket.socket, beginning: bytes, most_bytes: int) -> None:
        self.stream = stream
        self.most_bytes = most_bytes
        self.ended = False
        self.said = {_STDOUT: bytearray(), _STDERR: bytearray()}
        self._raw = bytearray(beginning)
        self._split()

    def take(self) -> None:
        piece = self.stream.recv(1 << 16)
        self.ended = not piece
        self._raw += piece
        self._split()
        if len(self._raw) + sum(map(len, self.said.values())) > self.most_bytes:
            raise _TooMuchError

    def _split(self) -> None:
        while len(self._raw) >= 8:
            which, length = struct.unpack_from(">BxxxL", self._raw)
            if len(self._raw) < 8 + length:
                return
            self.said.setdefault(which, bytearray()).extend(self._raw[8 : 8 + length])
            del self._raw[: 8 + length]

    def text(self, which: int) -> str:
        return self.said[which].decode(errors="replace")


def run(container_id: str, argv: list[str], timeout_s: float, most_bytes: int = MAX_OUTPUT_BYTES) -> CommandDone:
    """Waits until the program has ended; `before_ns` and `after_ns` are around its life.

    One that does not end in time, or says more than `most_bytes`, is killed with what it has started.
    """
    deadline = time.monotonic() + timeout_s
    try:
        # An image need not have a shell.
        done = _run(container_id, argv, deadline, most_bytes, True) or _run(
            container_id, argv, deadline, most_bytes, False
        )
        assert done is not None  # only what waits in a shell can lack one
        return done
    except _TooLateError:
        raise AgentError(f"'{' '.join(argv)}' did not end within {timeout_s:g} s") from None
    except TimeoutError:
        raise AgentError(f"'{' '.join(argv)}' cannot be run: the engine does not answer") from None
    except _TooMuchError:
        raise AgentError(f"'{' '.join(argv)}' printed more than {most_bytes >> 20} MiB") from None


def _run(container_id: str, argv: list[str], deadline: float, most_bytes: int, gated: bool) -> CommandDone | None:
    """None when the node has no shell to wait in."""
    exec_id = _create(container_id, [*_GATE, *argv] if gated else argv)
    before = now_ns()
    stream, beginning = engine_api.open_stream(f"/exec/{exec_id}/start", {"Detach": False, "Tty": False})
    with stream:
        output = _Output(stream, beginning, most_bytes)
        ready = not gated or _is_ready(output, deadline)
        pid = _pid(exec_id)
        if not ready:
            _kill(container_id, pid)
            if time.monotonic() >= deadline:
                raise _TooLateError
            return None
        with _asked(container_id, pid) as process:
            if gated:
                before = now_ns()
                stream.sendall(b"\n")
            after = _await_end(output, process, deadline)
    return {
        "before_ns": before,
        "after_ns": after,
        "status": _status(exec_id),
        "stdout": output.text(_STDOUT),
        "stderr": output.text(_STDERR),
    }


def start(container_id: str, argv: list[str]) -> int:
    """Starts a program that nobody listens to, and returns its session: until it ends, or `end` ends it."""
    exec_id = _create(container_id, argv, attached=False)
    status, body = engine_api.call("POST", f"/exec/{exec_id}/start", {"Detach": True, "Tty": False})
    pid = _pid(exec_id) if status == 200 else 0
    if not pid:
        said = body[:200].decode(errors="replace") if status != 200 else "it ends at once"
        raise AgentError(f"'{argv[0]}' cannot be run in the node: {said}")
    return pid


def end(container_id: str, session: int) -> None:
    """Kills what `start` started, with what that has started. Returns when nothing of it is left."""
    _kill(container_id, session)


def _create(container_id: str, argv: list[str], attached: bool = True) -> str:
    asked: dict[str, object] = {"Cmd": argv}
    asked |= {f"Attach{name}": attached for name in ("Stdin", "Stdout", "Stderr")}
    status, body = engine_api.call("POST", f"/containers/{container_id}/exec", asked)
    if status != 201:
        raise AgentError(f"the engine runs nothing in {container_id[:12]}: {body[:200].decode(errors='replace')}")
    exec_id: str = json.loads(body)["Id"]
    return exec_id


def _state(exec_id: str) -> ExecState:
    status, body = engine_api.call("GET", f"/exec/{exec_id}/json")
    if status != 200:
        raise AgentError(f"the engine does not know the program any more: {body[:200].decode(errors='replace')}")
    state: ExecState = json.loads(body)
    return state


def _pid(exec_id: str) -> int:
    """Of the program, in the engine's namespace: what must be known to end it. 0 when it could not be started.

    The engine gives the stream away before it knows the number.
    """
    deadline = time.monotonic() + _NOTICE_S
    while not (pid := (state := _state(exec_id)).get("Pid") or 0) and state["Running"]:
        if time.monotonic() > deadline:
            raise AgentError("the engine does not say which process the program is")
        time.sleep(_LOOK_S)
    return pid


def _is_ready(output: _Output, deadline: float) -> bool:
    """Whether a shell waits, as far as is known by the deadline."""
    said = output.said[_STDOUT]
    while len(said) < len(_READY) and not output.ended:
        if not select.select([output.stream], [], [], max(0.0, deadline - time.monotonic()))[0]:
            return False
        output.take()
    if not said.startswith(_READY):
        return False
    del said[: len(_READY)]
    return True


@contextlib.contextmanager
def _asked(container_id: str, pid: int) -> Iterator[int | None]:
    """A program that was started for us does not count as a process of the node. If anything goes wrong
    it is killed, with what it has started. Gives a descriptor that tells its end, where it is known."""
    try:
        process = os.pidfd_open(pid) if pid else None
    except OSError:
        process = None
    with processes.left_out(pid):
        try:
            yield process
        except BaseException:
            _kill(container_id, pid)
            raise
        finally:
            if process is not None:
                os.close(process)


def _kill(container_id: str, pid: int) -> None:
    """Returns when nothing of it is left. The engine makes each program the first of its session (setsid(2))."""
    deadline = time.monotonic() + _NOTICE_S
    while (found := processes.of_session(container_id, pid)) and time.monotonic() < deadline:
        with processes.held([container_id], found) as folders:
            node_processes.send(folders, signal.SIGKILL)
        time.sleep(_LOOK_S)


def _await_end(output: _Output, process: int | None, deadline: float) -> int:
    """When the program ended: by the kernel's word where that is to be had, else when its output did."""
    poll = select.poll()
    poll.register(output.stream, select.POLLIN)
    if process is not None:
        poll.register(process, select.POLLIN)
    ended_ns, until = None, deadline
    while not output.ended:
        ready = {descriptor for descriptor, _ in poll.poll(max(0.0, until - time.monotonic()) * 1000)}
        if process in ready:
            poll.unregister(process)
            ended_ns, until = now_ns(), time.monotonic() + _LINGER_S
        if output.stream.fileno() in ready:
            output.take()
        if not ready or time.monotonic() > until:
            if ended_ns is None:
                raise _TooLateError
            break
    return ended_ns or now_ns()


def _status(exec_id: str) -> int:
    """The engine may notice the end of a program a moment after the kernel."""
    deadline = time.monotonic() + _NOTICE_S
    while (state := _state(exec_id))["Running"]:
        if time.monotonic() > deadline:
            raise AgentError("the engine does not notice that the program has ended")
        time.sleep(_LOOK_S)
    return state["ExitCode"] if state["ExitCode"] is not None else -1
