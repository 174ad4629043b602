"""One TCP session of the probe, as both ends keep it, and the messages on it.

All messages have 32 bytes. The client's first one, the hello, says who speaks by schedule: in a
`client_first` session the client sends a numbered message every period and the server answers each with its
own numbered message; in a `server_first` session it is the other way round. Every message carries the
session, the direction and a number without gaps: the receiver sees what is lost, repeated, swapped or astray.
The hello alone says which session it is: addresses may be those of a proxy between the two.
"""

from __future__ import annotations

import errno
import os
import socket
import struct
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypedDict

    class Ended(TypedDict):
        at_ns: int
        how: str
        message: str

    class Record(TypedDict):
        id: int
        origin: int | None
        attempt: int
        mode: str
        established_ns: int
        sent: int
        received: int
        skipped: int
        first_received_ns: int | None
        last_received_ns: int | None
        longest_stall_ns: int
        stall_from_ns: int
        order_errors: int
        ended: Ended | None


MAGIC_HELLO = b"HDT1"
MAGIC = b"HDt1"
HELLO = struct.Struct("!4sIB?2xQQ4x")  # magic, session, mode, at once, period_ns, phase_ns
MESSAGE = struct.Struct("!4sIB3xQq4x")  # magic, session, direction, seq, sent_ns
SIZE = MESSAGE.size
MODES = ("client_first", "server_first")
FROM_CLIENT, FROM_SERVER = 0, 1

# What a sender that keeps to its schedule may pile up behind a full kernel buffer; then slots are skipped.
BACKLOG_BYTES = 64 * SIZE

# A side that speaks as seldom as this acknowledges what it hears at once, for its next message would come too late to
# do so. So it is known who speaks first after a fault: nothing of the other side's waits to be sent again.
SELDOM_NS = 1_000_000_000

HOW = {
    errno.ECONNRESET: "reset",
    errno.EPIPE: "reset",
    errno.ECONNABORTED: "reset",
    errno.ECONNREFUSED: "refused",
    # What tcp(7) reports when retransmission gives up: ETIMEDOUT, or the last ICMP error it had put aside.
    errno.ETIMEDOUT: "timed_out",
    errno.EHOSTUNREACH: "timed_out",
    errno.ENETUNREACH: "timed_out",
}

# Shared by all sessions: what is read is used up before the next session is read.
_buffer = bytearray(65536)
_view = memoryview(_buffer)


class Session:
    """The state and the record of one session. The owner tells it when to send and when there is data."""

    __slots__ = (
        'at_once', 'attempt', 'direction', 'due', 'ended', 'established', 'expected', 'first_received', 'id',
        'last_received', 'mode', 'order_errors', 'origin', 'out', 'period', 'phase', 'prompt', 'received',
        'rest', 'scheduled', 'sent', 'skipped', 'sock', 'stall', 'stall_from',
    )  # fmt: skip

    def __init__(self, sock: socket.socket, direction: int) -> None:
        self.sock, self.direction = sock, direction
        self.id = -1  # until the hello is there
        self.mode = self.period = self.phase = self.due = 0
        self.scheduled = self.prompt = False
        self.out, self.rest = b"", b""
        self.sent = self.received = self.skipped = self.order_errors = self.expected = 0
        self.established = time.time_ns()
        self.first_received = self.last_received = self.stall = self.stall_from = 0
        self.ended: tuple[int, str, str] | None = None
        self.at_once = False
        self.origin: int | None = None
        self.attempt = 0  # of a successor: the session whose place it takes, and the try it was

    def identify(self, number: int, mode: int, period: int, phase: int, at_once: bool = False) -> None:
        """Fixes what the hello says. The phase is a place on CLOCK_MONOTONIC, which both ends share; `at_once` is for
        one message before that."""
        self.id, self.mode, self.period, self.phase = number, mode, period, phase
        self.at_once = at_once
        self.scheduled = mode == self.direction
        self.prompt = self.scheduled and period >= SELDOM_NS
        now = time.monotonic_ns()
        self.due = now - (now - phase) % period + (0 if at_once else period)

    def say_hello(self) -> None:
        self._write(HELLO.pack(MAGIC_HELLO, self.id, self.mode, self.at_once, self.period, self.phase))

    def hear_hello(self) -> bool:
        """Server: reads the hello. True when it is there, False when not yet; ValueError for a stranger."""
        data = self.sock.recv(SIZE - len(self.rest))
        if not data:
            raise ValueError("closed")
        self.rest += data
        if not MAGIC_HELLO.startswith(self.rest[:4]):
            raise ValueError("not a hello")
        if len(self.rest) < SIZE:
            return False
        _, number, mode, at_once, period, phase = HELLO.unpack(self.rest)
        if mode >= len(MODES) or not period:
            raise ValueError("not a hello")
        self.rest = b""
        self.identify(number, mode, period, phase, at_once)
        return True

    def send_scheduled(self, now: int) -> None:
        """Sends the messages due at `now` (CLOCK_MONOTONIC), or counts their slots as skipped."""
        while self.due <= now:
            self.due += self.period
            if len(self.out) >= BACKLOG_BYTES:
                self.skipped += 1
            else:
                self._send_next()

    def _send_next(self) -> None:
        message = MESSAGE.pack(MAGIC, self.id, self.direction, self.sent, time.time_ns())
        self.sent += 1
        self._write(message)

    def _write(self, data: bytes) -> None:
        if not self.out:
            try:
                data = data[self.sock.send(data) :]
            except BlockingIOError:
                pass
        self.out += data

    def flush(self) -> None:
        """Sends on what was left behind."""
        try:
            self.out = self.out[self.sock.send(self.out) :]
        except BlockingIOError:
            pass

    def receive(self) -> bool:
        """Reads and checks what has arrived, and answers it where that is this side's part.

        Returns False at the end of the stream. Raises OSError as recv(2) and send(2) do."""
        try:
            count = self.sock.recv_into(_buffer)
        except BlockingIOError:
            return True
        if not count:
            return False
        now = time.time_ns()
        data: memoryview | bytes = _view[:count]
        if self.rest or count % SIZE:
            whole = self.rest + bytes(data)
            cut = len(whole) - len(whole) % SIZE
            data, self.rest = whole[:cut], whole[cut:]
        if len(data):
            self._note_reception(now)
        for offset in range(0, len(data), SIZE):
            self._check(*MESSAGE.unpack_from(data, offset))
        if self.prompt:
            # For this segment alone (tcp(7)).
            self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        return True

    def _check(self, magic: bytes, number: int, direction: int, seq: int, _sent: int) -> None:
        if magic != MAGIC or number != self.id or direction == self.direction or seq != self.expected:
            self.order_errors += 1
        self.expected = seq + 1
        self.received += 1
        if not self.scheduled:
            self._send_next()

    def _note_reception(self, now: int) -> None:
        if self.last_received and now - self.last_received > self.stall:
            self.stall, self.stall_from = now - self.last_received, self.last_received
        self.first_received = self.first_received or now
        self.last_received = now

    def end(self, error: OSError | None) -> None:
        """The session is over by itself: `error` is the OSError, or None when the other side closed it."""
        if error is None:
            how, message = "closed", "the other side closed the connection"
        else:
            how, message = HOW.get(error.errno or 0, "reset"), os.strerror(error.errno or 0)
        self._close(how, message)

    def give_up(self) -> None:
        """Client: the session is over because nothing came for too long."""
        self._close("given_up", "nothing came for too long")

    def _close(self, how: str, message: str) -> None:
        self.ended = (time.time_ns(), how, message)
        self.sock.close()
        self.out = self.rest = b""

    def record(self, epoch: int, now: int) -> Record:
        """The record at `now`. The gap that is still open counts as a stall: up to `now`, or to the end."""
        end = self.ended[0] if self.ended else now
        since = self.last_received or self.established
        stall, stall_from = max((self.stall, self.stall_from), (end - since, since))
        at, how, message = self.ended or (0, "", "")
        return {
            "id": self.id,
            "origin": self.origin,
            "attempt": self.attempt,
            "mode": MODES[self.mode],
            "established_ns": self.established - epoch,
            "sent": self.sent,
            "received": self.received,
            "skipped": self.skipped,
            "first_received_ns": self.first_received - epoch if self.first_received else None,
            "last_received_ns": self.last_received - epoch if self.last_received else None,
            "longest_stall_ns": stall,
            "stall_from_ns": stall_from - epoch,
            "order_errors": self.order_errors,
            "ended": {"at_ns": at - epoch, "how": how, "message": message} if self.ended else None,
        }
