"""A service card's link or list of documents, sent to the citizen of the call at hand.

What is said is the card's, so nobody sends words of their own in the hotline's name; the number is
the one that rings. It is on record that something was sent, and not to whom.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from agents_ui.desk.port import HandoutOf, HandoutRefused, HandoutWay
from agents_ui.shell.port import Person, ServiceCard, Unavailable
from contactcentre.core.call.purpose import looked_at
from contactcentre.core.call.state import Call
from contactcentre.core.config.mail_address import is_mail_address
from contactcentre.core.world import World
from contactcentre.engine.clock import now
from contactcentre.engine.throttle import Throttle
from contactcentre.storage import audit, database, outbox
from contactcentre.storage import tables as models
from contactcentre.storage.audit import Action, AuditEntry
from contactcentre.storage.outbox import Full, Outgoing

MOST_OF_CALL: Final = 5
MOST_OF_RECEIVER: Final = 10
DAY_S: Final = 24 * 3600.0
RECEIVERS: Final = 10_000
"""So many are known by themselves at a time; all others are one together."""
TALKING: Final = frozenset({"talk", "record"})

Cards = Callable[[str, str, str], Sequence[ServiceCard]]
"""The card of a code in a language for a municipality, if there is one."""
Write = Callable[[ServiceCard, HandoutOf, str], tuple[str, str]]
"""Subject and text, in a language."""


class HandoutService:
    """Keeps `agents_ui.desk.port.Handouts`. `ways` are those that are set up."""

    def __init__(
        self,
        engine: AsyncEngine,
        world: World,
        *,
        ways: Sequence[HandoutWay],
        cards: Cards,
        write: Write,
        pseudonym: Callable[[str], str],
        clock: Callable[[], float] = now,
    ) -> None:
        self._engine = engine
        self._world = world
        self._cards = cards
        self._write = write
        self._pseudonym = pseudonym
        self._clock = clock
        self._receivers = Throttle(MOST_OF_RECEIVER, DAY_S, kinds=RECEIVERS)
        self.ways = tuple(ways)

    async def send(
        self,
        person: Person,
        *,
        call_id: str,
        code: str,
        of: HandoutOf,
        way: HandoutWay,
        to: str,
        municipality: str,
    ) -> str:
        """See `Handouts`."""
        call, purpose = looked_at(self._world.calls, call_id, person.agent_id)
        if purpose not in TALKING:
            raise LookupError(call_id)
        if way not in self.ways:
            raise HandoutRefused("way")
        receiver = self._receiver(call, way, to.strip())
        subject, body = self._words(call, code, of, municipality)
        at = self._clock()
        async with self._database() as connection:
            await self._keep_within(connection, call_id, receiver, at)
            hint = receiver[-2:] if way == "sms" else ""
            await self._note(connection, person, call_id, code, of, way, hint, at)
            message = Outgoing(
                kind=way,
                to=receiver,
                cause=f"call/{call_id}",
                subject=subject,
                body=body,
                personal=True,
            )
            try:
                await outbox.add(connection, message, at=at)
            except Full:
                raise HandoutRefused("full") from None
        return hint

    def _receiver(self, call: Call, way: HandoutWay, to: str) -> str:
        if way == "mail":
            if not is_mail_address(to):
                raise HandoutRefused("address")
            return to
        if call.caller is None:
            raise HandoutRefused("withheld")
        if not self._world.network.limits.may_dial(call.caller):
            raise HandoutRefused("abroad")
        return call.caller

    def _words(self, call: Call, code: str, of: HandoutOf, municipality: str) -> tuple[str, str]:
        """In the language of the talk, where the card has it; else in Latvian."""
        language = "en" if call.language == "en" else "lv"
        card = next(iter(self._cards(code, language, municipality)), None)
        if card is None:
            raise LookupError(code)
        if not (card.link if of == "link" else card.documents):
            raise HandoutRefused("nothing")
        return self._write(card, of, language)

    async def _keep_within(
        self, connection: AsyncConnection, call_id: str, receiver: str, at: float
    ) -> None:
        mine = select(func.count()).where(models.handouts.c.call_id == call_id)
        if (await connection.scalar(mine) or 0) >= MOST_OF_CALL:
            raise HandoutRefused("often")
        if self._receivers.admit(self._pseudonym(receiver), at) is None:
            raise HandoutRefused("often")

    async def _note(
        self,
        connection: AsyncConnection,
        person: Person,
        call_id: str,
        code: str,
        of: HandoutOf,
        way: HandoutWay,
        hint: str,
        at: float,
    ) -> None:
        row = {
            "handout_id": uuid.uuid4().hex,
            "call_id": call_id,
            "at": at,
            "by": person.user_id,
            "service": code,
            "of": of,
            "way": way,
            "hint": hint,
        }
        await connection.execute(models.handouts.insert(), row)
        details: Mapping[str, str] = {"service": code, "of": of, "way": way}
        entry = AuditEntry(
            at=at, who=person.user_id, action=Action.HANDED_OUT, object=call_id, details=details
        )
        await audit.write(connection, entry)

    def _database(self) -> AbstractAsyncContextManager[AsyncConnection]:
        return database.transaction(self._engine, part="handouts", away=Unavailable)
