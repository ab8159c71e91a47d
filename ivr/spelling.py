"""Names by keypad: the caller types the first letters, one key press a letter (2 is A, B or C)."""

import unicodedata
from collections.abc import Iterable, Sequence

from ivr.orders import Choice, Cursor

MOST = 3
"""So many names are offered at once; more cannot be kept in mind."""

AGAIN = "9"
"""The key for a caller whose name is not among those offered."""

PRESS = ("spell.press-1", "spell.press-2", "spell.press-3")
ELSE = "spell.again"
NONE = "spell.none"
SPOKEN = (*PRESS, ELSE, NONE)
"""What is said besides the names: which key each has, the key for none, and that none fits."""

_KEYS = {
    letter: key
    for key, letters in zip(
        "23456789", ("abc", "def", "ghi", "jkl", "mno", "pqrs", "tuv", "wxyz"), strict=True
    )
    for letter in letters
}
LETTER_KEYS = "23456789"


def typed(text: str) -> str:
    """Return the keys that spell a text, marks, spaces and hyphens left out: Ķekava is 535282."""
    plain = unicodedata.normalize("NFD", text.casefold())
    return "".join(_KEYS.get(letter, "") for letter in plain)


def matches(keys: str, among: Iterable[Choice]) -> tuple[Choice, ...]:
    """Return the names that begin with these keys, by alphabet, at most MOST."""
    fitting = (one for one in among if typed(one.text).startswith(keys))
    return tuple(sorted(fitting, key=lambda one: one.text)[:MOST])


def offer(found: Sequence[Choice]) -> tuple[str, ...]:
    """Return what is said to let the caller choose one of these."""
    said = (
        prompt for one, press in zip(found, PRESS, strict=False) for prompt in (one.prompt, press)
    )
    return (*said, ELSE)


def letters(cursor: Cursor, store: str) -> str:
    """Return what the caller has typed so far for the value `store`; empty before that."""
    return cursor.value(_name(store)) or ""


def with_letters(values: dict[str, str], store: str, keys: str) -> dict[str, str]:
    """Return the values with the letters kept, or forgotten where `keys` is empty."""
    rest = {name: value for name, value in values.items() if name != _name(store)}
    return {**rest, _name(store): keys} if keys else rest


def _name(store: str) -> str:
    return f"{store}-letters"
