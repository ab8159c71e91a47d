"""What may be said on Asterisk's manager interface, and kept in its channel variables. Pure.

Asterisk names the two ends of a call in fields of its own; a variable of ours holds what its row
here says, and never a citizen's number, a name, a note or more than one key. The same table stands
in docs/security/traces.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from lab.personal import HiddenSearch, Kind

ASKED: Final = ".asked"
TOLD: Final = ".told"
VARIABLES: Final = ".variables"
"""How the files of these traces end: requests, answers and events, variables line by line."""

_CALL: Final = "[0-9a-f]{32}"
_CHANNEL: Final = r"(?:PJSIP|Local)/[\w@.;-]+"
_TIME: Final = r"\d{9,10}(?:\.\d+)?"

OURS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "CC_AGAIN": "[01]",
        "CC_BACK": _CHANNEL,
        "CC_CALL": _CALL,
        "CC_CAUSE": r"\d{1,3}",
        "CC_CODEC": "alaw|ulaw|g722|opus",
        "CC_DONE": "1",
        "CC_FELL": "1",
        "CC_FIRST": _TIME,
        "CC_FULL": r"\d+(?:\.\d+)?",
        "CC_GONE": rf"{_CHANNEL}\|\d{{1,3}}",
        "CC_HOLDER": _CHANNEL,
        "CC_HOTLINE": r"\+?\d{2,15}",
        "CC_KEPT": r"\d{1,6}",
        "CC_KEY": "[0-9*#D]",
        "CC_LATER": r"-?\d{1,2}(?:\.\d+)?(?:e-\d+)?",
        "CC_LINE": r"[a-z0-9_-]+:\+?\d{2,15}",
        "CC_LINES": r"[a-z0-9_-]+:\+?\d{2,15}(?:&[a-z0-9_-]+:\+?\d{2,15})*",
        "CC_PLACE": rf"[a-z0-9_-]+\|[a-z]{{2,3}}\|{_TIME}\|{_TIME}",
        "CC_RING_S": r"\d{1,4}",
        "CC_SINCE": _TIME,
        "CC_SORRY": "1",
        "CC_TRY": r"-?\d{1,2}",
        "CC_WAITED": r"-?\d{1,10}(?:\.\d+)?",
        "CC_WHY": r"\d{1,3}",
        "CC_WORD_S": r"\d{1,4}",
    }
)
"""Each variable of ours, and all that it may hold; empty it may be as well."""

IN_PASSING: Final = frozenset({"CC_URI", "CC_USER"})
"""The dialplan reads the caller's number here, of an address that may begin with a name, and
empties them before the service is asked for."""

OF_A_CALL: Final = frozenset(
    {
        *("CallerIDNum", "ConnectedLineNum", "DestCallerIDNum", "DestConnectedLineNum"),
        "DialString",  # `Dial` rings a citizen, a mobile or an outside number
        "ApplicationData",
    }
)
"""Asterisk's own fields for who is at the ends of a call."""

OF_ASTERISK: Final = frozenset({"DIALEDPEERNUMBER"})
"""Its own variables that say whom `Dial` has reached."""

_NUMBER: Final[frozenset[Kind]] = frozenset({"number"})
_ADDRESS: Final[frozenset[Kind]] = frozenset({"number", "name"})
_SECRET: Final[frozenset[Kind]] = frozenset({"secret"})
_NONE: Final[frozenset[Kind]] = frozenset()


def may_be_told(line: str) -> Set[Kind]:
    """What Asterisk may write in a line of an event or an answer. A channel that asks for the
    service just then shows with what: whoever may read that may read Asterisk's files, too."""
    if line.startswith("ApplicationData: agi://"):
        return _SECRET
    return _NUMBER if line.partition(": ")[0] in OF_A_CALL else _NONE


def may_be_asked(line: str) -> Set[Kind]:
    """What the service may write: whom a call is with, and its own log-in."""
    match line.partition(": ")[0]:
        case "CallerID":
            return _NUMBER
        case "Secret":
            return _SECRET
        case _:
            return _NONE


def asked(text: str, search: HiddenSearch) -> Iterator[tuple[int, str]]:
    """What stands in requests and may not: line and kind."""
    yield from search.lines(text, may_be_asked)
    for number, line in enumerate(text.splitlines(), 1):
        name, _, value = line.removeprefix("Variable: ").partition("=")
        given = line.startswith("Variable: ") and name.startswith("CC_") and value
        if given and not _fits(name, value):
            yield number, f"variable {name}"


@dataclass(frozen=True, slots=True)
class _Set:
    line: int
    channel: str
    name: str
    value: str


def variables(text: str, search: HiddenSearch) -> Iterator[tuple[int, str]]:
    """What stands in variables and may not, of lines as `line_of` makes them: line and kind."""
    lines = [_read(number, line) for number, line in enumerate(text.splitlines(), 1)]
    yield from search.lines(text, _may_be_set)
    for one in lines:
        if one.name.startswith("CC_") and one.value and not _fits(one.name, one.value):
            yield one.line, f"variable {one.name}"
    left = {(one.channel, one.name): one for one in lines if one.name in IN_PASSING}
    for one in left.values():
        if one.value:
            yield one.line, f"variable {one.name} is not emptied"


def line_of(channel: str, name: str, value: str) -> str:
    """How a variable that was set is written down."""
    return f"{channel}\t{name}\t{value}\n"


def _read(number: int, line: str) -> _Set:
    channel, _, rest = line.partition("\t")
    name, _, value = rest.partition("\t")
    return _Set(number, channel, name, value)


def _may_be_set(line: str) -> Set[Kind]:
    name = _read(0, line).name
    return _ADDRESS if name in IN_PASSING else _NUMBER if name in OF_ASTERISK else _NONE


def _fits(name: str, value: str) -> bool:
    """Whether a variable may hold that. A heartbeat is a global of each service, and one of each
    telephone says what it knows."""
    if name in IN_PASSING:
        return True
    if name.startswith("CC_REMOTE_"):
        return value in ("0", "1")
    shape = _TIME if name.startswith("CC_ALIVE_") else OURS.get(name)
    return shape is not None and re.fullmatch(shape, value) is not None
