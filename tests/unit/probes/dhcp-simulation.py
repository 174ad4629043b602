"""Lets the clients of the DHCP probe run by a clock and on a link that are made up here.

Reads one JSON object from stdin: `client` (`exchange`, or the group of a held lease), `station`, `until_ms`, and
`answers`: [number of the frame that was sent, how many ms later, kind of message, server, options…]. Prints the
frames that were sent ([ms, hex]) and the lines of the record.
"""

import json
import socket
import struct
import sys
import time

sys.path.insert(0, sys.argv[1])
now = 1_000_000_000
time.monotonic_ns = lambda: now
time.time_ns = lambda: now

import dhcp_exchange  # noqa: E402
import dhcp_lease  # noqa: E402
import dhcp_message  # noqa: E402
import dhcp_records  # noqa: E402

MAC = bytes.fromhex('021610000000')
ADDRESS = '198.18.17.0'
START = now


class Link:
    def __init__(self):
        self.sent = []

    def send(self, frame):
        self.sent.append((now, bytes(frame)))


def answer(request, kind, server, lease=120):
    """What a server makes of a request."""
    address = bytes(4) if kind == dhcp_message.NAK else socket.inet_aton(ADDRESS)
    bootp = bytearray(240)
    bootp[0:4] = b'\x02\x01\x06\0'
    bootp[4:8] = request[46:50]
    bootp[16:20] = address
    bootp[28:34] = request[70:76]
    bootp[236:240] = dhcp_message.MAGIC_COOKIE
    options = bytes((53, 1, kind, 54, 4)) + socket.inet_aton(server)
    if kind != dhcp_message.NAK:
        options += bytes((51, 4)) + struct.pack('!I', lease)
    udp = struct.pack('!HHHH', 67, 68, 8 + 240 + len(options) + 1, 0)
    ip = struct.pack('!BBHHHBBH4s4s', 0x45, 0, 0, 0, 0, 64, 17, 0, socket.inet_aton(server), b'\xff' * 4)
    source = bytes.fromhex('0200000000') + socket.inet_aton(server)[3:]
    return request[6:12] + source + b'\x08\0' + ip + udp + bootp + options + b'\xff'


def main():
    global now
    said = json.load(sys.stdin)
    link = Link()
    settings = {'broadcast': False, 'retransmit_ns': 4 * 10**9, 'give_up_ns': 60 * 10**9, **said.get('station', {})}
    station = dhcp_exchange.Station(link, **settings)
    records = dhcp_records.Records(START)
    if said['client'] == 'exchange':
        client = dhcp_exchange.Exchange(station, MAC, 0, 0, lambda e, how: records.exchange(e, ADDRESS, how))
        client.start(now)
    else:
        client = dhcp_lease.HeldLease(station, 0, (MAC, ADDRESS), said['client'], (10**9, 10**9, 5), records.request)
        client.acquire(now, dhcp_lease.ACQUIRE)
    pending, seen = [], 0
    while True:
        for at, frame in link.sent[seen:]:
            for number, after_ms, kind, server, *more in said['answers']:
                if number == seen:
                    pending.append((at + int(after_ms * 10**6), answer(frame, kind, server, *more)))
            seen += 1
        pending.sort()
        timer = min((due for due, _, who in station._timers if who.due == due), default=None)
        moments = [at for at in (timer, pending[0][0] if pending else None) if at is not None]
        if not moments or min(moments) > START + said['until_ms'] * 10**6:
            break
        now = max(now, min(moments))
        while pending and pending[0][0] <= now:
            stamp, frame = pending.pop(0)
            message = dhcp_message.decode(frame)
            if message is not None:
                station.take(message, stamp)
        station.run_timers(now)
    sent = [[(at - START) // 10**6, frame.hex()] for at, frame in link.sent]
    print(json.dumps({'sent': sent, 'lines': records.lines[1:], 'held': len(station.held)}))


main()
