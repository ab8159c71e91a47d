"""What Asterisk says, written down by its keeper: bounded, and without anybody's number.

Asterisk writes numbers, and what strangers write, into its log, line breaks included, and as fast
as they send. So it tells us in JSON, an object a line, and two files are written: `messages` (its
warnings and errors, with every number struck out) and `security` (who was refused: what happened,
which of our accounts, from where; of accounts that we do not know not even the name, as it may be
anything). Both go round in a few files of a few megabytes; more of the same is counted only.
"""

from __future__ import annotations

import asyncio
import logging
import os
import re
import time
from collections.abc import Callable
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any, Final

import msgspec

from contactcentre.engine.throttle import Throttle

FILE_BYTES: Final = 5_000_000
FILES: Final = 5
"""Of each log: the one that is written and the four before it."""

LINE: Final = 16_384
"""Bytes of one line; the rest of a longer one is lost."""

ALIKE: Final = 20
"""So many lines from one place of Asterisk's source, or of one kind of refusal and address, in
each minute."""

SECURITY: Final = "SECURITY"
TROUBLE: Final = frozenset({"WARNING", "ERROR"})
_REFUSALS: Final = frozenset(
    {
        "FailedACL",
        "InvalidAccountID",
        "InvalidPassword",
        "ChallengeResponseFailed",
        "AuthMethodNotAllowed",
        "InvalidTransport",
        "UnexpectedAddress",
        "SessionLimit",
        "LoadLimit",
        "MemoryLimit",
        "RequestNotAllowed",
        "RequestNotSupported",
        "RequestBadFormat",
    }
)

_FIELD: Final = re.compile(r'(?:^|,)(\w+)="([^"]*)"')
_ADDRESS: Final = re.compile(r"IPV[46]/(UDP|TCP|TLS|WSS?|Unknown)/([0-9a-fA-F.:]+)/([0-9]+)")
_NUMBER: Final = re.compile(r"(?<![\w.-])\+?[0-9]{7,}")
_USER: Final = re.compile(r"(sips?:|tel:)[^@>\s]*")
_UNSAID: Final = "…"


class _Location(msgspec.Struct):
    filename: str = ""
    line: int = 0


class _Said(msgspec.Struct):
    location: _Location
    level: str
    message: str


class _Line(msgspec.Struct):
    timestamp: str
    logmsg: _Said
    identifiers: dict[str, Any] = {}


class PbxLog:
    """Takes what Asterisk writes to its standard output. `known` says whether an account is one of
    ours."""

    def __init__(
        self,
        folder: Path,
        *,
        known: Callable[[str], bool],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._messages = _file(folder / "messages")
        self._security = _file(folder / "security")
        self._known = known
        self._clock = clock
        self._throttle = Throttle(ALIKE, 60.0)

    async def follow(self, output: asyncio.StreamReader) -> None:
        """Until its end."""
        rest = b""
        while chunk := await output.read(65_536):
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                self.take(line[:LINE])
            rest = rest[:LINE]
        self.take(rest)
        self.close()

    def close(self) -> None:
        """Nothing more is to be written."""
        for log in (self._messages, self._security):
            for handler in log.handlers:
                handler.close()

    def take(self, line: bytes) -> None:
        """One line. What is not told by the logger (it dies, say) is a message as well."""
        if not line.strip():
            return
        try:
            said = msgspec.json.decode(line, type=_Line)
        except (msgspec.DecodeError, UnicodeDecodeError):
            self._write(self._messages, "raw", without_numbers(line.decode(errors="replace")))
        else:
            if said.logmsg.level == SECURITY:
                self._refusal(said)
            elif said.logmsg.level in TROUBLE:
                self._message(said)

    def _message(self, line: _Line) -> None:
        said, place = line.logmsg, line.logmsg.location
        words = " ".join(without_numbers(said.message).split())
        thread = line.identifiers.get("lwp", "")
        text = f"[{line.timestamp}] {said.level}[{thread}] {place.filename}: {words}"
        self._write(self._messages, f"{place.filename}:{place.line}", text)

    def _refusal(self, line: _Line) -> None:
        fields = _FIELD.findall(line.logmsg.message)
        first = dict(reversed(fields))  # what a stranger writes may name a field again
        event = first.get("SecurityEvent", "")
        if event not in _REFUSALS:
            return
        address = _address(fields)
        text = f"[{line.timestamp}] {event} service={_word(first.get('Service', ''))}"
        kind = f"{event} {address.rpartition(':')[0]}"
        self._write(self._security, kind, text, f"from={address}", first.get("AccountID", ""))

    def _write(
        self, log: logging.Logger, kind: str, text: str, origin: str = "", account: str = ""
    ) -> None:
        left_out = self._throttle.admit(kind, self._clock())
        if left_out is None:
            return
        if origin:
            name = account if self._known(account) else _UNSAID
            text = f"{text} account={name} {origin}"
        if left_out:
            text += f" ({left_out} more like this were left out)"
        log.info("%s", text)


def without_numbers(text: str) -> str:
    """With what may be somebody's number, or name in an address, struck out."""
    return _NUMBER.sub(_UNSAID, _USER.sub(rf"\1{_UNSAID}", text))


def _address(fields: list[tuple[str, str]]) -> str:
    """`udp/192.0.2.1:5060`. A stranger's words may name another one: told is that behind which
    there are no words of theirs any more, or the only one there is."""
    said = {value for name, value in fields if name == "RemoteAddress"}
    name, last = fields[-1]
    found = _ADDRESS.fullmatch(
        last if name == "RemoteAddress" else said.pop() if len(said) == 1 else ""
    )
    return f"{found[1].lower()}/{found[2]}:{found[3]}" if found else _UNSAID


def _word(text: str) -> str:
    return text if text.isascii() and text.isalnum() else _UNSAID


class _OwnersFile(RotatingFileHandler):
    """Only its owner may read it, each time it begins anew."""

    def _open(self) -> TextIOWrapper:
        descriptor = os.open(self.baseFilename, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        return os.fdopen(descriptor, "a", encoding="utf-8", errors="replace")


def _file(path: Path) -> logging.Logger:
    log = logging.Logger(path.name)  # this instance's own, which nobody else can find
    log.addHandler(_OwnersFile(path, maxBytes=FILE_BYTES, backupCount=FILES - 1))
    return log
