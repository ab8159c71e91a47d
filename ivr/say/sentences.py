"""Whole sentences for what most callers in a queue are told: a person records each as one.

Places to the twentieth, waits of up to an hour; what lies beyond is put together from pieces.
"""

from collections.abc import Iterator, Mapping
from typing import Protocol

PLACES = range(1, 21)
WAITS_MIN = (*range(1, 11), *range(15, 61, 5))
"""Above ten minutes a wait is known, and told, to five minutes."""


class _Countable(Protocol):
    @property
    def WORDS(self) -> Mapping[str, str]: ...  # noqa: N802 (a module's constant)

    def position(self, n: int, /) -> tuple[str, ...]: ...
    def wait_range(self, low_min: int, high_min: int, /) -> tuple[str, ...]: ...


def words(grammar: _Countable) -> dict[str, str]:
    """Prompt key -> text, of every sentence and half sentence."""
    return {key: " ".join(grammar.WORDS[part] for part in parts) for key, parts in _parts(grammar)}


def position(n: int) -> tuple[str, ...]:
    """The place as one sentence; nothing where there is none for it."""
    return (f"position/{n}",) if n in PLACES else ()


def wait_range(low_min: int, high_min: int) -> tuple[str, ...]:
    """The wait as one sentence, or as two halves; nothing where there is none for it."""
    if low_min not in WAITS_MIN or high_min not in WAITS_MIN or high_min < 2:
        return ()
    if low_min == high_min:
        return (f"wait/about-{low_min}",)
    return (f"wait/from-{low_min}", f"wait/to-{high_min}")


def rounded(low_min: int, high_min: int) -> tuple[int, int]:
    """A range that holds the given one, its ends above ten minutes at full fives."""
    low, high = sorted((low_min, high_min))
    return (low if low <= 10 else low - low % 5), (high if high <= 10 else high + -high % 5)


def _parts(grammar: _Countable) -> Iterator[tuple[str, tuple[str, ...]]]:
    for n in PLACES:
        yield f"position/{n}", grammar.position(n)
    for n in WAITS_MIN:
        yield f"wait/from-{n}", _halves(grammar.wait_range(n, WAITS_MIN[-1] + 1))[0]
        if n > 1:
            yield f"wait/to-{n}", _halves(grammar.wait_range(1, n))[1]
            yield f"wait/about-{n}", grammar.wait_range(n, n)


def _halves(keys: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    middle = keys.index("word/to")
    return keys[:middle], keys[middle:]
