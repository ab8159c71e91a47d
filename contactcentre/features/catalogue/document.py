"""One service of the catalogue, as its institution describes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from agents_ui.shell.port import ServiceCard
from contactcentre.core.config import document
from contactcentre.core.config.document import IsoDate
from routing.written import Labels

Channel = Literal["in_person", "online", "post", "e_address", "phone", "centre"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """What is said of a service in one language."""

    name: str
    summary: str
    fee: str
    term: str
    documents: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A service: the document. `aliases` are what people say."""

    code: str
    institution: Labels
    level: Literal["state", "municipal"]
    channels: tuple[Channel, ...]
    life_events: tuple[str, ...] = ()
    lv: Text
    en: Text
    legal_act: str
    aliases: Mapping[str, tuple[str, ...]]
    valid_from: IsoDate
    valid_to: IsoDate | None = None
    checked_on: IsoDate

    def valid_on(self, day: str) -> bool:
        """Whether it may be told on that ISO day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def card(self, locale: str) -> ServiceCard:
        """The card in a language; whatever is not English is Latvian."""
        english = locale.startswith("en")
        text = self.en if english else self.lv
        return ServiceCard(
            code=self.code,
            name=text.name,
            institution=self.institution["en" if english else "lv"],
            level=self.level,
            summary=text.summary,
            fee=text.fee,
            term=text.term,
            channels=self.channels,
            documents=text.documents,
            legal_act=self.legal_act,
            checked_on=self.checked_on,
        )


def parse(text: str, name: str = "services.yaml") -> tuple[Service, ...]:
    """The services of a YAML document. Raises ValueError that names the place."""
    services = document.read(tuple[Service, ...], document.parse(text, name), name)
    codes = [service.code for service in services]
    if twice := {code for code in codes if codes.count(code) > 1}:
        raise ValueError(f"services with the same code: {', '.join(sorted(twice))}")
    return services
