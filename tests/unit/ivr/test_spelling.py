import pytest

from ivr import spelling
from ivr.interpreter import Choice

pytestmark = pytest.mark.unit

# The municipalities of Latvia that begin alike, and some that do not.
NAMES = (
    "Rēzekne",
    "Rēzeknes novads",
    "Rīga",
    "Ropažu novads",
    "Augšdaugavas novads",
    "Augšzemes novads",
    "Augstkalnes novads",
    "Augusta novads",
)
CHOICES = tuple(Choice(value=name, text=name, prompt=name) for name in NAMES)


def found(keys: str) -> list[str]:
    return [one.text for one in spelling.matches(keys, CHOICES)]


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("Jēkabpils", "535227457"),
        ("Ķekavas novads", "5352827668237"),
        ("ŠŽČŅĻĢŪĪĀ", "792654842"),
        ("Ogre-Ikšķile 2", "6473457545" + "3"),
    ],
)
def test_keys_of_a_name(name: str, keys: str) -> None:
    """Marks are folded; what is no letter is passed over."""
    assert spelling.typed(name) == keys


def test_names_that_begin_alike() -> None:
    """All of them, by alphabet."""
    assert found("739") == ["Rēzekne", "Rēzeknes novads"]
    assert found("74") == ["Rīga"]
    assert found("222") == []


def test_no_more_than_three() -> None:
    """More cannot be kept in mind; more letters tell the rest apart."""
    assert len(found("284")) == 3
    assert found("28487") == ["Augusta novads"]


def test_every_offer_has_its_key() -> None:
    """The name, then its key; at last the way back."""
    assert spelling.offer(spelling.matches("739", CHOICES)) == (
        *("Rēzekne", "spell.press-1"),
        *("Rēzeknes novads", "spell.press-2"),
        "spell.again",
    )
