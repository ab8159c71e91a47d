"""What editors do with questions and reported errors: answer, take into the card, close, settle.

Each in one transaction with the row of the audit log that says so. What lies elsewhere is not
there.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import asdict
from itertools import groupby
from operator import itemgetter
from typing import Final

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from agents_ui.answer.port import AnswerRefused
from agents_ui.shell.permissions import Act, may
from agents_ui.shell.port import CardAnswer, Person, Texts, Unavailable
from agents_ui.upkeep import port
from agents_ui.upkeep.port import LANGUAGES, LINE_LENGTH, SHOWN, UpkeepRefused
from contactcentre.core.config import document
from contactcentre.core.config.network import Network
from contactcentre.engine.clock import now
from contactcentre.features.upkeep import store
from contactcentre.features.upkeep.document import HOURS, CardOwner, OwnedCard, realms_of
from contactcentre.features.upkeep.guard import found_in
from contactcentre.features.upkeep.letters import OwnerLetters
from contactcentre.features.upkeep.link import checked
from contactcentre.features.upkeep.watch import UpkeepWatch
from contactcentre.storage import audit, database, documents
from contactcentre.storage import tables as models
from contactcentre.storage.audit import Action, AuditEntry
from contactcentre.storage.outbox import Full
from routing.calendar import local_day

MOST_FLAGS: Final = 500
"""Errors on one page."""

PutAnswer = Callable[[AsyncConnection, str, CardAnswer, str], Awaitable[None]]
"""Write it on the card of that code, as that user. Raises `LookupError` and `OverflowError`."""


class UpkeepService:
    """Keeps `agents_ui.upkeep.port.UpkeepRoom`. `cards` are all that are published, wherever they
    are given."""

    def __init__(
        self,
        engine: AsyncEngine,
        watch: UpkeepWatch,
        *,
        network: Callable[[], Network],
        cards: Callable[[], Iterable[OwnedCard]],
        put_answer: PutAnswer,
        letters: OwnerLetters,
        clock: Callable[[], float] = now,
    ) -> None:
        self._engine = engine
        self._watch = watch
        self._network = network
        self._cards = cards
        self._put_answer = put_answer
        self._letters = letters
        self._clock = clock

    # --- seeing ----------------------------------------------------------------------------

    async def view(self, *, person: Person) -> port.UpkeepView:
        """See `UpkeepRoom`."""
        asked, network = store.asked, self._network()
        mine = store.seen_by(person, network, asked)
        errors = store.seen_by(person, network, store.flags) & store.unsettled()
        async with self._database() as connection:
            still = await store.listed(connection, mine & store.is_open(), asked.due_at, most=SHOWN)
            answered = await store.listed(
                connection, mine & store.is_answered(), asked.answered_at, most=SHOWN
            )
            over = await store.listed(
                connection,
                mine & asked.over_at.is_not(None),
                asked.over_at.desc(),
                most=store.OVER_SHOWN,
            )
            flags = await store.flagged(connection, errors, most=MOST_FLAGS)
            owners = await store.owners(connection)
        names = {card.service: card.name for card in self._cards()}
        return port.UpkeepView(
            open=[self._row(one, names, person) for one in still],
            answered=[self._row(one, names, person) for one in answered],
            over=[self._row(one, names, person) for one in over],
            flagged=list(_by_card(flags, names, person)),
            owners=[_written(owners.get(one), one) for one in self._institutions(person)],
            calendars=sorted(network.calendars),
            sends_mail=self._letters.on,
        )

    def _institutions(self, person: Person) -> Sequence[str]:
        """Those whose cards the person edits."""
        own = (
            card.institution
            for card in self._cards()
            if may(person, Act.SERVICES_EDIT, card.realms)
        )
        return sorted(dict.fromkeys(own))

    def _row(self, row: RowMapping, names: dict[str, Texts], person: Person) -> port.EnquiryRow:
        is_open = row["over_at"] is None and row["answered_at"] is None
        return port.EnquiryRow(
            enquiry_id=row["enquiry_id"],
            service=row["service"],
            card=names.get(row["service"], {}),
            institution=row["institution"],
            asked_by=row["asker"] or "",
            asked_at=row["asked_at"],
            due_at=row["due_at"],
            late=is_open and row["due_at"] <= self._clock(),
            language=row["language"],
            question=row["question"],
            wants_call=row["wants_call"],
            mailed=row["mailed"] or "none",
            link=is_open and bool(row["secret"]) and row["expires_at"] > self._clock(),
            mine=_edits(person, row),
            answer=row["answer"],
            answered_at=row["answered_at"],
            answered_by=row["answerer"] or "",
            over_at=row["over_at"],
            over_why=row["over_why"],
            accepted=row["accepted"],
        )

    # --- questions -------------------------------------------------------------------------

    async def answer(self, enquiry_id: str, text: str, *, person: Person) -> None:
        """See `UpkeepRoom`."""
        said = _answer(text)
        async with self._changing(enquiry_id, person, Action.ENQUIRY_ANSWERED) as (one, row):
            if row["answered_at"] is not None:
                raise LookupError(enquiry_id)
            values: dict[str, object] = {"answer": said, "answered_at": self._clock(), "secret": ""}
            values["answered_by"] = person.user_id
            await store.change(one, enquiry_id, values, store.is_open())
        self._watch.note()

    async def accept(
        self, enquiry_id: str, *, language: str, question: str, answer: str, person: Person
    ) -> None:
        """See `UpkeepRoom`."""
        question, answer = _pair(question, answer)
        if language not in LANGUAGES:
            raise UpkeepRefused("language")
        at = self._clock()
        day = local_day(at).isoformat()
        pair = CardAnswer(language=language, question=question, answer=answer, checked_on=day)
        async with self._changing(enquiry_id, person, Action.ENQUIRY_ACCEPTED) as (one, row):
            if row["answered_at"] is None:
                raise LookupError(enquiry_id)
            try:
                await self._put_answer(one, row["service"], pair, person.user_id)
            except OverflowError:
                raise UpkeepRefused("many") from None
            values = {"over_at": at, "over_by": person.user_id, "accepted": True}
            await store.change(one, enquiry_id, values, store.is_answered())

    async def close(self, enquiry_id: str, why: str, *, person: Person) -> None:
        """See `UpkeepRoom`."""
        why = _line(why)
        async with self._changing(enquiry_id, person, Action.ENQUIRY_CLOSED, why) as (one, _):
            values = {"over_at": self._clock(), "over_by": person.user_id, "over_why": why}
            await store.change(one, enquiry_id, {**values, "secret": ""}, store.is_not_over())
        self._watch.note()

    async def send_again(self, enquiry_id: str, *, person: Person) -> None:
        """See `UpkeepRoom`."""
        async with self._changing(enquiry_id, person, Action.ENQUIRY_SENT) as (one, row):
            card = next((card for card in self._cards() if _is_of(card, row)), None)
            owner = await store.owner(one, row["institution"])
            if row["answered_at"] is not None or card is None:
                raise LookupError(enquiry_id)
            if not self._letters.reaches(card, owner):
                raise UpkeepRefused("address" if self._letters.on else "no-mail")
            try:
                await self._letters.send(one, card, dict(row), owner, self._clock())
            except Full:
                raise UpkeepRefused("full") from None

    async def revoke(self, enquiry_id: str, *, person: Person) -> None:
        """See `UpkeepRoom`."""
        async with self._changing(enquiry_id, person, Action.ENQUIRY_LINK_REVOKED) as (one, _):
            await store.change(one, enquiry_id, {"secret": ""}, store.is_not_over())

    @asynccontextmanager
    async def _changing(
        self, enquiry_id: str, person: Person, action: Action, why: str = ""
    ) -> AsyncIterator[tuple[AsyncConnection, RowMapping]]:
        """One that is not over, of a card that the person edits."""
        one = store.asked.enquiry_id == enquiry_id
        async with self._database() as connection:
            row = await store.enquiry(connection, one, lock=True)
            if row is None or row["over_at"] is not None or not _edits(person, row):
                raise LookupError(enquiry_id)
            yield connection, row
            await audit.write(connection, self._entry(action, row, person, why))

    def _entry(self, action: Action, row: RowMapping, person: Person, why: str) -> AuditEntry:
        return AuditEntry(
            at=self._clock(),
            who=person.user_id,
            action=action,
            object=row["enquiry_id"],
            purpose=why,
            details={"service": row["service"], "institution": row["institution"]},
        )

    # --- errors ----------------------------------------------------------------------------

    async def settle(
        self, service: str, flags: Sequence[str], reason: str, *, person: Person
    ) -> None:
        """See `UpkeepRoom`."""
        reason, at = _line(reason), self._clock()
        which = (store.flags.service == service) & store.flags.flag_id.in_(flags[:MOST_FLAGS])
        async with self._database() as connection:
            found = await store.flagged(connection, which & store.unsettled(), most=MOST_FLAGS)
            mine = [row["flag_id"] for row in found if _edits(person, row)]
            if not mine:
                raise LookupError(service)
            of = store.flags.flag_id.in_(mine)
            count = await store.settle(connection, of, by=person.user_id, reason=reason, at=at)
            entry = AuditEntry(
                at=at,
                who=person.user_id,
                action=Action.FLAGS_SETTLED,
                object=service,
                purpose=reason,
                details={"count": count},
            )
            await audit.write(connection, entry)
        self._watch.note()

    # --- owners ----------------------------------------------------------------------------

    async def set_owner(self, given: port.OwnerRow, *, person: Person) -> None:
        """See `UpkeepRoom`."""
        if given.institution not in self._institutions(person):
            raise LookupError(given.institution)
        if given.calendar and given.calendar not in self._network().calendars:
            raise UpkeepRefused("calendar")
        written = {
            "institution": given.institution,
            "mail": given.mail.strip() or None,
            "hours": document.number(given.hours or str(HOURS)),
            "calendar": given.calendar,
        }
        try:
            owner = document.read(CardOwner, written, "")
        except document.Refused as refused:
            raise UpkeepRefused(next(iter(refused.fields), "mail")) from None
        content = {key: value for key, value in asdict(owner).items() if key != "institution"}
        async with self._database() as connection:
            changed = {owner.institution: content}
            await documents.put(connection, models.card_owners, changed, by=person.user_id)

    def _database(self) -> AbstractAsyncContextManager[AsyncConnection]:
        return database.transaction(self._engine, part="upkeep", away=Unavailable)


def _edits(person: Person, row: RowMapping) -> bool:
    """Whether the card is one of the person's."""
    return may(person, Act.SERVICES_EDIT, realms_of(row["institution"], row["municipality"]))


def _is_of(card: OwnedCard, row: RowMapping) -> bool:
    return (card.service, card.institution) == (row["service"], row["institution"])


def _line(text: str) -> str:
    said = " ".join(text.split())
    if not 0 < len(said) <= LINE_LENGTH:
        raise UpkeepRefused("reason")
    return said


def _pair(question: str, answer: str) -> tuple[str, str]:
    """As they stand on a card."""
    question = " ".join(question.split())
    if not 0 < len(question) <= port.QUESTION_LENGTH:
        raise UpkeepRefused("length")
    if found := found_in(question):
        raise UpkeepRefused("personal", found)
    return question, _answer(answer)


def _answer(text: str) -> str:
    try:
        return checked(text)
    except AnswerRefused as refused:
        raise UpkeepRefused(refused.reason) from None


def _by_card(
    rows: Iterable[RowMapping], names: dict[str, Texts], person: Person
) -> Iterator[port.FlaggedCard]:
    """The card with the most first, then the one that has waited longest."""
    whose = itemgetter("service", "institution")
    found = (
        (key, sorted(some, key=itemgetter("at")))
        for key, some in groupby(sorted(rows, key=whose), whose)
    )
    for (service, institution), flags in sorted(
        found, key=lambda one: (-len(one[1]), one[1][0]["at"])
    ):
        yield port.FlaggedCard(
            service=service,
            card=names.get(service, {}),
            institution=institution,
            mine=_edits(person, flags[0]),
            flags=tuple(
                port.FlagRow(
                    flag_id=one["flag_id"],
                    kind=one["kind"],
                    text=one["text"],
                    by=one["flagger"] or "",
                    at=one["at"],
                )
                for one in flags
            ),
        )


def _written(owner: CardOwner | None, institution: str) -> port.OwnerRow:
    """As its form shows it."""
    known = owner or CardOwner(institution=institution)
    return port.OwnerRow(
        institution=institution,
        mail=known.mail or "",
        hours=str(known.hours),
        calendar=known.calendar,
    )
