"""The words of a catalogue, and which of them a word that somebody writes may mean.

The same word, another form of it, one that it begins, one that begins like it, one that is part of
it (Latvian compounds), and one that a slip of the fingers makes of it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from heapq import nsmallest
from itertools import chain, islice

from contactcentre.features.catalogue.word_forms import stem, trigrams

SAME, SAME_STEM, COMPOUND = 1.0, 0.92, 0.6
TYPING, BEGINNING = 0.85, 0.8
"""At best; less where less of the word is there."""
SLIP = 0.15
"""What each wrong letter costs."""
BEGINNING_LETTERS = 5
BEGINNING_SHARE = 0.6
PART_LETTERS = 5
TYPED_LETTERS = 2
SLIP_LETTERS = (5, 9)
"""From how many letters on one slip is forgiven, and two."""
STARTING, SIMILAR = 60, 20
"""Words looked at, at most, for one that is not typed to its end or is misspelt."""
REMEMBERED = 1_024
"""Words whose likenesses are kept."""


class Vocabulary:
    """Made once; `alike` is quick."""

    def __init__(self, terms: Iterable[str]) -> None:
        self._terms = sorted(set(terms))
        self._known = frozenset(self._terms)
        self._by_stem = _grouped(self._terms, stem)
        long = [term for term in self._terms if len(term) >= BEGINNING_LETTERS]
        self._by_beginning = _grouped(long, lambda term: term[:BEGINNING_LETTERS])
        self._by_trigram: dict[str, list[str]] = defaultdict(list)
        for term in self._terms:
            for piece in trigrams(term):
                self._by_trigram[piece].append(term)
        self._remembered: dict[str, Mapping[str, float]] = {}

    def alike(self, word: str) -> Mapping[str, float]:
        """The words that may be meant, each with how sure we are (0..1)."""
        found = self._remembered.get(word)
        if found is None:
            if len(self._remembered) >= REMEMBERED:
                self._remembered.clear()
            found = self._remembered[word] = self._alike(word)
        return found

    def _alike(self, word: str) -> Mapping[str, float]:
        found: dict[str, float] = {}
        for term, likeness in self._candidates(word):
            found[term] = max(likeness, found.get(term, 0.0))
        return found

    def _candidates(self, word: str) -> Iterator[tuple[str, float]]:
        if word in self._known:
            yield word, SAME
        for term in self._by_stem.get(stem(word), ()):
            yield term, SAME_STEM
        if len(word) >= TYPED_LETTERS:
            for term in islice(self._starting(word), STARTING):
                yield term, TYPING * max(0.8, len(word) / len(term))
        yield from self._beginning_like(word)
        yield from self._parts(word)
        if len(word) >= SLIP_LETTERS[0]:
            yield from self._misspelt(word)

    def _starting(self, word: str) -> Iterator[str]:
        for at in range(bisect_left(self._terms, word), len(self._terms)):
            if not self._terms[at].startswith(word):
                return
            yield self._terms[at]

    def _beginning_like(self, word: str) -> Iterator[tuple[str, float]]:
        for term in self._by_beginning.get(word[:BEGINNING_LETTERS], ()):
            share = _common(word, term) / max(len(stem(word)), len(stem(term)))
            if share >= BEGINNING_SHARE:
                yield term, BEGINNING * min(1.0, share)

    def _parts(self, word: str) -> Iterator[tuple[str, float]]:
        for at in range(1, len(word) - PART_LETTERS + 1):
            end = word[at:]
            if end in self._known:
                yield end, COMPOUND
            for term in self._by_stem.get(stem(end), ()) if len(end) > PART_LETTERS else ():
                yield term, COMPOUND * SAME_STEM

    def _misspelt(self, word: str) -> Iterator[tuple[str, float]]:
        pieces = trigrams(word)
        slips = 2 if len(word) >= SLIP_LETTERS[1] else 1
        shared = Counter(chain.from_iterable(self._by_trigram.get(piece, ()) for piece in pieces))

        def nearness(term: str) -> tuple[int, int, str]:
            return -shared[term], abs(len(term) - len(word)), term

        for term in nsmallest(SIMILAR, shared, key=nearness):  # the same at each start
            if len(term) < SLIP_LETTERS[0]:
                continue
            made = distance(word, term, slips)
            base, other = stem(word), stem(term)
            if made > slips and min(len(base), len(other)) > SLIP_LETTERS[0]:
                made = distance(base, other, 1) or 1  # the endings differ as well
                made += slips if made > 1 else 0
            if made <= slips:
                yield term, SAME_STEM - SLIP * made


def distance(one: str, other: str, most: int) -> int:
    """How many letters differ, are missing, too many or exchanged; `most` + 1 where more are."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    earlier: Sequence[int] = ()
    before: Sequence[int] = range(len(other) + 1)
    for at, letter in enumerate(one, 1):
        row = [at]
        for to, meant in enumerate(other, 1):
            least = min(before[to] + 1, row[to - 1] + 1, before[to - 1] + (letter != meant))
            if at > 1 and to > 1 and letter == other[to - 2] and one[at - 2] == meant:
                least = min(least, earlier[to - 2] + 1)
            row.append(least)
        if min(row) > most:
            return most + 1
        earlier, before = before, row
    return min(before[-1], most + 1)


def _common(one: str, other: str) -> int:
    same = 0
    for first, second in zip(one, other, strict=False):
        if first != second:
            break
        same += 1
    return same


def _grouped(terms: Iterable[str], key: Callable[[str], str]) -> Mapping[str, Sequence[str]]:
    groups: dict[str, list[str]] = defaultdict(list)
    for term in terms:
        groups[key(term)].append(term)
    return groups
