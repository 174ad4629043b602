"""Runs the probe programs inside nodes' network namespaces and passes questions and answers."""

from __future__ import annotations

import collections
import contextlib
import json
import os
import queue
import subprocess
import threading

import clock
from errors import AgentError
from namespaces import enter_command, network_namespace
from registry import operation
from run_folder import RUN_FOLDER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import IO

    Said = dict[str, object]

PROGRAMS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "probes")
STDERR_LINES = 15


class Probe:
    def __init__(self, name: str, pid: int, program: str, params: dict[str, object]) -> None:
        self.name = name
        path = os.path.join(PROGRAMS, f"{program}.py")
        if not os.path.exists(path):
            raise AgentError(f"there is no probe program '{program}'")
        full = {**params, "epoch_ns": str(clock.EPOCH_NS)}
        pipe = subprocess.PIPE
        with network_namespace(pid) as namespace:
            command = enter_command(namespace, ["python3", path, json.dumps(full)])
            self._process = subprocess.Popen(
                command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, bufsize=1, pass_fds=[namespace]
            )
        stdin, stdout, stderr = self._process.stdin, self._process.stdout, self._process.stderr
        assert stdin and stdout and stderr
        self._stdin = stdin
        self._answers: queue.Queue[Said | None] = queue.Queue()
        self._stderr: collections.deque[str] = collections.deque(maxlen=STDERR_LINES)
        self._calls = threading.Lock()
        threading.Thread(target=self._read_answers, args=(stdout,), daemon=True).start()
        threading.Thread(target=self._read_errors, args=(stderr,), daemon=True).start()

    def _read_answers(self, stdout: IO[str]) -> None:
        for line in stdout:
            self._answers.put(json.loads(line))
        self._process.wait()
        self._answers.put(None)

    def _read_errors(self, stderr: IO[str]) -> None:
        for line in stderr:
            self._stderr.append(line.rstrip())

    def answer(self, timeout_s: float) -> Said:
        """The next line that the probe says."""
        try:
            said = self._answers.get(timeout=timeout_s)
        except queue.Empty:
            raise AgentError(f"probe {self.name} said nothing for {timeout_s:g} s{self._last_words()}") from None
        if said is None:
            self._answers.put(None)
            raise AgentError(f"probe {self.name} ended with status {self._process.returncode}{self._last_words()}")
        if said.get("event") == "error":
            raise AgentError(f"probe {self.name}: {said.get('message')}")
        return said

    def ask(self, request: Said, timeout_s: float) -> Said:
        with self._calls:
            # One that has ended: answer() says how.
            with contextlib.suppress(OSError):
                self._stdin.write(json.dumps(request) + "\n")
                self._stdin.flush()
            return self.answer(timeout_s)

    def end(self) -> None:
        with contextlib.suppress(OSError):
            self._stdin.close()
        try:
            self._process.wait(2)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _last_words(self) -> str:
        return "; its last words: " + " / ".join(self._stderr) if self._stderr else ""


_running: dict[str, Probe] = {}


@operation("start_probe")
def start(name: str, pid: int, program: str, params: dict[str, object], timeout_s: float) -> Said:
    """Begins a probe in a node and answers with the first line that it says."""
    os.makedirs(f"{RUN_FOLDER}/probes", exist_ok=True)
    if name in _running:
        raise AgentError(f"a probe named '{name}' runs already")
    probe = Probe(name, pid, program, {"output": f"{RUN_FOLDER}/probes/{name}", **params})
    _running[name] = probe
    try:
        return probe.answer(timeout_s)
    except AgentError:
        end(name)
        raise


@operation("ask_probe")
def ask(name: str, request: Said, timeout_s: float) -> Said:
    probe = _running.get(name)
    if probe is None:
        raise AgentError(f"no probe named '{name}' runs")
    return probe.ask(request, timeout_s)


@operation("stop_probe")
def stop(name: str, timeout_s: float) -> Said:
    try:
        return ask(name, {"op": "stop"}, timeout_s)
    finally:
        end(name)


@operation("end_probe")
def end(name: str) -> None:
    probe = _running.pop(name, None)
    if probe:
        probe.end()
