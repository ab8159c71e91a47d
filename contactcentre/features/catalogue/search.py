"""Finding a service by what people call it: an index in memory, made once.

A service is known by phrases: its name, what people say (aliases), its institution, its summary.
Each word of a query is looked for in all of them; a card is worth what share of the query it
answers, and how much of one of its phrases the query says. Rare words count more, words that only
say what one wants to do (get, change, pay) count less. A card that answers too little is not shown:
"nothing fits" is an answer, too.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from agents_ui.shell.port import ServiceCard
from contactcentre.features.catalogue import word_forms
from contactcentre.features.catalogue.document import Service
from contactcentre.features.catalogue.vocabulary import Vocabulary
from routing.plain import plain

NAMED, INSTITUTION, LIFE_EVENT, SUMMARY = 1.0, 0.5, 0.4, 0.35
"""What a word is worth by its place; names and aliases name."""
WORDS = 8
"""Of a query, at most; and letters: """
LETTERS = 100
WEAK = 0.25
"""What a word that only says what one wants to do is worth."""
ELSEWHERE, UNKNOWN_WHERE, HERE = 0.5, 0.8, 1.15
"""A card of one municipality: for a caller of another one, of nobody knows which, of that one."""
QUERY, PHRASE = 0.5, 0.5
"""Shares of a card's worth: how much of the query it answers, how like one of its phrases it is."""
LIKE, COVER, ANSWERED = 0.59, 0.235, 0.175
"""Shares of how well a card fits: how like the query is to a phrase of it, how much of a phrase
the query says, how much of the query the card answers."""
FLOOR = 0.49
"""Whatever fits less is not shown: nothing fits."""
SOME = 0.15
"""Of a query that a card must answer to be looked at."""
ENOUGH = 0.45
"""Of the best one's worth: whatever is below is not shown."""

NOTE_LETTERS = 300
"""Of a note, from its end: what was written last is what it is about now."""
NOTE_WORDS = 2
"""So many of a sentence are looked for together: the rest of it tells another thing."""
NOTE_FLOOR = 0.7
"""What a card must be worth to be shown beside a note: it was not asked for."""

_SENTENCE = re.compile(r"[.,;:!?()\n]+")

Known = tuple[str, float, int]

OUTSIDE = -1
"""Stands for whatever is not ours, among the numbers of services."""

Postings = Mapping[float, Sequence[int]]
"""The services that a word leads to, by its place's worth, the lesser first."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that name services, and those services."""

    mass: float
    services: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Sought:
    """One word of a query: how much it says, and what it may mean, the least likely first."""

    weight: float
    alike: Sequence[tuple[str, float]]


class SearchIndex:
    """The cards of these services, and every word that leads to them, on one day. What is like a
    phrase of `not_ours` rather than like a card finds nothing."""

    def __init__(
        self, services: Iterable[Service], *, not_ours: Iterable[str] = (), day: str = ""
    ) -> None:
        self._services = tuple(services)
        self._day = day
        self._by_code = {service.code: service for service in self._services}
        known = [*_known(self._services), *((text, NAMED, OUTSIDE) for text in not_ours)]
        places = _places(known)
        self._vocabulary = Vocabulary(places)
        self._weights = {word: self._weight(word, found) for word, found in places.items()}
        self._unknown = _typical(self._weights)
        self._heaviest = max(self._weights.values(), default=1.0)
        self._leads = {word: _by_place(found) for word, found in places.items()}
        self._phrases: list[Phrase] = []
        self._phrases_with: dict[str, list[int]] = defaultdict(list)
        for words, numbers in self._named(known).items():
            for word in words:
                self._phrases_with[word].append(len(self._phrases))
            mass = sum(self._weights[word] for word in words)
            self._phrases.append(Phrase(mass, tuple(numbers)))

    def search(
        self, text: str, *, locale: str, limit: int = 8, municipality: str = ""
    ) -> Sequence[ServiceCard]:
        """Best first, for a caller of that municipality; empty where nothing fits."""
        if (code := text.strip().upper()) in self._by_code:
            return self.cards((code,), locale=locale, municipality=municipality)
        worth = self._near(_words(text), municipality)
        order = sorted(worth, key=lambda number: (-worth[number], number))[:limit]
        least = ENOUGH * worth[order[0]] if order else 0.0
        return [self._card(one, locale, municipality) for one in order if worth[one] >= least]

    def spoken_of(
        self, note: str, *, locale: str, limit: int = 3, municipality: str = ""
    ) -> Sequence[ServiceCard]:
        """What a note is about, best first: its last sentences, some words at a time. What other
        municipalities do is not meant."""
        worth: dict[int, float] = {}
        for words in _pieces(note):
            for number, value in self._near(words, municipality).items():
                here = self._services[number].municipality in ("", municipality)
                if here and value >= NOTE_FLOOR:
                    worth[number] = max(value, worth.get(number, 0.0))
        order = sorted(worth, key=lambda number: (-worth[number], number))[:limit]
        return [self._card(one, locale, municipality) for one in order]

    def _near(self, words: Sequence[str], municipality: str) -> Mapping[int, float]:
        """What each card is worth there; none where it is something that is not ours."""
        worth = {
            number: value * self._nearness(number, municipality)
            for number, value in self._worth(words).items()
        }
        outside = worth.pop(OUTSIDE, 0.0)
        return worth if outside < max(worth.values(), default=0.0) else {}

    def first(self, limit: int, *, locale: str) -> Sequence[ServiceCard]:
        """The first cards by their names."""
        cards = (service.card(locale, day=self._day) for service in self._services)
        return sorted(cards, key=lambda card: plain(card.name))[:limit]

    def cards(
        self, codes: Sequence[str], *, locale: str, municipality: str = ""
    ) -> Sequence[ServiceCard]:
        """The cards of these codes, unknown codes left out."""
        found = (self._by_code.get(code) for code in codes)
        return [
            service.card(locale, day=self._day, municipality=municipality)
            for service in found
            if service is not None
        ]

    def _card(self, number: int, locale: str, municipality: str) -> ServiceCard:
        return self._services[number].card(locale, day=self._day, municipality=municipality)

    def _nearness(self, number: int, municipality: str) -> float:
        own = self._services[number].municipality if number != OUTSIDE else ""
        if not own:
            return 1.0
        if not municipality:
            return UNKNOWN_WHERE
        return HERE if own == municipality else ELSEWHERE

    # --- what a card is worth -----------------------------------------------------------------

    def _worth(self, words: Sequence[str]) -> Mapping[int, float]:
        """What each service that fits is worth to whoever writes that."""
        sought = self._sought(words)
        asked = sum(one.weight for one in sought) or 1.0
        answered = {number: said / asked for number, said in self._answered(sought).items()}
        fitting = {number for number, share in answered.items() if share >= SOME}
        likest: dict[int, float] = {}
        whole: dict[int, float] = {}
        for at, said in self._said(sought, SOME * asked).items():
            phrase = self._phrases[at]
            likeness, cover = 2 * said / (asked + phrase.mass), min(1.0, said / phrase.mass)
            for number in fitting.intersection(phrase.services):
                likest[number] = max(likeness, likest.get(number, 0.0))
                whole[number] = max(cover, whole.get(number, 0.0))
        return {
            number: QUERY * answered[number] + PHRASE * like
            for number, like in likest.items()
            if LIKE * like + COVER * whole[number] + ANSWERED * answered[number] >= FLOOR
        }

    def _sought(self, words: Iterable[str]) -> list[Sought]:
        """What a query looks for. A word that is nowhere says as much as the one that says most."""
        known = [(word, self._alike(word)) for word in words]
        raw = {word: self._weights[alike[-1][0]] for word, alike in known if alike}
        other = min(self._unknown, max(raw.values(), default=self._unknown))
        return [
            Sought(min(raw.get(word, other), _strength(word) * self._heaviest), alike)
            for word, alike in known
        ]

    def _alike(self, word: str) -> Sequence[tuple[str, float]]:
        """The likest last; of those that are equally like, the commonest is meant."""

        def likeness(pair: tuple[str, float]) -> tuple[float, float, str]:
            return pair[1], -self._weights[pair[0]], pair[0]

        return sorted(self._vocabulary.alike(word).items(), key=likeness)

    def _answered(self, sought: Iterable[Sought]) -> Mapping[int, float]:
        """How much of the query each service answers."""
        answered: dict[int, float] = defaultdict(float)
        for one in sought:
            found: dict[int, float] = {}
            for value, numbers in sorted(self._values(one), key=lambda pair: pair[0]):
                found.update(dict.fromkeys(numbers, value))  # the better overwrites the worse
            for number, value in found.items():
                answered[number] += one.weight * value
        return answered

    def _values(self, one: Sought) -> Iterator[tuple[float, Sequence[int]]]:
        for word, likeness in one.alike:
            for place, numbers in self._leads[word].items():
                yield likeness * place, numbers

    def _said(self, sought: Iterable[Sought], least: float) -> Mapping[int, float]:
        """How much of each phrase the query says, where it is at least so much."""
        said: dict[int, float] = defaultdict(float)
        for one in sought:
            found: dict[int, float] = {}
            for word, likeness in one.alike:
                found.update(dict.fromkeys(self._phrases_with.get(word, ()), likeness))
            for at, likeness in found.items():
                said[at] += one.weight * likeness
        return {at: much for at, much in said.items() if much >= least}

    def _named(self, known: Iterable[Known]) -> Mapping[tuple[str, ...], set[int]]:
        """The phrases that name services; the name of a municipality names none of its services."""
        named: dict[tuple[str, ...], set[int]] = defaultdict(set)
        for text, worth, number in known:
            if worth == NAMED:
                words = set(word_forms.split(text))
                named[tuple(sorted(words - self._place(number) or words))].add(number)
        return named

    def _place(self, number: int) -> frozenset[str]:
        """The words for where a municipality's own service is."""
        if number == OUTSIDE or not self._services[number].municipality:
            return frozenset()
        giver = " ".join(self._services[number].institution.values())
        return frozenset(word_forms.split(giver))

    def _weight(self, word: str, found: Mapping[int, float]) -> float:
        """How much a word says: the fewer services are known by it, the more."""
        return math.log(1.0 + len(self._services) / len(found)) * _strength(word)


def _words(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word_forms.split(text[:LETTERS])))[:WORDS]


def _pieces(note: str) -> Iterator[tuple[str, ...]]:
    """Some words of a sentence, and the next of them: a word that was cut off is none."""
    told = note if len(note) <= NOTE_LETTERS else note[-NOTE_LETTERS:].partition(" ")[2]
    for sentence in _SENTENCE.split(told):
        words = tuple(dict.fromkeys(word_forms.split(sentence)))
        for at in range(max(1, len(words) - NOTE_WORDS + 1)):
            if piece := words[at : at + NOTE_WORDS]:
                yield piece


def _strength(word: str) -> float:
    return WEAK if word_forms.stem(word) in word_forms.WEAK else 1.0


def _typical(weights: Mapping[str, float]) -> float:
    """What a word that no card has is taken to say: as much as the middle one of all."""
    ordered = sorted(weights.values())
    return ordered[len(ordered) // 2] if ordered else 1.0


def _known(services: Iterable[Service]) -> Iterator[Known]:
    """What services are known by: a text, its place's worth, the service's number."""
    for number, service in enumerate(services):
        for text, worth in _texts(service):
            yield text, worth, number


def _places(known: Iterable[Known]) -> Mapping[str, Mapping[int, float]]:
    """Each word, the services that it leads to, and the worth of its best place there."""
    places: dict[str, dict[int, float]] = defaultdict(dict)
    for text, worth, number in known:
        for word in word_forms.split(text):
            places[word][number] = max(worth, places[word].get(number, 0.0))
    return places


def _by_place(found: Mapping[int, float]) -> Postings:
    by_place: dict[float, list[int]] = defaultdict(list)
    for number, worth in found.items():
        by_place[worth].append(number)
    return by_place


def _texts(service: Service) -> Iterator[tuple[str, float]]:
    for text in (service.lv, service.en):
        yield text.name, NAMED
        yield text.summary, SUMMARY
    for alias in chain.from_iterable(service.aliases.values()):
        yield alias, NAMED
    for one in service.answers:
        yield one.question, NAMED
    for name in service.institution.values():
        yield name, INSTITUTION
    for event in service.life_events:
        yield event, LIFE_EVENT
