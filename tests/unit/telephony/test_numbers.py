"""Telephone numbers as they come in."""

import pytest

from contactcentre.telephony.translation import caller_of

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("text", ["٢٩٠٠٠٠٠٥", "２９０００００５", "2900000²", "", "12", "1" * 16])
def test_other_digits_are_no_number(text: str) -> None:
    """Only the ten of ASCII, and as many as a number has."""
    assert caller_of(text) is None


def test_a_number_of_eight_digits_is_latvian() -> None:
    """The others say their country."""
    assert caller_of("29000005") == "+37129000005"
    assert caller_of("0037129000005") == caller_of("+37129000005") == "+37129000005"
