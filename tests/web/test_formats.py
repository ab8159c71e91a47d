"""Numbers, times and telephone numbers as people read them."""

from __future__ import annotations

import pytest

from agents_ui import formats

pytestmark = pytest.mark.web


@pytest.mark.parametrize(
    ("number", "masked", "whole"),
    [
        ("+37129123445", "+371 29 ··· ·45", "+371 29 123 445"),
        ("+37166954845", "+371 66 ··· ·45", "+371 66 954 845"),
        ("+380501234567", "+380 50· ··· ·67", "+380 501 234 567"),
        ("1201", "··01", "1201"),
        ("112", "·12", "112"),
        ("7", "7", "7"),
    ],
)
def test_phone(number, masked, whole):
    """Latvian numbers stand in groups of 2-3-3; masked, their middle is hidden."""
    assert (formats.phone(number), formats.phone(number, masked=False)) == (masked, whole)


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0, "0:00"), (9.9, "0:09"), (107, "1:47"), (3600, "1:00:00"), (-3, "0:00")],
)
def test_duration(seconds, shown):
    """Minutes and seconds, hours only when there are any, never less than nothing."""
    assert formats.duration(seconds) == shown


@pytest.mark.parametrize(
    ("at", "shown"),
    [(1_774_745_999.0, "29.03.2026. 02:59"), (1_774_746_000.0, "29.03.2026. 04:00")],
)
def test_local_time(at, shown):
    """People see the clock of Latvia, also across the change to summer time."""
    assert formats.local_time(at) == shown
