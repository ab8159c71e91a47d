"""What agents say of cards: a question to the owner, an error; and what came of it.

A question goes out by e-mail with a link by which the owner answers; nothing of a citizen is in it:
what looks like a code, a card, an account or a number is refused, and the call stays here.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Final

from sqlalchemy import RowMapping, func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from agents_ui.desk.port import OwnEnquiry, OwnFlag, OwnUpkeep, UpkeepDenied
from agents_ui.shell.port import Person, Texts, Unavailable
from agents_ui.upkeep.port import FLAG_KINDS, LINE_LENGTH, QUESTION_LENGTH
from contactcentre.core.call.purpose import looked_at
from contactcentre.core.config.network import Network
from contactcentre.core.world import World
from contactcentre.engine.clock import now
from contactcentre.features.upkeep import store
from contactcentre.features.upkeep.document import CardOwner, OwnedCard, due_at
from contactcentre.features.upkeep.guard import found_in
from contactcentre.features.upkeep.letters import OwnerLetters
from contactcentre.features.upkeep.watch import UpkeepWatch
from contactcentre.storage import audit, database
from contactcentre.storage import tables as models
from contactcentre.storage.audit import Action, AuditEntry
from contactcentre.storage.outbox import Full

TALKING: Final = frozenset({"talk", "record"})
MOST_OF_CALL: Final = 5
MOST_OF_AGENT: Final = 30
MOST_OPEN: Final = 5_000
MOST_FLAGS: Final = 10
"""Of one agent on one card, that nobody has settled."""
OWN: Final = 20
OWN_S: Final = 7 * 24 * 3600.0
_CYRILLIC: Final = re.compile("[а-яё]", re.IGNORECASE)

Owned = Callable[[str, str], OwnedCard | None]
"""The card of a code as it is given in a municipality, if it is one of today's."""
Named = Callable[[str], Texts]
"""The name of a card, also of one that is gone: {} then."""


class CardUpkeepService:
    """Keeps `agents_ui.desk.port.CardUpkeep`."""

    def __init__(
        self,
        engine: AsyncEngine,
        world: World,
        watch: UpkeepWatch,
        *,
        owned: Owned,
        named: Named,
        letters: OwnerLetters,
        clock: Callable[[], float] = now,
    ) -> None:
        self._engine = engine
        self._world = world
        self._watch = watch
        self._owned = owned
        self._named = named
        self._letters = letters
        self._clock = clock

    async def ask(
        self,
        person: Person,
        *,
        call_id: str,
        service: str,
        municipality: str,
        question: str,
        wants_call: bool,
    ) -> float:
        """See `CardUpkeep`."""
        call, purpose = looked_at(self._world.calls, call_id, person.agent_id)
        card = self._card(service, municipality)
        if purpose not in TALKING:
            raise LookupError(call_id)
        text = _checked(question, QUESTION_LENGTH)
        if wants_call and self._world.network.callback_number(call.caller) is None:
            raise UpkeepDenied("no-number")
        at, enquiry_id = self._clock(), uuid.uuid4().hex
        async with self._database() as connection:
            asked = store.asked
            same = (asked.call_id == call_id) & (asked.service == service) & store.is_open()
            before = await store.enquiry(connection, same & (asked.question == text))
            if before is not None:  # whoever heard no answer has sent it once more
                return float(before["due_at"])
            await self._keep_within(connection, person, call_id)
            owner = await store.owner(connection, card.institution)
            due = due_at(owner, at, self._world.network)
            row = {
                "enquiry_id": enquiry_id,
                "call_id": call_id,
                **_told_by(person, card, self._world.network),
                "asked_by": person.user_id,
                "asked_at": at,
                "due_at": due,
                "language": "ru" if _CYRILLIC.search(text) else "lv",
                "question": text,
                "wants_call": wants_call,
                "expires_at": due,
            }
            await connection.execute(models.enquiries.insert(), row)
            await self._send(connection, card, row, owner)
            details = {"service": service, "institution": card.institution}
            await audit.write(
                connection, _entry(Action.ENQUIRY_ASKED, enquiry_id, person, at, details)
            )
        return due

    async def _send(
        self, connection: AsyncConnection, card: OwnedCard, row: Mapping[str, Any], owner: CardOwner
    ) -> None:
        try:
            await self._letters.send(connection, card, row, owner, row["asked_at"])
        except Full:
            raise UpkeepDenied("full") from None

    async def _keep_within(self, connection: AsyncConnection, person: Person, call_id: str) -> None:
        asked, still = store.asked, store.is_open()
        bounds = (
            (asked.call_id == call_id, MOST_OF_CALL),
            (still & (asked.agent_id == person.agent_id), MOST_OF_AGENT),
            (still, MOST_OPEN),
        )
        for where, most in bounds:
            if await store.count(connection, where) >= most:
                raise UpkeepDenied("often")

    async def flag(
        self, person: Person, *, service: str, municipality: str, kind: str, text: str
    ) -> None:
        """See `CardUpkeep`."""
        card = self._card(service, municipality)
        said = _checked(text, LINE_LENGTH)
        if kind not in FLAG_KINDS:
            raise UpkeepDenied("kind")
        at, flag_id = self._clock(), uuid.uuid4().hex
        mine = (store.flags.agent_id == person.agent_id) & (store.flags.service == service)
        query = select(func.count()).where(mine, store.unsettled())
        async with self._database() as connection:
            if (await connection.scalar(query) or 0) >= MOST_FLAGS:
                raise UpkeepDenied("often")
            row = {
                "flag_id": flag_id,
                **_told_by(person, card, self._world.network),
                "flagged_by": person.user_id,
                "at": at,
                "kind": kind,
                "text": said,
            }
            await connection.execute(models.card_flags.insert(), row)
            details = {"service": service, "kind": kind}
            await audit.write(connection, _entry(Action.CARD_FLAGGED, flag_id, person, at, details))
        self._watch.note_flag(service)

    async def own(self, person: Person) -> OwnUpkeep:
        """See `CardUpkeep`."""
        lately = self._clock() - OWN_S
        asked, flags = store.asked, store.flags
        mine = asked.agent_id == person.agent_id
        fresh = asked.over_at.is_(None) | (asked.over_at >= lately)
        told = flags.agent_id == person.agent_id
        stands = store.unsettled() | (flags.settled_at >= lately)
        async with self._database() as connection:
            questions = await store.listed(
                connection, mine & fresh, asked.asked_at.desc(), most=OWN
            )
            errors = await store.flagged(connection, told & stands, most=OWN)
        return OwnUpkeep(
            enquiries=tuple(map(self._enquiry, questions)), flags=tuple(map(self._flag, errors))
        )

    def flagged(self, codes: Sequence[str]) -> Sequence[str]:
        """See `CardUpkeep`."""
        return [code for code in codes if code in self._watch.flagged]

    def _enquiry(self, row: RowMapping) -> OwnEnquiry:
        return OwnEnquiry(
            enquiry_id=row["enquiry_id"],
            card=self._named(row["service"]),
            service=row["service"],
            institution=row["institution"],
            question=row["question"],
            asked_at=row["asked_at"],
            due_at=row["due_at"],
            answer=row["answer"],
            answered_at=row["answered_at"],
            over_why=row["over_why"] if row["answered_at"] is None else "",
        )

    def _flag(self, row: RowMapping) -> OwnFlag:
        return OwnFlag(
            flag_id=row["flag_id"],
            card=self._named(row["service"]),
            service=row["service"],
            kind=row["kind"],
            text=row["text"],
            at=row["at"],
            settled_at=row["settled_at"],
            reason=row["reason"],
        )

    def _card(self, service: str, municipality: str) -> OwnedCard:
        card = self._owned(service, municipality)
        if card is None:
            raise LookupError(service)
        return card

    def _database(self) -> AbstractAsyncContextManager[AsyncConnection]:
        return database.transaction(self._engine, part="upkeep", away=Unavailable)


def _checked(text: str, longest: int) -> str:
    said = text.strip()
    if not said or len(said) > longest:
        raise UpkeepDenied("length")
    if found := found_in(said):
        raise UpkeepDenied("personal", found)
    return said


def _told_by(person: Person, card: OwnedCard, network: Network) -> dict[str, str]:
    profile = network.agents.get(person.agent_id or "")
    return {
        "service": card.service,
        "institution": card.institution,
        "municipality": card.municipality,
        "agent_id": person.agent_id or "",
        "centre": profile.centre_id if profile is not None else "",
    }


def _entry(
    action: Action, key: str, person: Person, at: float, details: dict[str, str]
) -> AuditEntry:
    return AuditEntry(at=at, who=person.user_id, action=action, object=key, details=details)
