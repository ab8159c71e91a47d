"""Somebody's data are found however they are spelled, and nothing else is."""

from __future__ import annotations

from base64 import b64encode, urlsafe_b64encode
from urllib.parse import quote, quote_plus

import pytest

from lab.personal import Hidden, HiddenSearch

pytestmark = pytest.mark.unit

NUMBER, NAME = "+37126543217", "Anna Bērziņa-Ķirse"
NOTE, KEYS, CODE = "Jautā par pabalstu meitai", "7395182", "150378-11234"
SECRET = "pārāk slepena parole"
SEARCH = HiddenSearch(
    (
        Hidden("number", NUMBER),
        Hidden("name", NAME),
        Hidden("note", NOTE),
        Hidden("keys", KEYS),
        Hidden("code", CODE),
        Hidden("secret", SECRET),
    )
)


def kinds(text: str) -> set[str]:
    """What is found in it."""
    return {kind for _, kind in SEARCH.lines(text)}


def base64_of(text: str, before: str = "") -> str:
    """With something before it, so that it begins elsewhere in a triple."""
    return b64encode((before + text + "!").encode()).decode()


@pytest.mark.parametrize(
    "text",
    [
        NUMBER,
        "26543217",
        "0037126543217",
        "number=26 543 217.",
        "(+371) 2654-3217",
        "2026-11-29 26.54.32.17",
        "sip:+37126543217@127.0.0.2",
        "/person?number=%2B37126543217",
        "%32%36%35%34%33%32%31%37",
        "/person?number=26+543+217",
        "&#50;6543217",
        "recording-20261129-26543217.wav",
        "PJSIP/26543217-0000001d",
        *(base64_of(NUMBER, "x" * before) for before in range(3)),
        urlsafe_b64encode(f"who={NUMBER}".encode()).decode(),
        NUMBER.encode().hex(),
    ],
)
def test_a_number(text: str) -> None:
    """As people part it, as machines escape and code it."""
    assert kinds(text) == {"number"}


@pytest.mark.parametrize(
    "text",
    [
        NAME,
        "ANNA BĒRZIŅA-ĶIRSE",
        "agent Berzina-Kirse is ready",
        quote(NAME),
        "/x?q=" + quote_plus(NAME),
        r'{"name": "B\u0113rzi\u0146a-\u0136irse"}',
        "B&#275;rzi&#x146;a-&#310;irse",
        base64_of(NAME, "ab"),
    ],
)
def test_a_name(text: str) -> None:
    """The whole, or the last one, in whatever letters."""
    assert kinds(text) == {"name"}


def test_other_words() -> None:
    """Three words of a note that follow each other; keys and codes as they are or in groups; a
    password as it is, and in an address."""
    assert kinds("... par pabalstu meitai, ...") == {"note"}
    assert kinds("PAR PABALSTU MEITAI") == {"note"}
    assert kinds("digits=7395182") == kinds("739-5182") == {"keys"}
    assert kinds("code 15037811234") == kinds(CODE) == {"code"}
    assert kinds(f"password={quote_plus(SECRET)}") == kinds(SECRET) == {"secret"}


@pytest.mark.parametrize(
    "text",
    [
        "*** 3217",
        "…217",
        "a265432170",
        "2654321",
        "Anna",
        "Bērziņa",
        "pabalstu meitai",
        "73951820",
        "slepena parole",
        "PJSIP/a-2-6543217d",
        "channel=PJSIP%2Fa-2-6543217d&x",
        "Local/s@cc-ring-back-26543217;1",
    ],
)
def test_what_is_nobody_s(text: str) -> None:
    """The last four digits, a part of a word or of a number, a first name, words of any note, the
    count of a channel."""
    assert kinds(text) == set()


def test_the_line_is_told() -> None:
    """Each, and what may stand there is no finding."""
    text = f"nothing\nCallerIDNum: {NUMBER}\nNote: {NUMBER}\nNote: {NUMBER}"
    assert list(SEARCH.lines(text)) == [(2, "number"), (3, "number"), (4, "number")]
    found = SEARCH.lines(text, lambda line: {"number"} if line.startswith("Caller") else set())
    assert list(found) == [(3, "number"), (4, "number")]


def test_no_text_in_its_representation() -> None:
    """A report of a failed test would have it."""
    assert NUMBER not in repr(Hidden("number", NUMBER))
