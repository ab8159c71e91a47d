"""What is said on an AGI socket: the request's headers, commands as written, replies as read. Pure.

Asterisk splits a command at blanks, `"` begins and ends a quoted word, a backslash takes the next
letter as it is (res_agi.c, parse_args); its line buffer holds 8,192 bytes.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

COMMAND_LIMIT_BYTES: Final = 8_000

HEADERS: Final = frozenset(
    f"agi_{name}"
    for name in (
        *("network", "network_script", "request", "channel", "language", "type", "uniqueid"),
        *("version", "callerid", "calleridname", "callingpres", "callingani2", "callington"),
        *("callingtns", "dnid", "rdnis", "context", "extension", "priority", "enhanced"),
        *("accountcode", "threadid"),
    )
)
"""What Asterisk says of a channel, always. A request without one of them was ended by a stranger:
a line break in a number would be a line break here."""

_VERB = re.compile(r"[A-Z]+( [A-Z]+)*")
_PLAIN = re.compile(r"[A-Za-z0-9_./@+-]+")
_BREAKS_A_LINE = re.compile(r"[\r\n\0]")
_HEADER = re.compile(r"(agi_\w+): ?(.*)", re.DOTALL)
_STATUS = re.compile(r"([0-9]{3})(?:[ -](.*))?", re.DOTALL)
_RESULT = re.compile(r"result=(\S*)(?: ?\((.*)\))?(?: endpos=([0-9]{1,18}))?.*", re.DOTALL)


class AgiError(Exception):
    """A command that did not succeed, or a request that is none."""


class AgiGone(AgiError):
    """The session is over."""


class AgiHangup(AgiGone):
    """The caller is gone."""


class AgiLost(AgiGone):
    """The socket is gone; the channel may live on in the dialplan."""


class AgiTimeout(AgiError):
    """No reply in time. The command may still be running; its reply will be dropped."""


class AgiBusy(AgiError):
    """A command is under way: a channel does one thing at a time."""


class AgiUnsafe(AgiError, ValueError):
    """The command can't be written as one line; nothing was sent."""


class AgiMalformed(AgiError):
    """What came is not AGI."""


class AgiRefused(AgiError):
    """Asterisk will not: 510 no such command, 511 not on a dead channel, 520 wrong usage."""

    def __init__(self, code: int) -> None:
        super().__init__(f"refused with {code}")
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class AgiReply:
    """One reply. `result` stands after `result=` (a digit's code, digits, -1), `data` in brackets.

    `endpos` counts the samples played or recorded, where the command tells them. Of a refusal
    `data` is Asterisk's text. Asterisk cuts a variable's value at 1,023 bytes without a word.
    """

    code: int
    result: str = ""
    data: str = ""
    endpos: int | None = None

    @property
    def failed(self) -> bool:
        """The command failed, or the caller hung up during it."""
        return self.result == "-1"


def encode(words: tuple[str, ...]) -> bytes:
    """A command as one line: the first word is the verb ("SET VARIABLE"), the rest are quoted.

    Raises AgiUnsafe. Quoting keeps a word whole; it does not make it safe to *evaluate*, so nothing
    a citizen said belongs in the arguments of EXEC or GET FULL VARIABLE.
    """
    if not words or not _VERB.fullmatch(words[0]):
        raise AgiUnsafe("a command begins with capital words")
    if any(_BREAKS_A_LINE.search(word) for word in words):
        raise AgiUnsafe("a word holds a line break or a NUL")
    try:
        line = " ".join([words[0], *map(_quoted, words[1:])]).encode()
    except UnicodeEncodeError:
        raise AgiUnsafe("a word is not text") from None
    if len(line) > COMMAND_LIMIT_BYTES:
        raise AgiUnsafe(f"a command is longer than {COMMAND_LIMIT_BYTES} bytes")
    return line + b"\n"


def _quoted(word: str) -> str:
    if _PLAIN.fullmatch(word):
        return word
    return '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'


def parse_header(line: str) -> tuple[str, str]:
    """`agi_name: value` as a pair. Raises AgiMalformed."""
    match = _HEADER.fullmatch(line)
    if match is None:
        raise AgiMalformed("not an AGI header")
    return match[1], match[2]


class ReplyReader:
    """Joins lines to replies: a 520 spans several, a 100 is none, a stray line is none either."""

    def __init__(self) -> None:
        self._usage: list[str] | None = None

    def read(self, line: str) -> AgiReply | None:
        """The reply that this line completes, if any."""
        if self._usage is not None and not line.startswith("520 "):
            if len(self._usage) < 100:
                self._usage.append(line)
            return None
        if line.startswith("520-"):
            self._usage = [line[4:]]
            return None
        if self._usage is not None:
            usage, self._usage = "\n".join(self._usage), None
            return AgiReply(code=520, data=usage)
        return parse_reply(line)


def parse_reply(line: str) -> AgiReply | None:
    """A reply of one line; None for what is not a final reply."""
    status = _STATUS.fullmatch(line)
    if status is None or status[1].startswith("1"):
        return None
    code, text = int(status[1]), (status[2] or "").rstrip()
    result = _RESULT.fullmatch(text)
    if result is None:
        return AgiReply(code=code, data=text)
    endpos = int(result[3]) if result[3] else None
    return AgiReply(code=code, result=result[1], data=result[2] or "", endpos=endpos)


class LineBuffer:
    """Cuts a stream of bytes into lines, `\\n` or `\\r\\n` taken off, decoded as UTF-8."""

    def __init__(self, limit_bytes: int) -> None:
        self._limit = limit_bytes
        self._rest = bytearray()

    def feed(self, data: bytes) -> Iterator[str]:
        """The lines completed by these bytes. Raises AgiMalformed at a line beyond the limit."""
        self._rest += data
        while (end := self._rest.find(b"\n")) >= 0:
            line = bytes(self._rest[: min(end, self._limit + 1)])
            del self._rest[: end + 1]
            self._check(line)
            yield line.removesuffix(b"\r").decode("utf-8", "replace")
        self._check(self._rest)

    def _check(self, line: bytes | bytearray) -> None:
        if len(line) > self._limit:
            raise AgiMalformed("a line is too long")
