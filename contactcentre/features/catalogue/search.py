"""Finding a service by what people call it: an index in memory, made once.

Every word of the query looks for words of the catalogue: the same word, the same stem, a word
that it begins, a word that begins like it, a word that looks like it; the rarer the word and the
weightier its place (a name or an alias before an institution or a summary), the more it counts.
A query that is a name or an alias as a whole comes first.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain

from agents_ui.shell.port import ServiceCard
from contactcentre.features.catalogue import word_forms
from contactcentre.features.catalogue.document import Service

SAME, SAME_STEM, TYPING, SAME_BEGINNING, ALIKE = 1.0, 0.9, 0.75, 0.65, 0.6
BEGINNING = 5
ALIKE_AT_LEAST = 0.4
WHOLE, PART = 6.0, 1.5
NAME, ALIAS, INSTITUTION, LIFE_EVENT, SUMMARY = 1.0, 1.0, 0.5, 0.4, 0.3
ENOUGH = 0.2
"""Of the best score: whatever is below is not shown."""

Postings = dict[int, float]
"""Service number to the weight of the weightiest place where the word stands."""


class SearchIndex:
    """The cards of these services, and every word that leads to them."""

    def __init__(self, services: Iterable[Service]) -> None:
        self._services = tuple(services)
        self._by_code = {service.code: service for service in self._services}
        self._postings: dict[str, Postings] = defaultdict(dict)
        self._phrases: dict[frozenset[str], set[int]] = defaultdict(set)
        for number, service in enumerate(self._services):
            self._add(number, service)
        self._terms = sorted(self._postings)
        self._by_stem = _grouped(self._terms, word_forms.stem)
        self._by_beginning = _grouped(
            (term for term in self._terms if len(term) >= BEGINNING), lambda term: term[:BEGINNING]
        )
        self._by_trigram: dict[str, list[str]] = defaultdict(list)
        for term in self._terms:
            for piece in word_forms.trigrams(term):
                self._by_trigram[piece].append(term)

    def search(self, text: str, *, locale: str, limit: int = 8) -> Sequence[ServiceCard]:
        """Best first; forgives missing diacritics, endings and Russian or English words."""
        tokens = tuple(dict.fromkeys(word_forms.split(text[:100])))[:8]
        scores: dict[int, float] = defaultdict(float)
        for token in tokens:
            for number, score in self._found(token).items():
                scores[number] += score
        self._praise(tokens, scores)
        return [self._services[number].card(locale) for number in _best(scores, limit)]

    def first(self, limit: int, *, locale: str) -> Sequence[ServiceCard]:
        """The first cards by their names."""
        cards = (service.card(locale) for service in self._services)
        return sorted(cards, key=lambda card: word_forms.fold(card.name))[:limit]

    def cards(self, codes: Sequence[str], *, locale: str) -> Sequence[ServiceCard]:
        """The cards of these codes, unknown codes left out."""
        found = (self._by_code.get(code) for code in codes)
        return [service.card(locale) for service in found if service is not None]

    def _add(self, number: int, service: Service) -> None:
        for phrase, weight in _phrases(service):
            tokens = word_forms.split(phrase)
            for token in tokens:
                postings = self._postings[token]
                postings[number] = max(weight, postings.get(number, 0.0))
            if weight >= ALIAS:
                self._phrases[frozenset(map(word_forms.stem, tokens))].add(number)

    def _found(self, token: str) -> Postings:
        """How well each service answers one word."""
        best: Postings = {}
        for term, likeness in self._alike(token).items():
            postings = self._postings[term]
            rarity = math.log(1.0 + len(self._services) / len(postings))
            for number, weight in postings.items():
                best[number] = max(best.get(number, 0.0), likeness * weight * rarity)
        return best

    def _alike(self, token: str) -> Mapping[str, float]:
        """The catalogue's words that may be meant, each with how sure we are (0..1)."""
        found: dict[str, float] = {}
        for term, likeness in self._candidates(token):
            found[term] = max(likeness, found.get(term, 0.0))
        return found

    def _candidates(self, token: str) -> Iterator[tuple[str, float]]:
        if token in self._postings:
            yield token, SAME
        for term in self._by_stem.get(word_forms.stem(token), ()):
            yield term, SAME_STEM
        if len(token) >= 2:
            for term in self._starting(token):
                yield term, TYPING
        for term in self._by_beginning.get(token[:BEGINNING], ()):
            yield term, SAME_BEGINNING
        if len(token) >= 4:
            yield from self._looking_like(token)

    def _starting(self, token: str) -> Iterator[str]:
        for at in range(bisect_left(self._terms, token), len(self._terms)):
            if not self._terms[at].startswith(token):
                return
            yield self._terms[at]

    def _looking_like(self, token: str) -> Iterator[tuple[str, float]]:
        pieces = word_forms.trigrams(token)
        shared = Counter(chain.from_iterable(self._by_trigram.get(piece, ()) for piece in pieces))
        for term, count in shared.items():
            # Dice's coefficient.
            likeness = 2 * count / (len(pieces) + len(word_forms.trigrams(term)))
            if likeness >= ALIKE_AT_LEAST:
                yield term, ALIKE * likeness

    def _praise(self, tokens: Sequence[str], scores: dict[int, float]) -> None:
        """Add what a whole name or alias is worth, and less for one among other words."""
        stems = frozenset(map(word_forms.stem, tokens))
        for number in self._phrases.get(stems, ()):
            scores[number] += WHOLE
        for phrase, numbers in self._phrases.items():
            if phrase < stems:
                for number in numbers:
                    scores[number] += PART * len(phrase)


def _phrases(service: Service) -> Iterator[tuple[str, float]]:
    for text in (service.lv, service.en):
        yield text.name, NAME
        yield text.summary, SUMMARY
    for alias in chain.from_iterable(service.aliases.values()):
        yield alias, ALIAS
    yield service.code, ALIAS
    for name in service.institution.values():
        yield name, INSTITUTION
    for event in service.life_events:
        yield event, LIFE_EVENT


def _best(scores: Mapping[int, float], limit: int) -> list[int]:
    order = sorted(scores, key=lambda number: (-scores[number], number))
    least = ENOUGH * scores[order[0]] if order else 0.0
    return [number for number in order[:limit] if scores[number] >= least]


def _grouped(terms: Iterable[str], key: Callable[[str], str]) -> Mapping[str, Sequence[str]]:
    groups: dict[str, list[str]] = defaultdict(list)
    for term in terms:
        groups[key(term)].append(term)
    return groups
