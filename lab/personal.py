"""What must stand nowhere, in every spelling that a machine may give it. Pure.

A number is found in E.164, national, with a zero or 00 before it, and in groups; words with and
without their marks, escaped for addresses, HTML and JSON; all of it in base64 and in hexadecimal. A
number of which four digits are left is no number any more.
"""

from __future__ import annotations

import html
import re
import unicodedata
from base64 import b64encode
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Set
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Final, Literal
from urllib.parse import unquote_plus

Kind = Literal["number", "name", "note", "keys", "code", "secret"]

AT_LEAST: Final[dict[Kind, int]] = {
    "number": 8,  # digits, as the national ones
    "name": 4,
    "note": 8,
    "keys": 7,  # fewer are in every time of day
    "code": 8,
    "secret": 8,
}
"""Characters; what is shorter is everywhere by chance, and is not looked for."""

_PREFIX: Final = 7
"""Digits that a number may have before its national ones: `00371`, and a line's own."""

_RUN: Final = re.compile(r"\d+(?:[ \u00a0\-./()+,]{1,2}\d+)*")
_SERIAL: Final = re.compile(r"((?:PJSIP|Local)(?:/|%2F)[\w.+@-]*?)-[0-9a-f]{8}(?![0-9a-zA-Z])")
"""The end of a channel's name, which counts channels: `PJSIP/a-2-0000001d` is nobody's number."""

_ESCAPED: Final = re.compile(r"\\u([0-9a-fA-F]{4})")
_MARKS: Final = re.compile("[\u0300-\u036f]")
_COUNTRY: Final = re.compile(r"^(?:\+|00)?371(?=\d{8}$)")


@dataclass(frozen=True, slots=True, order=True)
class Hidden:
    """Something of a person. Its text is in no representation of it."""

    kind: Kind
    text: str = field(repr=False)


Allowed = Callable[[str], Set[Kind]]
"""What may stand in a line."""


def nothing(_: str) -> Set[Kind]:
    """As in nearly every line there is."""
    return frozenset()


class HiddenSearch:
    """Looks for all of them at once."""

    def __init__(self, hidden: Iterable[Hidden]) -> None:
        self._numbers: set[str] = set()
        self._keys: dict[str, Kind] = {}
        self._words: defaultdict[Kind, set[str]] = defaultdict(set)
        self._coded: defaultdict[Kind, set[str]] = defaultdict(set)
        self._secrets: set[str] = set()
        for one in hidden:
            self._add(one.kind, one.text.strip())

    def _add(self, kind: Kind, text: str) -> None:
        match kind:
            case "number":
                text = re.sub(r"\D", "", _COUNTRY.sub("", text))
                self._put(kind, text, self._numbers.add)
            case "keys" | "code":
                digits = re.sub(r"\D", "", text)
                self._put(kind, digits, lambda it: self._keys.__setitem__(it, kind))
            case "name":
                last = text.rpartition(" ")[2]
                for word in {text, last}:
                    self._put(kind, word, lambda it: self._words[kind].add(plain(it)))
            case "note":
                for phrase in _phrases(text):
                    self._put(kind, phrase, lambda it: self._words[kind].add(plain(it)))
            case "secret":
                self._put(kind, text, self._secrets.add)

    def _put(self, kind: Kind, text: str, put: Callable[[str], object]) -> None:
        if len(text) >= AT_LEAST[kind]:
            put(text)
            if len(text) >= AT_LEAST["note"]:  # fewer bytes are in any picture
                self._coded[kind] |= _codings(text)

    def lines(self, text: str, allowed: Allowed = nothing) -> Iterator[tuple[int, Kind]]:
        """The numbers of the lines in which something stands that may not, and its kind."""
        lines = text.splitlines()
        known = self._known("\n".join(dict.fromkeys(lines)))
        seen: dict[str, frozenset[Kind]] = {}
        for number, line in enumerate(lines, 1):
            if line not in seen:
                seen[line] = frozenset(known(line)) - allowed(line)
            for kind in sorted(seen[line]):
                yield number, kind

    def _known(self, text: str) -> Callable[[str], set[Kind]]:
        """What a line of that text holds: most words are nowhere in it, which is soon seen."""
        read = _readings(text)
        simple = [plain(one) for one in read]
        words = {
            (kind, word)
            for kind, all_of in self._words.items()
            for word in all_of
            if any(word in one for one in simple)
        }
        exact = {
            *(("secret", one) for one in self._secrets if any(one in each for each in read)),
            *((kind, one) for kind, all_of in self._coded.items() for one in all_of if one in text),
        }

        def kinds(line: str) -> set[Kind]:
            found: set[Kind] = set()
            for reading in _readings(line):
                found |= self._in_digits(reading)
                found |= {kind for kind, word in words if _stands_in(word, plain(reading))}
                found |= {kind for kind, one in exact if one in reading}
            return found

        return kinds

    def _in_digits(self, line: str) -> set[Kind]:
        found: set[Kind] = set()
        for run in _RUN.finditer(_SERIAL.sub(r"\1", line)):
            for digits in _joined(re.findall(r"\d+", run[0])):
                if digits in self._keys:
                    found.add(self._keys[digits])
                if any(
                    digits[cut:] in self._numbers for cut in range(min(_PREFIX, len(digits)) + 1)
                ):
                    found.add("number")
        return found


def plain(text: str) -> str:
    """In small letters without their marks: `Bērziņa` is `berzina`."""
    if text.isascii():
        return text.lower()
    return _MARKS.sub("", unicodedata.normalize("NFKD", text.casefold()))


def _readings(text: str) -> set[str]:
    """The text as it is, and as whoever reads an address, a page or JSON takes it."""
    unescaped = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), html.unescape(text))
    return {text, "\n".join(unquote_plus(line) for line in unescaped.split("\n"))}


def _stands_in(word: str, text: str) -> bool:
    """As a word or words of its own: `liepa` is not in `liepaja`."""
    return word in text and re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) is not None


def _phrases(text: str) -> Iterator[str]:
    """Every three words that follow each other; whatever is shorter as a whole."""
    words = text.split()
    for first in range(max(1, len(words) - 2)):
        yield " ".join(words[first : first + 3])


def _joined(groups: list[str]) -> Iterator[str]:
    """Groups of digits that follow each other, as one."""
    for first in range(len(groups)):
        yield from accumulate(groups[first : first + 8])


def _codings(text: str) -> set[str]:
    """Its bytes in hexadecimal and in both alphabets of base64, wherever they begin in a triple."""
    data = text.encode()
    coded = {data.hex(), data.hex().upper()}
    for before in range(3):
        whole = b64encode(bytes(before) + data).decode()
        part = whole[(0, 2, 3)[before] : (before + len(data)) * 8 // 6]
        coded |= {part, part.replace("+", "-").replace("/", "_")}
    return coded
