"""Lets the clients of the DHCP probe run by a clock and on a link that are made up here.

Reads one JSON object from stdin: `client` (`exchange`, or the group of a held lease), `station`, `until_ms`, and
`answers`: [number of the frame that was sent, how many ms later, kind of message, server, options…]. Prints the
frames that were sent ([ms, hex]) and the lines of the record. The folder of the probe programs is in PYTHONPATH.
"""

from __future__ import annotations

import json
import socket
import struct
import sys
import time

import dhcp_exchange
import dhcp_lease
import dhcp_message
import dhcp_records

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypedDict

    class Settings(TypedDict, total=False):
        broadcast: bool
        retransmit_ns: int
        give_up_ns: int
        collect_ns: int
        release: bool

    class Said(TypedDict):
        client: str
        station: Settings
        until_ms: int
        answers: list[tuple[int, float, int, str] | tuple[int, float, int, str, int]]


MAC = bytes.fromhex("021610000000")
ADDRESS = "198.18.17.0"
START = 1_000_000_000
MS = 1_000_000


class Clock:
    def __init__(self) -> None:
        self.now = START

    def read(self) -> int:
        return self.now


class Link:
    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.sent: list[tuple[int, bytes]] = []

    def send(self, frame: bytes | bytearray) -> None:
        self.sent.append((self.clock.now, bytes(frame)))


def answer(request: bytes, kind: int, server: str, lease: int = 120) -> bytes:
    """What a server makes of a request."""
    address = bytes(4) if kind == dhcp_message.NAK else socket.inet_aton(ADDRESS)
    bootp = bytearray(240)
    bootp[0:4] = b"\x02\x01\x06\0"
    bootp[4:8] = request[46:50]
    bootp[16:20] = address
    bootp[28:34] = request[70:76]
    bootp[236:240] = dhcp_message.MAGIC_COOKIE
    options = bytes((53, 1, kind, 54, 4)) + socket.inet_aton(server)
    if kind != dhcp_message.NAK:
        options += bytes((51, 4)) + struct.pack("!I", lease)
    udp = struct.pack("!HHHH", 67, 68, 8 + 240 + len(options) + 1, 0)
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 0, 0, 0, 64, 17, 0, socket.inet_aton(server), b"\xff" * 4)
    source = bytes.fromhex("0200000000") + socket.inet_aton(server)[3:]
    return request[6:12] + source + b"\x08\0" + ip + udp + bootp + options + b"\xff"


class Answers:
    """What was asked for to be answered, and when it comes."""

    def __init__(self, said: Said, link: Link) -> None:
        self._wanted, self._link = said["answers"], link
        self._seen = 0
        self.pending: list[tuple[int, bytes]] = []

    def look(self) -> None:
        for at, frame in self._link.sent[self._seen :]:
            for number, after_ms, kind, server, *more in self._wanted:
                if number == self._seen:
                    self.pending.append((at + int(after_ms * MS), answer(frame, kind, server, *more)))
            self._seen += 1
        self.pending.sort()


def simulate(said: Said, clock: Clock) -> dict[str, object]:
    link = Link(clock)
    station = station_of(link, said.get("station", {}))
    records = dhcp_records.Records(START)
    begin(said["client"], station, records, clock)
    answers = Answers(said, link)
    timer = station.run_timers(clock.now)
    while True:
        answers.look()
        moments = [at for at in (timer, answers.pending[0][0] if answers.pending else None) if at]
        if not moments or min(moments) > START + said["until_ms"] * MS:
            break
        clock.now = max(clock.now, min(moments))
        while answers.pending and answers.pending[0][0] <= clock.now:
            stamp, frame = answers.pending.pop(0)
            message = dhcp_message.decode(frame)
            if message is not None:
                station.take(message, stamp)
        timer = station.run_timers(clock.now)
    sent = [[(at - START) // MS, frame.hex()] for at, frame in link.sent]
    return {"sent": sent, "lines": records.lines[1:], "held": len(station.held)}


def station_of(link: Link, settings: Settings) -> dhcp_exchange.Station:
    return dhcp_exchange.Station(
        link,
        settings.get("broadcast", False),
        settings.get("retransmit_ns", 4 * 10**9),
        settings.get("give_up_ns", 60 * 10**9),
        settings.get("collect_ns", dhcp_exchange.COLLECT_NS),
        settings.get("release", False),
    )


def begin(client: str, station: dhcp_exchange.Station, records: dhcp_records.Records, clock: Clock) -> None:
    if client == "exchange":
        exchange = dhcp_exchange.Exchange(station, MAC, 0, 0, lambda ended, how: records.exchange(ended, ADDRESS, how))
        exchange.start(clock.now)
    else:
        timing = (10**9, 10**9, 5)
        lease = dhcp_lease.HeldLease(station, 0, (MAC, ADDRESS), client, timing, records.request)
        lease.acquire(clock.now, dhcp_lease.ACQUIRE)


def main() -> None:
    clock = Clock()
    time.monotonic_ns = clock.read
    time.time_ns = clock.read
    json.dump(simulate(json.load(sys.stdin), clock), sys.stdout)


if __name__ == "__main__":
    main()
