"""One service of the catalogue, as its institution describes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from agents_ui.desk.port import ServiceCard

Channel = Literal["in_person", "online", "post", "e_address", "phone", "centre"]


class Text(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is said of a service in one language."""

    name: str
    summary: str
    fee: str
    term: str
    documents: str


class Service(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A service. `aliases` are what people say; days are ISO dates."""

    code: str
    institution: Mapping[str, str]
    level: Literal["state", "municipal"]
    channels: tuple[Channel, ...]
    life_events: tuple[str, ...] = ()
    lv: Text
    en: Text
    legal_act: str
    aliases: Mapping[str, tuple[str, ...]]
    valid_from: str
    valid_to: str | None = None
    checked_on: str

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


def parse(text: str | bytes) -> tuple[Service, ...]:
    """The services of a YAML document. Raises ValueError that names the place."""
    services = msgspec.yaml.decode(text, type=tuple[Service, ...])
    codes = [service.code for service in services]
    if twice := {code for code in codes if codes.count(code) > 1}:
        raise ValueError(f"services with the same code: {', '.join(sorted(twice))}")
    return services


def to_row(service: Service) -> dict[str, Any]:
    """The row of the table `services`."""
    return {
        "code": service.code,
        "document": msgspec.to_builtins(service),
        "valid_from": service.valid_from,
        "valid_to": service.valid_to,
        "checked_on": service.checked_on,
    }


def from_document(document: object) -> Service:
    """The service of a row's document."""
    return msgspec.convert(document, Service)
