"""What is said on the manager interface: a message as read, an action as it may be written.

Pure. The limits are Asterisk's: its line buffer holds 1,025 bytes and a request 128 lines; a longer
line is refused without the ActionID that it carried, so nobody would learn of the refusal.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final, Self

LINE_LIMIT_BYTES: Final = 900
LINES_LIMIT: Final = 100

NO_HEADERS: Final[Mapping[str, str | Sequence[str]]] = MappingProxyType({})

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")
_BREAKS_A_LINE = re.compile(r"[\r\n\0]")
_OURS_ALONE = frozenset({"action", "actionid", "commandid"})


class AmiError(Exception):
    """An action that did not succeed."""


class AmiDown(AmiError):
    """There is no link, or it was lost before the answer: then nobody knows what was done."""


class AmiTimeout(AmiError):
    """Asterisk did not answer in time: nobody knows what was done."""


class AmiUnsafe(AmiError, ValueError):
    """The action can't be written as one AMI request; nothing was sent."""


class AmiRefused(AmiError):
    """Asterisk answered that it will not. `message` is its sentence."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class AmiMessage(Mapping[str, str]):
    """One event or response: header names to values, in any letter case and in the order written.

    Of a repeated header the last value counts.

    Its repr shows no values, because they are citizens' numbers and names.
    """

    __slots__ = ("_headers",)

    def __init__(self, headers: Mapping[str, str | Sequence[str]]) -> None:
        self._headers = {name.lower(): value for name, value in headers.items()}

    @classmethod
    def read(cls, block: str) -> Self | None:
        """The message between two blank lines; None for what is neither event nor response.

        Two spellings of one name are one header, given twice.
        """
        headers: dict[str, str | list[str]] = {}
        for line in block.split("\r\n"):
            name, colon, value = line.partition(": ")
            key = name.lower()
            if not colon:
                continue
            if key not in headers:
                headers[key] = value
            else:
                before = headers[key]
                headers[key] = [*([before] if isinstance(before, str) else before), value]
        return cls(headers) if "event" in headers or "response" in headers else None

    def __getitem__(self, name: str) -> str:
        value = self._headers[name.lower()]
        return value if isinstance(value, str) else value[-1]

    def __iter__(self) -> Iterator[str]:
        return iter(self._headers)

    def __len__(self) -> int:
        return len(self._headers)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self._headers

    def __repr__(self) -> str:
        return f"<AmiMessage {self.event or self.get('response', '')}>"

    @property
    def event(self) -> str:
        """The event's name; empty for a response."""
        return self.get("event", "")

    @property
    def repeats(self) -> bool:
        """Whether any header is given more than once."""
        return any(not isinstance(value, str) for value in self._headers.values())

    def all(self, name: str) -> tuple[str, ...]:
        """Every value of a repeated header, in order; empty if there is none."""
        value = self._headers.get(name.lower(), ())
        return (value,) if isinstance(value, str) else tuple(value)

    def pairs(self, name: str) -> dict[str, str]:
        """A repeated `name: key=value` header (Variable, ChanVariable) as a dictionary."""
        split = (value.partition("=") for value in self.all(name))
        return {key: value for key, sign, value in split if sign}


def checked(action: str, headers: Mapping[str, str | Sequence[str]]) -> dict[str, str | list[str]]:
    """The headers of a request that is safe to write, `Action` included, or `AmiUnsafe`.

    An Originate is always made asynchronous: the other kind blocks the whole manager session.
    """
    if not _NAME.fullmatch(action):
        raise AmiUnsafe("an action's name is one word")
    request: dict[str, str | list[str]] = {"Action": action}
    seen = set(_OURS_ALONE)
    for name, value in headers.items():
        _check_name(name, seen)
        values = [value] if isinstance(value, str) else list(value)
        for each in values:
            _check_line(name, each)
        request[name] = value if isinstance(value, str) else values
    if action.lower() == "originate":
        request = {name: value for name, value in request.items() if name.lower() != "async"}
        request["Async"] = "true"
    if sum(1 if isinstance(value, str) else len(value) for value in request.values()) > LINES_LIMIT:
        raise AmiUnsafe(f"more than {LINES_LIMIT} lines")
    return request


def _check_name(name: str, seen: set[str]) -> None:
    if not _NAME.fullmatch(name):
        raise AmiUnsafe("a header's name is one word")
    if name.lower() in seen:
        raise AmiUnsafe(f"header {name} is given twice or is not the caller's to give")
    seen.add(name.lower())


def _check_line(name: str, value: str) -> None:
    if _BREAKS_A_LINE.search(value):
        raise AmiUnsafe(f"header {name} holds a line break or a NUL")
    try:
        size = len(f"{name}: {value}".encode())
    except UnicodeEncodeError:
        raise AmiUnsafe(f"header {name} is not text") from None
    if size > LINE_LIMIT_BYTES:
        raise AmiUnsafe(f"header {name} is longer than {LINE_LIMIT_BYTES} bytes")
