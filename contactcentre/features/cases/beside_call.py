"""The cases of whoever calls, beside the history of the number, and shown by the same rule."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncEngine

from agents_ui.desk.port import CallersCase, OwnPromise
from agents_ui.shell.port import Person, Unavailable
from contactcentre.core.call.purpose import looked_at, opens
from contactcentre.core.call.state import Call
from contactcentre.engine.clock import now
from contactcentre.features.cases import number as numbers
from contactcentre.features.cases import store
from contactcentre.storage import audit, database, people
from contactcentre.storage.audit import Action, AuditEntry


class CasesBesideCall:
    """Keeps `agents_ui.desk.port.CallersCases`; `calls` are those that are open, by id; `person` is
    a number's pseudonym, for the audit log."""

    def __init__(
        self, engine: AsyncEngine, calls: Mapping[str, Call], *, person: Callable[[str], str]
    ) -> None:
        self._engine = engine
        self._calls = calls
        self._person = person

    async def cases(self, person: Person, call_id: str) -> Sequence[CallersCase]:
        """See `CallersCases`."""
        call, purpose = looked_at(self._calls, call_id, person.agent_id)
        async with database.transaction(self._engine, part="cases", away=Unavailable) as connection:
            tie = await people.tied(connection, call_id)
            if tie is None and not call.caller:
                return ()
            entry = AuditEntry(
                at=now(),
                who=person.user_id,
                action=Action.CASES_LISTED,
                object=call_id,
                purpose=purpose,
                person=tie.person_id if tie else self._person(call.caller or ""),
            )
            await audit.write(connection, entry)
            who = await people.of_root(connection, tie.person_id) if tie else None
            rows = await store.of_caller(connection, call.caller or "", who)
            named = who is not None or await people.is_alone(connection, call.caller, None)
        opened = opens(call, purpose) and people.is_proved(call, tie) and named
        return tuple(_beside(row, opened=opened) for row in rows)


def own_promises(engine: AsyncEngine) -> Callable[[Person], Awaitable[Sequence[OwnPromise]]]:
    """What somebody has promised in cases that are not over, the next due first."""

    async def of(person: Person) -> Sequence[OwnPromise]:
        async with database.transaction(engine, part="cases", away=Unavailable) as connection:
            rows = await store.promised_by(connection, person.user_id)
        return tuple(_promise(row) for row in rows)

    return of


def _promise(row: RowMapping) -> OwnPromise:
    number = numbers.told(row["case_id"])
    return OwnPromise(
        due_at=row["promised_at"],
        number=number,
        spoken=numbers.spoken(number),
        subject=row["subject"],
    )


def _beside(row: RowMapping, *, opened: bool) -> CallersCase:
    number = numbers.told(row["case_id"]) if opened else ""
    return CallersCase(
        opened_at=row["opened_at"],
        kind=row["kind"],
        state=row["state"],
        due_on=row["due_on"],
        owed_at=row["owed_at"],
        over_at=row["over_at"],
        number=number,
        spoken=numbers.spoken(number),
        subject=row["subject"] if opened else "",
    )
