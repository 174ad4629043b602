"""DHCP clients one by one, as they are asked for: each gets an address or does not.

Parameters: epoch_ns, output, interface, retransmit_ns, give_up_ns.
`{"op": "exchange", "mac": MAC, "seq": N}` begins one at once. Output: dhcp_records.py, an exchange a line; its `port`
is 0.0.0.0, since the harness knows the address that is due.
"""

from __future__ import annotations

import re
import select
import time

import probe
from dhcp_exchange import COLLECT_NS, NO_SLOT, SECOND, Exchange, Station
from dhcp_link import Link
from dhcp_message import decode
from dhcp_records import Records

BATCH = 64
UNKNOWN = "0.0.0.0"
_MAC = re.compile(r"[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}")


class Clients:
    def __init__(self, params: probe.Params) -> None:
        self.output = params.output()
        retransmit = params.integer("retransmit_ns", SECOND // 10, 3600 * SECOND)
        give_up = params.integer("give_up_ns", SECOND // 10, 3600 * SECOND)
        self.epoch = params.epoch()
        self.link = Link(params.text("interface"))
        self.station = Station(self.link, False, retransmit, give_up)
        self.records = Records(self.epoch)
        self.running: dict[int, Exchange] = {}

    def begin(self, command: probe.Command) -> None:
        mac, seq = command.get("mac"), command.get("seq")
        if not isinstance(mac, str) or not isinstance(seq, int) or not _MAC.fullmatch(mac):
            raise probe.ProbeError(f"an exchange needs a MAC and a number, not {mac!r} and {seq!r}")
        exchange = Exchange(self.station, bytes.fromhex(mac.replace(":", "")), seq, NO_SLOT, self._ended)
        self.running[exchange.seq] = exchange
        exchange.start(time.monotonic_ns())
        probe.emit("begun", seq=exchange.seq, at_ns=exchange.discovers[0] - self.epoch)

    def _ended(self, exchange: Exchange, how: str) -> None:
        del self.running[exchange.seq]
        self.records.exchange(exchange, UNKNOWN, how)

    def turn(self) -> float:
        """Does what is due; returns how long there is nothing to do, in s."""
        count = 0
        for frame, stamp in self.link.receive(BATCH):
            count += 1
            message = decode(frame)
            if message is not None:
                self.station.take(message, stamp)
        next_timer = self.station.run_timers(time.monotonic_ns())
        if count == BATCH:
            return 0
        return 1 if next_timer is None else max(0, next_timer - time.monotonic_ns()) / 1e9

    def serve(self, control: probe.Control) -> None:
        watched = (self.link.socket.fileno(), control.fd)
        while True:
            readable, _, _ = select.select(watched, (), (), self.turn())
            if control.fd in readable:
                for command in control.read():
                    if command["op"] == "stop":
                        return
                    if command["op"] == "exchange":
                        self.begin(command)
                    else:
                        probe.emit("status", running=sorted(self.running))

    def finish(self) -> None:
        """Lets what has its address end, writes the records and prints the result."""
        end = time.monotonic_ns() + COLLECT_NS
        while self.running and time.monotonic_ns() < end:
            select.select([self.link.socket], (), (), min(0.02, self.turn()))
        for exchange in list(self.running.values()):
            exchange.finish("open")
        facts = {
            "dropped": self.link.count_dropped(),
            "send_errors": self.link.send_errors,
            "cpu_ns": time.process_time_ns(),
            "stage": None,
        }
        self.records.finish(**facts)
        probe.write_lines(self.output, self.records.lines)
        probe.emit("result", output=self.output, **facts)


def main(params: probe.Params) -> None:
    clients = Clients(params)
    control = probe.Control("exchange")
    probe.emit("ready", now_ns=time.time_ns() - clients.epoch)
    clients.serve(control)
    clients.finish()


if __name__ == "__main__":
    probe.run(main)
