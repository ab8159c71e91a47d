"""`contactcentre person`: a citizen's data given out, held and erased; numbers are asked for."""

from __future__ import annotations

import asyncio
import json
import shutil
import uuid
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter
from sqlalchemy.ext.asyncio import AsyncConnection

from contactcentre import paths
from contactcentre.app.control import NotRunning, ask
from contactcentre.app.privacy import personal_codes, usual_terms
from contactcentre.cli import console
from contactcentre.cli.command import program
from contactcentre.cli.numbers import typed_numbers
from contactcentre.core.outcomes import Outcome
from contactcentre.engine.clock import now
from contactcentre.features.privacy import record_store, store
from contactcentre.features.privacy.disclosure import PersonalData, disclose, page
from contactcentre.features.privacy.erasure import Erasure, NotErased, by_shell
from contactcentre.features.privacy.live import RestingHotline
from contactcentre.settings import Settings
from contactcentre.storage import audit, database, people
from contactcentre.storage.audit import Action, AuditEntry
from contactcentre.storage.pseudonyms import Pseudonyms
from contactcentre.storage.sealed_file import SealFault
from contactcentre.storage.sealed_talks import SealedTalks
from contactcentre.storage.spool import SpoolFailed, at_work
from contactcentre.telephony.message_files import MessageFiles

ONE_PERSON = 10
"""Numbers that somebody may have; whoever gives out more must ask a second person."""

ERASING_S = 600.0
"""A busy day's journal is gigabytes."""

app = program("person")

_telling = console.telling(ValueError, LookupError, NotErased, SealFault, SpoolFailed)

Whom = Annotated[str, Parameter(help="whose id `who` tells; then no number is asked for")]
Reason = Annotated[str, Parameter(help="why: it stays on record")]


@app.command
@_telling
async def erase(*, reason: Reason, person: Whom = "", settings: Settings) -> None:
    """Take these numbers, with whoever alone has them, or one person, out of everything; the
    contacts stay for the statistics."""
    for number in [person] if person else await asyncio.to_thread(typed_numbers):
        request = {"do": "person-erase", "number": number, "by": console.author(), "why": reason}
        try:
            answer = await ask(paths.control(settings), request, patience_s=ERASING_S)
        except NotRunning:
            answer = await _erase_at_rest(settings, number, reason)
        if "error" in answer:
            raise NotErased(answer["error"])
        told = "{contacts} contacts, {records} records of the journal, {recordings} recordings"
        console.say(told.format(**answer))


@app.command
@_telling
async def export(
    *,
    to: Annotated[Path, Parameter(help="a folder, which is made; its name tells of nobody")],
    reason: Reason,
    person: Whom = "",
    settings: Settings,
) -> None:
    """All that is kept of one person, whose numbers these are: JSON, a page, and voice messages."""
    typed = () if person else await asyncio.to_thread(typed_numbers, at_most=ONE_PERSON)
    asked = (person,) if person else typed
    pseudonyms, codes = Pseudonyms(paths.pseudonym_key(settings)), personal_codes(settings)
    async with database.opened(settings.database) as storage, storage.begin() as connection:
        for one in asked:
            found = await people.behind(connection, one)
            name = found.person_id or pseudonyms.of(one)
            await _note(connection, Action.PERSON_EXPORTED, name, reason)
        terms = await store.terms(connection, usual_terms(settings))
        kept = await disclose(connection, asked, pseudonyms, terms, at=now(), codes=codes)
    left_in = {one["callback_of"] for one in kept["contacts"] if one["message"]}
    left_in |= {one["call_id"] for one in kept["contacts"] if one["outcome"] == Outcome.CALLBACK}
    await asyncio.to_thread(_write, to, kept, _recordings(settings, left_in))
    talks = frozenset(one["call_id"] for one in kept["contacts"])
    await asyncio.to_thread(_unseal, to, _talks(settings), talks)
    console.say(f"{len(kept['contacts'])} contacts: {to / 'person.html'}")


@app.command
@_telling
async def who(*, reason: Reason, settings: Settings) -> None:
    """Who is known by these numbers: ids for `--person`, and names."""
    numbers = await asyncio.to_thread(typed_numbers)
    async with database.opened(settings.database) as storage, storage.begin() as connection:
        for person_id in [
            found for one in numbers for found in await people.of_number(connection, one)
        ]:
            await _note(connection, Action.PERSON_FOUND, person_id, reason)
            row = await record_store.row(connection, person_id)
            console.say(f"{person_id}  {row['name'] if row else ''}")


def _recordings(settings: Settings, left_in: Collection[str]) -> list[Path]:
    files = MessageFiles(paths.recordings(settings), most_bytes=0)
    return [files.path(file.recording) for file in files.list() if file.call_id in left_in]


def _talks(settings: Settings) -> SealedTalks:
    return SealedTalks(paths.sealed_talks(settings), partial(paths.recording_keys, settings))


def _write(to: Path, person: PersonalData, recordings: Sequence[Path]) -> None:
    """For its owner alone. Raises `OSError`, also where the folder is there already."""
    to.mkdir(mode=0o700)
    (to / "person.json").write_text(json.dumps(person, ensure_ascii=False, indent=2), "utf-8")
    (to / "person.html").write_text(page(person), "utf-8")
    for recording in recordings:
        shutil.copyfile(recording, to / recording.name)


def _unseal(to: Path, talks: SealedTalks, call_ids: Collection[str]) -> None:
    """The recordings of these calls, as they sounded. Raises `OSError`, `SealFault`."""
    for leg_id in talks.sizes():
        if leg_id.partition("-")[0] in call_ids:
            sound = talks.open(leg_id)
            with (to / f"{leg_id}.wav").open("wb") as file:
                file.writelines(sound.read(0, sound.size))


@app.command
@_telling
async def hold(*, reason: Reason, settings: Settings) -> None:
    """Keep the data of these numbers, whatever their terms, until the hold is lifted."""
    async with _people(settings) as (connection, people):
        for person in people:
            row = {
                "hold_id": uuid.uuid4().hex,
                "person": person,
                "why": reason,
                "placed_at": now(),
                "placed_by": console.author(),
            }
            await store.hold(connection, row)
            await _note(connection, Action.PERSON_HELD, person, reason)


@app.command
@_telling
async def lift(*, reason: Reason, settings: Settings) -> None:
    """End the holds on these numbers."""
    async with _people(settings) as (connection, people):
        for person in people:
            count = await store.lift(connection, person, at=now(), by=console.author())
            await _note(connection, Action.HOLD_LIFTED, person, reason)
            console.say(f"{person}: {count} holds lifted")


@app.command
@_telling
async def holds(*, settings: Settings) -> None:
    """Whose data are held, by pseudonym, and why; the latest first."""
    async with database.opened(settings.database) as storage, storage.connect() as connection:
        for row in await store.holds(connection):
            lifted = row["lifted_at"]
            until = console.local(lifted) if lifted is not None else "in force"
            since = console.local(row["placed_at"])
            console.say(f"{row['person']}  {since} – {until}  {row['placed_by']}: {row['why']}")


async def _erase_at_rest(settings: Settings, number: str, why: str) -> dict[str, Any]:
    """Where no service runs; its journal's file is locked meanwhile. Raises `SpoolFailed`."""
    journal = paths.spool(settings)
    if not journal.exists():
        raise NotErased("no service and no journal is here: ask on the service's own machine")
    files = MessageFiles(paths.recordings(settings), most_bytes=0)
    pseudonyms = Pseudonyms(paths.pseudonym_key(settings))
    async with database.opened(settings.database) as storage, at_work(journal, now) as spool:
        erasure = Erasure(
            storage,
            RestingHotline(spool),
            files,
            pseudonyms,
            talks=_talks(settings),
            approved=by_shell,
        )
        return asdict(await erasure.erase(number, by=console.author(), why=why))


@asynccontextmanager
async def _people(settings: Settings) -> AsyncIterator[tuple[AsyncConnection, Sequence[str]]]:
    """The numbers' pseudonyms, and a transaction."""
    pseudonyms = Pseudonyms(paths.pseudonym_key(settings))
    people = [pseudonyms.of(number) for number in await asyncio.to_thread(typed_numbers)]
    async with database.opened(settings.database) as storage, storage.begin() as connection:
        yield connection, people


async def _note(connection: AsyncConnection, action: Action, person: str, why: str) -> None:
    entry = AuditEntry(at=now(), who=console.author(), action=action, person=person, purpose=why)
    await audit.write(connection, entry)
