"""One HTTP/1.x answer (RFC 9112), read as it comes, and whether it says what it should."""

from __future__ import annotations

import json
import re

MAX_HEAD_BYTES = 16_384
MAX_BODY_BYTES = 1 << 20
_STATUS = re.compile(rb"HTTP/1\.[01] (\d{3})(?: |\r?\n|\r$)")
_SIZE = re.compile(rb"[0-9A-Fa-f]{1,8}")
# A larger one is beyond MAX_BODY_BYTES a thousand times over.
_LENGTH = re.compile(r"[0-9]{1,10}")
_NAME = re.compile(r"[\w.:-]{1,64}")


class BadAnswerError(Exception):
    """What came is not an HTTP answer."""


class Answer:
    """Bytes of one answer. `whole` once nothing of it is missing."""

    def __init__(self) -> None:
        self._data = b""
        self._length: int | None = None
        self._chunked = self._persistent = False
        self.status = 0
        self.headers: dict[str, str] = {}
        self.body = b""
        self.whole = False

    def take(self, data: bytes) -> None:
        self._data += data
        while not self.status and (end := self._data.find(b"\r\n\r\n")) >= 0:
            head, self._data = self._data[:end], self._data[end + 4 :]
            self._read_head(head)
        if not self.status:
            if len(self._data) > MAX_HEAD_BYTES:
                raise BadAnswerError("the head does not end")
            return
        if self._chunked:
            self._read_chunks()
        elif self._length is not None and len(self._data) >= self._length:
            self.body, self._data, self.whole = self._data[: self._length], self._data[self._length :], True
        if len(self._data) > MAX_BODY_BYTES:
            raise BadAnswerError("the body is too long")

    def ended(self) -> None:
        """The server has closed: that is the end of a body whose length it did not state."""
        if self.status and self._length is None and not self._chunked:
            self.body, self.whole = self._data, True

    @property
    def stays_open(self) -> bool:
        """Whether the connection can carry another request: the end is known, and nothing came behind it."""
        return self._persistent and (self._chunked or self._length is not None) and not self._data

    def name(self, header: str) -> str:
        """A header's value where it is a plain name, else nothing: it goes into a table."""
        found = _NAME.fullmatch(self.headers.get(header, ""))
        return found.group() if found else ""

    def _read_head(self, head: bytes) -> None:
        found = _STATUS.match(head + b"\r\n")
        if not found:
            raise BadAnswerError("the first line is not a status line")
        status = int(found.group(1))
        if status < 200:  # an interim answer: the real one follows
            return
        self.status = status
        for line in head.split(b"\r\n")[1:]:
            name, colon, value = line.partition(b":")
            if colon:
                self.headers[name.strip().lower().decode("latin-1")] = value.strip().decode("latin-1")
        option = self.headers.get("connection", "").lower()
        self._persistent = option != "close" if head.startswith(b"HTTP/1.1") else option == "keep-alive"
        # Section 6.3: these two have no body, whatever length they state; and with a length that is not a number nobody
        # knows where an answer ends.
        length = self.headers.get("content-length")
        if status in (204, 304):
            self._length = 0
        elif "transfer-encoding" in self.headers:
            self._chunked = True
        elif length is not None:
            if not _LENGTH.fullmatch(length):
                raise BadAnswerError("the length of the body is not a number")
            self._length = int(length)

    def _read_chunks(self) -> None:
        """Section 7.1: chunks of a hexadecimal length each, the last of length 0, then trailers and an empty line."""
        at, body = 0, b""
        while (end := self._data.find(b"\r\n", at)) >= 0:
            size = self._data[at:end].partition(b";")[0].strip()
            if not _SIZE.fullmatch(size):
                raise BadAnswerError("a chunk has no length")
            start, length = end + 2, int(size, 16)
            if length == 0:
                # Trailers, if any, end with an empty line; without them that line is all there is.
                last = self._data.find(b"\r\n\r\n", end)
                if last >= 0:
                    self.body, self._data, self.whole = body, self._data[last + 4 :], True
                return
            at = start + length + 2
            if len(self._data) < at:
                return
            if self._data[at - 2 : at] != b"\r\n":
                raise BadAnswerError("a chunk is longer than it says")
            body += self._data[start : start + length]


def judge_any(answer: Answer, _path: str, _expected: dict[str, str]) -> str:
    """Every 200 is right."""
    return "ok" if answer.status == 200 else "status"


def judge_echo(answer: Answer, path: str, _expected: dict[str, str]) -> str:
    """`BACKEND PATH`, by the backend that the header names, for the path that was asked for."""
    if answer.status != 200:
        return "status"
    backend = answer.headers.get("x-backend", "")
    return "ok" if backend and answer.body == f"{backend} {path}\n".encode() else "wrong-content"


def judge_metadata(answer: Answer, path: str, expected: dict[str, str]) -> str:
    """The metadata of the instance that asked, signed, for the path that was asked for."""
    if answer.status != 200:
        return "status"
    try:
        said = json.loads(answer.body)
    except (ValueError, RecursionError):
        return "wrong-content"
    if not isinstance(said, dict):
        return "wrong-content"
    if any(said.get(key) != value for key, value in expected.items()):
        return "wrong-instance"
    return "ok" if said.get("path") == path and said.get("signature") == "ok" else "wrong-content"


JUDGES = {"any": judge_any, "echo": judge_echo, "metadata": judge_metadata}
