"""What may not leave the house in a question, when its answer is due, and the call for it."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from contactcentre.features.upkeep import promise
from contactcentre.features.upkeep.document import CardOwner, due_at
from contactcentre.features.upkeep.guard import found_in
from contactcentre.testing import History
from contactcentre.testing import network as network_of
from routing.calendar import Calendar

pytestmark = pytest.mark.unit

HOUR_S = 3600.0
WEEK = tuple(((9 * 60, 17 * 60),) if day < 5 else () for day in range(7))
FRIDAY = 1_796_389_200.0
"""4 December 2026, 15:00 in Riga."""


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("kods 010180-12345.", {"code"}),
        ("01018012345", {"code"}),
        ("390000-00000", {"code"}),
        ("4111 1111 1111 1111", {"card"}),
        ("uz LV80 BANK 0000 4351 9500 1 rīt", {"iban"}),
        ("de89370400440532013000", {"iban"}),
        ("zvanīt 29123445", {"phone"}),
        ("zvanīt +371 29 123 445", {"phone"}),
        ("tālr. 67 123 456", {"phone"}),
        ("0049 30 1234567", {"phone"}),
        ("010180-12345, 29123445", {"code", "phone"}),
    ],
)
def test_what_names_somebody_is_found(text: str, kinds: set[str]) -> None:
    """However it is written."""
    assert set(found_in(text)) == kinds


@pytest.mark.parametrize(
    "text",
    [
        "Vai pabalstu var saņemt par 2025. un 2026. gadu?",
        "no 2026-11-29 līdz 2026-12-31",
        "2025 2026",
        "29.11.2026.",
        "reģ. nr. 40003032949",
        "MK noteikumi 133/2012, likumi.lv 164501",
        "50 EUR, 10 darba dienās, 1500,00",
        "LV81BANK0000435195001",
        "4111111111111112",
        "",
    ],
)
def test_what_names_nobody_is_not(text: str) -> None:
    """Dates, years, laws, sums and companies."""
    assert found_in(text) == ()


def test_the_longest_text_is_read_in_no_time() -> None:
    """A stranger's too."""
    began = time.perf_counter()
    for text in ("1 " * 2_000, "LV80 " * 800, "0101801234" * 400, "+1" * 2_000, "2 " * 2_000):
        found_in(text)
    assert time.perf_counter() - began < 5


def test_an_answer_is_due_in_hours_of_work() -> None:
    """Eight of them from Friday at three end on Monday at three; without a calendar, by clock."""
    owner = CardOwner(institution="VSAA", hours=8, calendar="office")
    network = replace(network_of(), calendars={"office": Calendar(weekly=WEEK)})
    assert due_at(owner, FRIDAY, network) == FRIDAY + 72 * HOUR_S
    bare = replace(network, calendars={})
    assert due_at(owner, FRIDAY, bare) == FRIDAY + 8 * HOUR_S


def enquiry(**changes: object) -> dict[str, object]:
    """A row of a question that is answered."""
    row: dict[str, object] = {
        "enquiry_id": "e" * 32,
        "institution": "VSAA",
        "answer": "Jā, " + "x" * 400,
        "agent_id": "a1",
        "centre": "ludza",
        "service": "VSAA-KOPS",
    }
    return {**row, **changes}


def contact(**changes: object) -> dict[str, object]:
    """A row of the contact in which it was asked."""
    row: dict[str, object] = {
        "call_id": "c-old",
        "caller": "+37129000001",
        "forgotten_at": None,
        "dialled": "65707000",
        "arrived_at": 1.0,
        "queue": "taxes",
        "language": "lv",
        "matter": "taxes",
        "municipality": "",
    }
    return {**row, **changes}


def test_the_call_is_promised_once_and_names_the_answer() -> None:
    """Long after the call has gone out of memory; whoever tells it twice has promised one."""
    story = History(network_of())
    story.links_up()
    given = promise.given(enquiry(), contact(), story.world.network, story.at)
    assert given is not None
    assert "+37129000001" not in repr(given)
    assert given.asked.caller is None
    story.apply(given)
    call = story.world.calls[given.call_id]
    assert call.caller == "+37129000001"
    assert call.callback is not None
    assert (call.callback.given.agent_id, call.callback.asked_in) == ("a1", "c-old")
    assert call.record.note.startswith("VSAA: Jā,")
    assert call.record.services == ("VSAA-KOPS",)
    story.apply(given)
    assert [one for one in story.world.calls.values() if one.callback] == [call]


@pytest.mark.parametrize(
    "changes", [{"caller": None}, {"caller": "p-0123", "forgotten_at": 5.0}, {"caller": "+1999"}]
)
def test_nobody_is_promised_what_cannot_be_kept(changes: dict[str, object]) -> None:
    """A number that was withheld, forgotten, or may not be dialled."""
    network = network_of()
    assert promise.given(enquiry(), contact(**changes), network, 1.0) is None
