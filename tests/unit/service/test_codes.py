"""Codes of a second factor, as RFC 6238 reckons them, and those on paper."""

import base64

import pytest

from contactcentre.features.accounts import codes

pytestmark = pytest.mark.unit

SECRET = base64.b32encode(b"12345678901234567890").decode()
"""Of the RFC's appendix B, whose codes have two digits more in front."""


@pytest.mark.parametrize(
    ("at", "code"),
    [
        (1111111111, "050471"),
        (1111111109, "081804"),
        (1234567890, "005924"),
        (2000000000, "279037"),
    ],
)
def test_the_codes_of_the_rfc(at: int, code: str) -> None:
    """Each is right in its half minute, in the one before and the one after, and in no other."""
    step = at // 30
    assert codes.step_of(SECRET, code, at) == step
    for shift, found in ((-60, None), (-30, step), (30, step), (60, None)):
        assert codes.step_of(SECRET, code, at + shift) == found


@pytest.mark.parametrize("code", ["28 70 82", "287-082", " 287082 "])
def test_as_people_type_them(code: str) -> None:
    """Blanks and hyphens between are no errors."""
    assert codes.step_of(SECRET, code, 59) == 1


@pytest.mark.parametrize(
    "code", ["", "28708", "2870822", "２８７０８２", "abcdef", "287082\0", "\ud800"]
)
def test_what_is_no_code(code: str) -> None:
    """Digits of other scripts, other lengths and broken text are wrong, and no fault."""
    assert codes.step_of(SECRET, code, 59) is None
    assert codes.digest(code)


def test_codes_on_paper_are_long_enough() -> None:
    """Ten of 120 bits, none alike; as typed in capitals without hyphens they are the same."""
    fresh = codes.on_paper()
    assert len({*fresh}) == 10
    assert {len(codes.tidy(one)) * 5 for one in fresh} == {120}
    assert codes.digest(fresh[0]) == codes.digest(fresh[0].upper().replace("-", ""))
