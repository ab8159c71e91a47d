"""Cases as their pages serve them: who may see and change them, what happens to them, by when.

Each is opened, read and changed in one transaction with the row of the audit log that says so.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Final

from agents_ui.cases import port
from agents_ui.shell.permissions import Act, reach
from agents_ui.shell.port import NETWORK, Person, Realm, RealmKind
from contactcentre.features.cases import number as numbers
from contactcentre.features.cases import store, terms, views
from contactcentre.features.cases.realms import seen, written
from contactcentre.features.cases.work import CaseWork, known
from contactcentre.features.cases.working_days import working_days
from contactcentre.storage import audit
from contactcentre.storage.audit import Action, AuditEntry
from contactcentre.telephony.translation import caller_of
from routing.calendar import local_day

DAY_S: Final = 24 * 3600.0
NARROWEST: Final[tuple[RealmKind, ...]] = ("centre", "municipality", "institution", "network")


class CaseService(CaseWork):
    """Keeps `agents_ui.cases.port.CaseRoom`."""

    # --- seeing ----------------------------------------------------------------------------

    async def listed(self, which: port.Listing, *, person: Person) -> Sequence[port.CaseRow]:
        """See `CaseRoom`."""
        late = (self._today().isoformat(), self._clock()) if which == "late" else None
        async with self._database() as connection:
            rows = await store.listed(
                connection, self._within(person), over=which == "over", late=late
            )
            if rows:
                await audit.write(connection, self._listed(which, len(rows), person))
        network, at = self._world.network, self._clock()
        return [views.listed(row, network, at) for row in rows]

    def _listed(self, which: port.Listing, cases: int, person: Person) -> AuditEntry:
        """Subjects are citizens' words."""
        return AuditEntry(
            at=self._clock(),
            who=person.user_id,
            action=Action.CASES_LISTED,
            details={"list": which, "cases": cases},
        )

    def _within(self, person: Person) -> Collection[str] | None:
        realms = reach(person.grants, Act.CASES_SEE)
        return None if NETWORK in realms else seen(realms, self._world.network)

    async def find(self, text: str, *, person: Person) -> str:
        """See `CaseRoom`."""
        case_id = known(text)
        async with self._database() as connection:
            row = await store.one(connection, case_id)
        if row is None or not self._may(person, Act.CASES_SEE, row):
            raise port.NoSuchNumber
        return numbers.told(case_id)

    async def view(self, number: str, *, person: Person) -> port.CaseView:
        """See `CaseRoom`."""
        async with self._opened(number, person, Act.CASES_SEE) as (connection, row):
            await audit.write(connection, self._entry(Action.CASE_READ, row, person))
            entries = await store.entries(connection, row["case_id"])
        acts = self._may(person, Act.CASES_CHANGE, row)
        return views.opened(row, entries, self._world.network, self._clock(), acts=acts)

    async def owners(self) -> Sequence[tuple[Realm, str]]:
        """See `CaseRoom`."""
        async with self._database() as connection:
            names = await store.institutions(connection)
        network = self._world.network
        return (
            *((("institution", name), name) for name in names),
            *((("municipality", key), name) for key, name in self.municipalities()),
            *((("centre", one.centre_id), one.name) for one in network.centres.values()),
        )

    def municipalities(self) -> Sequence[tuple[str, str]]:
        """See `CaseRoom`."""
        return self._world.network.municipality_names

    async def figures(self, days: int) -> port.CaseFigures:
        """See `CaseRoom`."""
        until = self._clock()
        since = until - days * DAY_S
        async with self._database() as connection:
            promised, broken = await store.promises(connection, since, until)
            answered, repeated = await store.repeats(connection, since, until)
        return port.CaseFigures(
            days=days, promised=promised, broken=broken, answered=answered, repeated=repeated
        )

    # --- opening ---------------------------------------------------------------------------

    async def defaults(self, call_id: str, *, person: Person) -> port.CaseDefaults:
        """See `CaseRoom`."""
        if not call_id:
            return port.CaseDefaults(municipality=self._own(person)[1])
        caller, kind, services, municipality, note = await self._contact(call_id, person)
        return port.CaseDefaults(
            kind="complaint" if kind == "complaint" else "question",
            service=next(iter(services), ""),
            municipality=municipality,
            text=note,
            by_call=caller is not None,
        )

    async def begin(self, given: port.NewCase, *, person: Person) -> str:
        """See `CaseRoom`."""
        self._look_at(given)
        caller = None
        if given.call_id:
            caller, *_ = await self._contact(given.call_id, person)
        elif given.number.strip():
            caller = caller_of("".join(given.number.split()))
            if caller is None:
                raise port.WrongField("number")
        promised_at = self._promised(given.promise_on)
        owner, _ = self._own(person)
        at = self._clock()
        row = {
            "kind": given.kind,
            "state": "open",
            "subject": given.subject,
            "service": given.service,
            "municipality": given.municipality,
            "owner": written(owner),
            "begun_at": written(owner) if owner[0] == "centre" else "",
            "opened_at": at,
            "opened_by": person.user_id,
            "due_on": terms.due_on(
                given.kind, local_day(at), working_days(self._world.network)
            ).isoformat(),
            "call_id": given.call_id or None,
            "caller": caller,
        }
        async with self._database() as connection:
            case_id = await store.begin(connection, row)
            made = {**row, "case_id": case_id}
            await self._note(connection, made, person, "opened", given.text, promised_at)
            await audit.write(connection, self._entry(Action.CASE_OPENED, made, person))
        return numbers.told(case_id)

    def _look_at(self, given: port.NewCase) -> None:
        if given.service and not self._offered(given.service):
            raise port.WrongField("service")
        if given.municipality and given.municipality not in self._world.network.municipalities:
            raise port.WrongField("municipality")

    def _own(self, person: Person) -> tuple[Realm, str]:
        """Whose a case is that this person opens, and which municipality that is."""
        agent = self._world.network.agents.get(person.agent_id or "")
        if agent is not None:
            return ("centre", agent.centre_id), self._world.network.place(
                agent.centre_id
            ).municipality
        realms = reach(person.grants, Act.CASES_OPEN)
        owner = min(realms, key=lambda realm: (NARROWEST.index(realm[0]), realm[1]))
        return owner, owner[1] if owner[0] == "municipality" else ""

    # --- what happens to it ----------------------------------------------------------------

    async def write(
        self, number: str, text: str, *, promise_on: date | None, keeps: bool, person: Person
    ) -> None:
        """See `CaseRoom`."""
        promised_at = self._promised(promise_on)
        async with self._opened(number, person, Act.CASES_CHANGE) as (connection, row):
            if row["state"] == "closed":
                raise port.Settled
            if keeps:
                await store.keep(connection, row["case_id"], self._clock())
            what: port.Entry = "note" if promised_at is None else "promise"
            await self._note(connection, row, person, what, text, promised_at)
            await audit.write(connection, self._entry(Action.CASE_CHANGED, row, person, what))

    async def hand_on(
        self, number: str, owner: Realm, text: str, *, promise_on: date | None, person: Person
    ) -> None:
        """See `CaseRoom`."""
        owners = dict(await self.owners())
        if owner not in owners:
            raise port.WrongField("owner")
        promised_at = self._promised(promise_on)
        values = {"owner": written(owner), "state": "handed_on"}
        said = f"{owners[owner]}. {text}".strip()
        async with self._opened(number, person, Act.CASES_CHANGE) as (connection, row):
            await self._change(connection, row, values, store.is_in(row["state"]), over=False)
            await self._note(connection, row, person, "handed_on", said, promised_at)
            await audit.write(
                connection, self._entry(Action.CASE_CHANGED, row, person, written(owner))
            )

    async def turn(self, number: str, state: port.CaseState, *, person: Person) -> None:
        """See `CaseRoom`."""
        at = self._clock()
        over = state in store.OVER
        async with self._opened(number, person, Act.CASES_CHANGE) as (connection, row):
            if row["state"] == state:
                return
            values = {"state": state, "over_at": (row["over_at"] or at) if over else None}
            await self._change(connection, row, values, store.is_in(row["state"]))
            if over:
                await store.keep(connection, row["case_id"], at)
            await self._note(connection, row, person, "state", state, None)
            await audit.write(connection, self._entry(Action.CASE_CHANGED, row, person, state))

    async def dictate(self, number: str, text: str, *, person: Person) -> None:
        """See `CaseRoom`."""
        values = {"submission": text, "submission_by": person.user_id}
        async with self._opened(number, person, Act.CASES_CHANGE) as (connection, row):
            await self._change(connection, row, values, store.is_dictated(row["submission"]))
            await audit.write(connection, self._entry(Action.CASE_CHANGED, row, person, "dictated"))

    async def confirm(self, number: str, text: str, *, person: Person) -> None:
        """See `CaseRoom`. From now on the law counts its term."""
        at = self._clock()
        async with self._opened(number, person, Act.CASES_CHANGE) as (connection, row):
            kind: port.CaseKind = row["kind"] if row["kind"] in terms.BY_LAW else "submission"
            values = {
                "kind": kind,
                "submission_confirmed_at": at,
                "submission_by": person.user_id,
                "due_on": terms.due_on(
                    kind, local_day(at), working_days(self._world.network)
                ).isoformat(),
            }
            if not text:
                raise port.Settled
            await self._change(connection, row, values, store.is_dictated(text))
            await self._note(connection, row, person, "submission", "", None)
            await audit.write(
                connection, self._entry(Action.CASE_CHANGED, row, person, "confirmed")
            )
