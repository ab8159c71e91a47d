"""Assessing talks that chance has chosen: as their reviewers do it.

Each act is in one transaction with the row of the audit log that says so. What lies in another part
of the network, and a talk that the person took part in, is not there. A draft is its reviewer's.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any, Final

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from agents_ui.quality import port
from agents_ui.quality.port import LEAST, MEAN_DAYS, MOST_DRAFTS, SHOWN, Filled, QualityRefused
from agents_ui.shell.permissions import Act, around, may
from agents_ui.shell.port import Person, Texts, Unavailable
from contactcentre.core.config.network import Network
from contactcentre.engine.clock import now
from contactcentre.features.quality import cards, documents, drawing, store
from contactcentre.features.quality.cards import Guard, filled_in, row_view
from contactcentre.features.quality.document import SamplingRule
from contactcentre.features.quality.sampler import Sampler
from contactcentre.features.quality.scoring import differing
from contactcentre.features.quality.store import found
from contactcentre.storage import audit, database, people
from contactcentre.storage import tables as models
from contactcentre.storage.audit import Action, AuditEntry

DAY_S: Final = 86_400.0
TRIES: Final = 20
"""More than begin at once: each time, one of them is the quickest."""

MOST_MEANS: Final = 500


class AssessmentService:
    """Keeps `agents_ui.quality.port.AssessmentRoom`. `stands_for`: what the audit log has instead
    of a number."""

    def __init__(
        self,
        engine: AsyncEngine,
        sampler: Sampler,
        *,
        network: Callable[[], Network],
        guard: Guard,
        stands_for: Callable[[str], str],
        clock: Callable[[], float] = now,
    ) -> None:
        self._engine = engine
        self._sampler = sampler
        self._network = network
        self._guard = guard
        self._stands_for = stands_for
        self._clock = clock

    # --- seeing ----------------------------------------------------------------------------

    async def view(self, *, person: Person) -> port.QualityView:
        """See `AssessmentRoom`."""
        led = store.led_by(person, self._network(), found)
        done = led & store.is_first() & ~store.is_hidden(person)
        async with self._database() as connection:
            finished = await store.listed(connection, done, found.finished_at.desc(), most=SHOWN)
            calls = [one["call_id"] for one in finished]
            seconds = await store.beside(connection, calls, calibration=True)
            return port.QualityView(
                waiting=await store.count_waiting(
                    connection, store.waiting(person, self._network())
                ),
                drafts=await self._rows(
                    connection, self._drafts(person), found.begun_at, person=person
                ),
                replies=await self._rows(
                    connection,
                    done & (found.reply != ""),
                    found.replied_at.desc(),
                    person=person,
                ),
                finished=[row_view(one, person) for one in finished],
                seconds=[
                    row_view(one, person)
                    for one in finished
                    if one["reviewer"] != person.user_id
                    and one["call_id"] not in seconds
                    and not _is_known(one, person)
                ],
                pairs=[
                    await self._pair(connection, one, seconds[one["call_id"]])
                    for one in finished
                    if one["call_id"] in seconds
                ],
                means=await self._means(connection, led),
                rules=await self._rules(connection),
            )

    def _drafts(self, person: Person) -> Any:
        mine = (found.reviewer == person.user_id) & found.finished_at.is_(None)
        return store.led_by(person, self._network(), found) & mine

    async def _rows(
        self, connection: AsyncConnection, where: Any, order: Any, *, person: Person
    ) -> list[port.AssessmentRow]:
        return [
            row_view(one, person)
            for one in await store.listed(connection, where, order, most=SHOWN)
        ]

    async def _means(self, connection: AsyncConnection, led: Any) -> list[port.AgentMean]:
        since = self._clock() - MEAN_DAYS * DAY_S
        return [
            port.AgentMean(agent=agent, count=count, mean=mean if count >= LEAST else None)
            for agent, count, mean in await store.means(
                connection, led & store.is_first(since), MOST_MEANS
            )
        ]

    async def _rules(self, connection: AsyncConnection) -> list[port.RuleView]:
        rules = await documents.newest(connection, "rule")
        return [self._rule(documents.as_rule(one)) for one in rules.values() if one.document.active]

    def _rule(self, rule: SamplingRule) -> port.RuleView:
        queues = [self._queue(one) for one in rule.queues]
        return port.RuleView(name=rule.name, each_month=rule.each_month, queues=queues)

    def _queue(self, key: str) -> Texts:
        known = self._network().queues.get(key)
        return dict(known.labels) if known is not None else {"lv": key, "en": key}

    async def _pair(
        self, connection: AsyncConnection, one: RowMapping, other: RowMapping
    ) -> port.CalibrationPair:
        edited = await documents.scorecard(connection, one["scorecard"], one["version"])
        apart = differing(documents.as_scorecard(edited), one["marks"], other["marks"])
        return port.CalibrationPair(
            agent=one["agent"],
            at=one["at"],
            assessment_ids=(one["assessment_id"], other["assessment_id"]),
            reviewers=(one["reviewer_name"], other["reviewer_name"]),
            scores=(one["score"], other["score"]),
            criteria=len(apart),
        )

    async def assessment(self, assessment_id: str, *, person: Person) -> port.AssessmentView:
        """See `AssessmentRoom`."""
        async with self._database() as connection:
            row = await self._one(connection, assessment_id, person)
            await store.read_by(connection, row, person.user_id)
            edited = await documents.scorecard(connection, row["scorecard"], row["version"])
            entry = await self._entry(connection, Action.ASSESSMENT_OPENED, row, person)
            await audit.write(connection, entry)
            drawing_ = await store.drawing_of(connection, row["call_id"])
            return port.AssessmentView(
                row=row_view(row, person),
                calibration=row["calibration"],
                card=cards.card_view(edited),
                filled=filled_in(row),
                talk=await self._talk(connection, row),
                drawn=await _drawn(connection, drawing_) if drawing_ is not None else None,
                beside=await self._beside(connection, row, edited),
            )

    async def _one(
        self, connection: AsyncConnection, assessment_id: str, person: Person
    ) -> RowMapping:
        """One that the person may open. Locked first: nobody reads it in one window and begins the
        second one's in another. Raises `LookupError`."""
        await store.locked(connection, found.assessment_id == assessment_id)
        return await store.one(connection, self._mine(assessment_id, person))

    def _mine(self, assessment_id: str, person: Person) -> Any:
        """One that the person may open: finished, or the person's own draft; not what a second
        reviewer must not know yet."""
        seen = found.finished_at.is_not(None) | (found.reviewer == person.user_id)
        seen &= ~store.is_hidden(person)
        led = store.led_by(person, self._network(), found)
        return (found.assessment_id == assessment_id) & seen & led

    async def _beside(
        self, connection: AsyncConnection, row: RowMapping, edited: documents.DocumentVersion
    ) -> port.OtherReview | None:
        """Only once both are finished: whoever comes second must not know."""
        if row["finished_at"] is None:
            return None
        others = await store.beside(
            connection, [row["call_id"]], calibration=not row["calibration"]
        )
        other = others.get(row["call_id"])
        if other is None:
            return None
        card = documents.as_scorecard(edited)
        return port.OtherReview(
            reviewer=other["reviewer_name"],
            score=other["score"],
            failed=other["failed"],
            marks=other["marks"],
            differing=differing(card, row["marks"], other["marks"]),
        )

    async def _talk(self, connection: AsyncConnection, row: RowMapping) -> port.TalkView | None:
        contact = await store.contact(connection, row["call_id"])
        if contact is None:
            return None
        answered, queued = contact["answered_at"], contact["queued_at"]
        ended = contact["talk_ended_at"]
        sounds = await store.sounds(connection, row["call_id"], row["agent_id"])
        return port.TalkView(
            call_id=row["call_id"],
            at=contact["arrived_at"],
            queue=self._queue(contact["queue"]),
            language=contact["language"],
            wait_s=answered - queued if answered is not None and queued is not None else None,
            talk_s=ended - answered if ended is not None and answered is not None else None,
            kind=contact["kind"],
            services=await store.services(connection, contact["services"]),
            result=contact["result"],
            identified_level=contact["identified_level"],
            note=contact["note"],
            sounds=[
                port.HeardLeg(leg_id=one["leg_id"], from_at=one["from_at"], seconds=one["seconds"])
                for one in sounds
            ],
            told=contact["forgotten_at"] is None,
        )

    # --- beginning -------------------------------------------------------------------------

    async def draw(self, *, person: Person) -> int:
        """See `AssessmentRoom`."""
        network = self._network()
        led = [
            agent_id
            for agent_id, profile in network.agents.items()
            if may(person, Act.QUALITY_ASSESS, around(network.place(profile.centre_id)))
        ]
        try:
            return await self._sampler.draw(led, by=person.user_id)
        except database.AWAY:
            raise Unavailable from None

    async def next(self, *, person: Person) -> str:
        """See `AssessmentRoom`."""
        for _ in range(TRIES):
            async with self._database() as connection:
                where = store.waiting(person, self._network())
                sample = await store.next_waiting(connection, where)
                if sample is None:
                    raise QualityRefused("none")
                begun = await self._begin(connection, sample, person, calibration=False)
                if begun:
                    return begun
        raise QualityRefused("none")  # others were quicker each time

    async def second(self, assessment_id: str, *, person: Person) -> str:
        """See `AssessmentRoom`."""
        async with self._database() as connection:
            row = await self._one(connection, assessment_id, person)
            of_others = row["finished_at"] is not None and row["reviewer"] != person.user_id
            seconds = await store.beside(connection, [row["call_id"]], calibration=True)
            if row["calibration"] or not of_others or seconds:
                raise LookupError(assessment_id)
            if _is_known(row, person):
                raise QualityRefused("known")
            begun = await self._begin(connection, row, person, calibration=True)
            if not begun:
                raise LookupError(assessment_id)
            return begun

    async def _begin(
        self, connection: AsyncConnection, of: RowMapping, person: Person, *, calibration: bool
    ) -> str:
        """By the card as it is now, or beside another's by the same one; "" where somebody was
        quicker."""
        if await store.count_drafts(connection, person.user_id) >= MOST_DRAFTS:
            raise QualityRefused("drafts")
        version = of["version"] if calibration else 0
        edited = await documents.scorecard(connection, of["scorecard"], version)
        row: dict[str, Any] = {
            "assessment_id": uuid.uuid4().hex,
            **{name: of[name] for name in ("call_id", "leg_id", "agent_id", "centre", "month")},
            "scorecard": edited.key,
            "version": edited.version,
            "reviewer": person.user_id,
            "calibration": calibration,
            "marks": {},
            "remarks": {},
            "begun_at": self._clock(),
        }
        await database.insert_new(connection, models.assessments, [row])
        if not await store.is_there(connection, row["assessment_id"]):
            return ""
        entry = await self._entry(connection, Action.ASSESSMENT_BEGUN, row, person)
        await audit.write(connection, entry)
        return str(row["assessment_id"])

    # --- filling in ------------------------------------------------------------------------

    async def save(
        self, assessment_id: str, filled: Filled, *, finish: bool, person: Person
    ) -> None:
        """See `AssessmentRoom`."""
        async with self._database() as connection:
            row = await store.locked(connection, self._draft(assessment_id, person))
            edited = await documents.scorecard(connection, row["scorecard"], row["version"])
            card = documents.as_scorecard(edited)
            values = cards.values(card, filled, self._guard, finish=finish)
            if finish:
                values["finished_at"] = self._clock()
                entry = await self._entry(connection, Action.ASSESSMENT_FINISHED, row, person)
                await audit.write(connection, entry)
            await store.change(connection, assessment_id, values)

    async def drop(self, assessment_id: str, *, person: Person) -> None:
        """See `AssessmentRoom`."""
        async with self._database() as connection:
            row = await store.locked(connection, self._draft(assessment_id, person))
            entry = await self._entry(connection, Action.ASSESSMENT_DROPPED, row, person)
            await audit.write(connection, entry)
            await store.drop(connection, assessment_id)

    def _draft(self, assessment_id: str, person: Person) -> Any:
        return self._drafts(person) & (found.assessment_id == assessment_id)

    # --- on record -------------------------------------------------------------------------

    async def _entry(
        self,
        connection: AsyncConnection,
        action: Action,
        row: RowMapping | Mapping[str, Any],
        person: Person,
    ) -> AuditEntry:
        return AuditEntry(
            at=self._clock(),
            who=person.user_id,
            action=action,
            object=row["call_id"],
            person=await people.of_contact(connection, row["call_id"], self._stands_for),
            details={"assessment": row["assessment_id"], "agent": row["agent_id"]},
        )

    def _database(self) -> AbstractAsyncContextManager[AsyncConnection]:
        return database.transaction(self._engine, part="quality", away=Unavailable)


def _is_known(row: RowMapping, person: Person) -> bool:
    """Whether the person has read it, or an agent's answer to it, which all who lead see."""
    return person.user_id in row["readers"] or bool(row["reply"])


async def _drawn(connection: AsyncConnection, row: RowMapping) -> port.Drawn:
    rule = await documents.one(connection, "rule", row["rule"])
    return port.Drawn(
        seed=drawing.seed(row["month"], row["agent_id"], row["rule"]),
        place=row["place"],
        among=row["among"],
        rule=documents.as_rule(rule).name,
        at=row["drawn_at"],
    )
