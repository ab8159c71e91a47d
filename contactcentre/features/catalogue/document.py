"""One service of the catalogue, as its institution describes it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Annotated, Any, Literal

from agents_ui.shell.port import CardAnswer, ServiceCard
from contactcentre.core.config import document
from contactcentre.core.config.document import IsoDate, Written
from contactcentre.core.config.mail_address import MailAddress
from routing.written import Labels, within

Channel = Literal["in_person", "online", "post", "e_address", "phone", "centre"]
ByPhone = Literal["inform", "submission", "file"]
"""What can be done in the call itself: tell, write down an oral submission, fill in and file."""

Fact = Literal["fee", "term", "documents", "who", "steps", "legal_act", "telephone", "link"]
"""What of a card its owner has not confirmed yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """What is said of a service in one language."""

    name: Written
    summary: Written
    fee: str
    term: str
    documents: str
    who: str = ""
    steps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """Fee and term in one language; an empty one stays as it was."""

    fee: str = ""
    term: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """Fee and term from a day on: a change of 1 January is entered as soon as it is known."""

    valid_from: IsoDate
    lv: Price
    en: Price


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnText:
    """What one municipality says otherwise; what is empty is as everywhere."""

    summary: str = ""
    fee: str = ""
    term: str = ""
    documents: str = ""
    who: str = ""
    steps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """A service as one municipality gives it; what is empty is as everywhere."""

    institution: Labels = field(default_factory=dict)
    lv: OwnText = field(default_factory=OwnText)
    en: OwnText = field(default_factory=OwnText)
    telephone: str = ""
    link: str = ""
    legal_act: str = ""


EVERYWHERE = Variant()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the card did not say, until somebody asked and its owner answered."""

    language: Literal["lv", "ru", "en"]
    question: Written
    answer: Written
    checked_on: IsoDate


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A service: the document. `aliases` are what people say; `owner` keeps the card right, and is
    asked at `owner_mail` (where there is none, at the institution's address).

    A card with a `municipality` (an id) is of that one alone; one of the whole country may have
    `variants`, by municipality.
    """

    code: Written
    institution: Labels
    level: Literal["state", "municipal"]
    channels: tuple[Channel, ...]
    life_events: tuple[str, ...] = ()
    lv: Text
    en: Text
    rates: tuple[Rate, ...] = ()
    legal_act: str
    link: str = ""
    telephone: str = ""
    by_phone: tuple[ByPhone, ...] = ("inform",)
    identification: Annotated[int, within(0, 3)] = 0
    personal_code: bool = False  # the service can't be given without it
    aliases: Mapping[str, tuple[str, ...]]
    owner: str = ""
    owner_mail: MailAddress | None = None
    to_check: tuple[Fact, ...] = ()
    valid_from: IsoDate
    valid_to: IsoDate | None = None
    checked_on: IsoDate
    municipality: str = ""
    variants: Mapping[str, Variant] = field(default_factory=dict)
    answers: tuple[Answer, ...] = ()

    def valid_on(self, day: str) -> bool:
        """Whether it may be told on that ISO day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def card(self, locale: str, *, day: str = "", municipality: str = "") -> ServiceCard:
        """The card in a language (whatever is not English is Latvian), for a caller of there."""
        language: Literal["lv", "en"] = "en" if locale.startswith("en") else "lv"
        own = self.variants.get(municipality, EVERYWHERE)
        said = _over(getattr(own, language), self._priced(getattr(self, language), language, day))
        coming = next((rate for rate in self._rates() if rate.valid_from > day), None)
        ahead: Price = getattr(coming, language) if coming is not None and day else Price()
        return ServiceCard(
            code=self.code,
            institution=self.giver(municipality)[language],
            level=self.level,
            channels=self.channels,
            life_events=self.life_events,
            legal_act=own.legal_act or self.legal_act,
            link=own.link or self.link,
            telephone=own.telephone or self.telephone,
            by_phone=self.by_phone,
            identification=self.identification,
            owner=self.owner or self.institution["lv"],
            to_check=self.to_check,
            checked_on=self.checked_on,
            municipality=municipality if own is not EVERYWHERE else self.municipality,
            coming_on=coming.valid_from if coming is not None and day else "",
            coming_fee=ahead.fee,
            coming_term=ahead.term,
            answers=self._answers(language),
            **said,
        )

    def giver(self, municipality: str) -> Labels:
        """The institution that gives it there."""
        return self.variants.get(municipality, EVERYWHERE).institution or self.institution

    def _answers(self, language: str) -> tuple[CardAnswer, ...]:
        """Those of the language first, the latest first."""
        latest = sorted(self.answers, key=lambda one: one.checked_on, reverse=True)
        latest.sort(key=lambda one: one.language != language)
        return tuple(
            CardAnswer(
                language=one.language,
                question=one.question,
                answer=one.answer,
                checked_on=one.checked_on,
            )
            for one in latest
        )

    def _rates(self) -> list[Rate]:
        return sorted(self.rates, key=lambda rate: rate.valid_from)

    def _priced(self, text: Text, language: str, day: str) -> dict[str, Any]:
        said = {one.name: getattr(text, one.name) for one in fields(text)}
        for rate in self._rates():
            if rate.valid_from <= day:
                said = _over(getattr(rate, language), said)
        return said


def _over(own: Price | OwnText, said: Mapping[str, Any]) -> dict[str, Any]:
    """What is said, with what is told otherwise put in its place."""
    other = {one.name: getattr(own, one.name) for one in fields(own)}
    return {**said, **{name: value for name, value in other.items() if value}}


def written(service: Service) -> dict[str, Any]:
    """The card as plain values, as it is read again: what a variant does not say is not in it."""
    variants = {
        key: {name: said for name, said in asdict(one).items() if said}
        for key, one in service.variants.items()
    }
    return {**asdict(service), "variants": variants}


def parse(text: str, name: str = "services.yaml") -> tuple[Service, ...]:
    """The services of a YAML document. Raises ValueError that names the place."""
    services = document.read(tuple[Service, ...], document.parse(text, name), name)
    refuse_twice((service.code for service in services), name)
    return services


def refuse_twice(codes: Iterable[str], name: str) -> None:
    """Raises `Refused` where two cards of that file have one code."""
    twice = sorted(code for code, times in Counter(codes).items() if times > 1)
    if twice:
        raise document.Refused([f"{name}: services with the same code: {', '.join(twice)}"])
