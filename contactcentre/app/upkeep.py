"""Upkeep of cards: what agents ask owners and report, who answers, and the one who watches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from agents_ui.shell import texts
from agents_ui.shell.port import CardAnswer, Texts
from agents_ui.upkeep.letter import letter
from contactcentre.app.area import Gauges, Runs
from contactcentre.core.config import document
from contactcentre.core.world import World
from contactcentre.engine.alarms import Alarm
from contactcentre.features.catalogue import store as cards
from contactcentre.features.catalogue.document import Answer, Service
from contactcentre.features.catalogue.service import CatalogueService
from contactcentre.features.upkeep.asking import CardUpkeepService
from contactcentre.features.upkeep.document import OwnedCard
from contactcentre.features.upkeep.letters import OwnerLetter, OwnerLetters, Write
from contactcentre.features.upkeep.link import OwnerLinkService
from contactcentre.features.upkeep.room import UpkeepService
from contactcentre.features.upkeep.watch import Submit, UpkeepWatch

FIRST = "lv"


@dataclass(frozen=True, slots=True)
class Upkeep:
    """What keeps the pages, and what runs."""

    desk: CardUpkeepService
    room: UpkeepService
    links: OwnerLinkService
    watch: UpkeepWatch

    def runs(self) -> Runs:
        """See `Area`."""
        return {"upkeep": self.watch.run}

    def gauges(self) -> Gauges:
        """See `Area`."""
        return {"enquiries_late": self.watch.late, "cards_flagged": len(self.watch.flagged)}

    def alarms(self) -> Iterable[Alarm]:
        """See `Area`."""
        return self.watch.alarms()


def build_upkeep(
    engine: AsyncEngine,
    world: World,
    submit: Submit,
    catalogue: CatalogueService,
    *,
    write: Write,
    mails: bool,
) -> Upkeep:
    """Over the cards as they are published."""
    known, letters = CardSource(catalogue), OwnerLetters(write, on=mails)
    watch = UpkeepWatch(engine, world, submit, named=known.named)
    return Upkeep(
        CardUpkeepService(
            engine, world, watch, owned=known.owned, named=known.named, letters=letters
        ),
        UpkeepService(
            engine,
            watch,
            network=lambda: world.network,
            cards=known.every,
            put_answer=put_answer,
            letters=letters,
        ),
        OwnerLinkService(engine, watch, named=known.named),
        watch,
    )


class CardSource:
    """What upkeep has to know of the catalogue."""

    def __init__(self, catalogue: CatalogueService) -> None:
        self._catalogue = catalogue

    def owned(self, code: str, municipality: str) -> OwnedCard | None:
        """One of today's, as it is given there."""
        service = self._catalogue.service(code)
        if service is None or not self._catalogue.offered(code):
            return None
        return _owned(service, municipality)

    def named(self, code: str) -> Texts:
        """Its name; {} where there is no such card any more."""
        service = self._catalogue.service(code)
        return _name(service) if service is not None else {}

    def every(self) -> Iterator[OwnedCard]:
        """All, and each as every municipality gives it that says otherwise."""
        for service in self._catalogue.services():
            yield _owned(service, "")
            for municipality, variant in service.variants.items():
                if variant.institution:
                    yield _owned(service, municipality)


def _owned(service: Service, municipality: str) -> OwnedCard:
    here = municipality if municipality in service.variants else ""
    return OwnedCard(
        service=service.code,
        name=_name(service),
        institution=service.giver(here)["lv"],
        municipality=here or service.municipality,
        mail=(service.owner_mail or "") if not here else "",
    )


def _name(service: Service) -> Texts:
    return {"lv": service.lv.name, "en": service.en.name}


async def put_answer(connection: AsyncConnection, code: str, pair: CardAnswer, by: str) -> None:
    """See `PutAnswer`."""
    content = {
        "language": pair.language,
        "question": pair.question,
        "answer": pair.answer,
        "checked_on": pair.checked_on,
    }
    answer = document.read(Answer, content, f"service {code}, answers")
    await cards.add_answer(connection, code, answer, by=by)


def written(code: str, origin: str) -> Write:
    """OwnerLetters in that language, with links to this panel."""

    def write(card: OwnedCard, question: str, due_at: float, secret: str) -> OwnerLetter:
        known = texts.read()
        language = known.get(code) or known[FIRST]
        name = language.label(card.name)
        return OwnerLetter(*letter(language, origin, name, question, due_at, secret))

    return write
