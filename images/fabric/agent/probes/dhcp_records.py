"""The lines of a DHCP probe's record: one JSON object each, times relative to the epoch.

First `{"format": …}`; then, in the order in which they ended, exchanges (`seq`) and requests of held leases
(`lease`), and where the rate was set (`rate`); at last `{"end": …}` with how many there are: a record without it
is cut."""

from __future__ import annotations

import json
from socket import inet_ntoa as text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from dhcp_exchange import Exchange
    from dhcp_lease import Answer, HeldLease

FORMAT = "hadrill.dhcp/1"


class Records:
    def __init__(self, epoch: int) -> None:
        self.epoch = epoch
        self.exchanges = self.requests = 0
        self.lines = [f'{{"format":"{FORMAT}"}}\n']

    def rate(self, per_s: int, from_seq: int, at: int) -> None:
        self.lines.append(json.dumps({"rate": per_s, "from_seq": from_seq, "at": at - self.epoch}) + "\n")

    def exchange(self, exchange: Exchange, address: str, how: str) -> None:
        """`address` is the one that the exchange's port should get; 0.0.0.0: any."""
        epoch = self.epoch
        offers = ",".join(f'["{text(m.server)}","{text(m.address)}",{stamp - epoch}]' for m, stamp in exchange.offers)
        naks = ",".join(f'["{text(m.server)}",{stamp - epoch}]' for m, stamp in exchange.naks)
        discovers = ",".join([str(sent - epoch) for sent in exchange.discovers])
        requests = ",".join([str(sent - epoch) for sent in exchange.requests])
        ack = "null"
        if exchange.ack is not None:
            message, stamp = exchange.ack
            timers = ",".join(
                "null" if value is None else str(value) for value in (message.lease, message.renewal, message.rebinding)
            )
            ack = f'["{text(message.server)}","{text(message.address)}",{timers},{stamp - epoch}]'
        released = "" if exchange.released is None else f',"released":{exchange.released - epoch}'
        self.exchanges += 1
        self.lines.append(
            f'{{"seq":{exchange.seq},"port":"{address}","discovers":[{discovers}],"offers":[{offers}],'
            f'"requests":[{requests}],"ack":{ack},"naks":[{naks}],"end":"{how}"{released}}}\n'
        )

    def request(
        self, lease: HeldLease, op: str, sent: int, granted_by: bytes | None, outcome: str, answer: Answer | None
    ) -> None:
        """Of a held lease; `answer` is a message with its receive time, or None."""
        said: dict[str, str | int | None] = {"server": None, "address": None, "at": None}
        if answer is not None:
            message, stamp = answer
            address = text(message.address) if outcome == "ack" else None
            said = {"server": text(message.server), "address": address, "at": stamp - self.epoch}
        line = {
            "lease": lease.number,
            "group": lease.group,
            "op": op,
            "sent": sent - self.epoch,
            "granted_by": text(granted_by) if granted_by else None,
            "outcome": outcome,
            **said,
        }
        self.requests += 1
        self.lines.append(json.dumps(line, separators=(",", ":")) + "\n")

    def finish(self, **facts: object) -> None:
        end = {"exchanges": self.exchanges, "requests": self.requests, **facts}
        self.lines.append(json.dumps({"end": end}, separators=(",", ":")) + "\n")
