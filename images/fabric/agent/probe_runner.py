"""Runs the probe programs inside nodes' network namespaces and passes questions and answers."""

import collections
import json
import os
import queue
import subprocess
import threading

import clock
from errors import AgentError
from namespaces import enter_command, network_namespace

PROGRAMS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "probes")
STDERR_LINES = 15


class Probe:
    def __init__(self, name: str, pid: int, program: str, params: dict):
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
        self._answers: queue.Queue = queue.Queue()
        self._stderr: collections.deque = collections.deque(maxlen=STDERR_LINES)
        self._calls = threading.Lock()
        threading.Thread(target=self._read_answers, daemon=True).start()
        threading.Thread(target=self._read_errors, daemon=True).start()

    def _read_answers(self) -> None:
        for line in self._process.stdout:
            self._answers.put(json.loads(line))
        self._process.wait()
        self._answers.put(None)

    def _read_errors(self) -> None:
        for line in self._process.stderr:
            self._stderr.append(line.rstrip())

    def answer(self, timeout_s: float) -> dict:
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

    def ask(self, request: dict, timeout_s: float) -> dict:
        with self._calls:
            try:
                self._process.stdin.write(json.dumps(request) + "\n")
                self._process.stdin.flush()
            except OSError:
                pass  # it has ended: answer() says how
            return self.answer(timeout_s)

    def end(self) -> None:
        try:
            self._process.stdin.close()
        except OSError:
            pass
        try:
            self._process.wait(2)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _last_words(self) -> str:
        return "; its last words: " + " / ".join(self._stderr) if self._stderr else ""


class Probes:
    def __init__(self) -> None:
        self._running: dict[str, Probe] = {}

    def start(self, name: str, pid: int, program: str, params: dict, timeout_s: float) -> dict:
        if name in self._running:
            raise AgentError(f"a probe named '{name}' runs already")
        probe = Probe(name, pid, program, params)
        self._running[name] = probe
        try:
            return probe.answer(timeout_s)
        except AgentError:
            self.end(name)
            raise

    def ask(self, name: str, request: dict, timeout_s: float) -> dict:
        probe = self._running.get(name)
        if probe is None:
            raise AgentError(f"no probe named '{name}' runs")
        return probe.ask(request, timeout_s)

    def stop(self, name: str, timeout_s: float) -> dict:
        try:
            return self.ask(name, {"op": "stop"}, timeout_s)
        finally:
            self.end(name)

    def end(self, name: str) -> None:
        probe = self._running.pop(name, None)
        if probe:
            probe.end()
