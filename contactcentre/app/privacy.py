"""Personal data: for how long they are kept, and who follows the audit log."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from agents_ui.shell.permissions import Act
from agents_ui.shell.port import Unavailable
from contactcentre import paths
from contactcentre.app.area import Gauges, Runs
from contactcentre.app.storage import Storage
from contactcentre.engine.alarms import Alarm
from contactcentre.engine.inbox import Inbox
from contactcentre.features.abuse.service import AbuseList
from contactcentre.features.accounts.vault import Vault
from contactcentre.features.approvals.service import ApprovalService
from contactcentre.features.audit.retention import AuditRetention
from contactcentre.features.audit.sealer import WRITTEN, Sealer
from contactcentre.features.cases.attachments import AttachmentKeeper
from contactcentre.features.privacy.case_sweep import CaseSweep
from contactcentre.features.privacy.control import PersonCommands
from contactcentre.features.privacy.document import DataClass
from contactcentre.features.privacy.erasure import Approved, Erasure, NotErased, by_shell
from contactcentre.features.privacy.legal_holds import LegalHolds
from contactcentre.features.privacy.live import RunningHotline
from contactcentre.features.privacy.nightly import Nightly
from contactcentre.features.privacy.outbox_sweep import OutboxSweep
from contactcentre.features.privacy.person_sweep import PersonSweep
from contactcentre.features.privacy.quality_sweep import QualitySweep
from contactcentre.features.privacy.records import PersonRecordService
from contactcentre.features.privacy.room import CitizenRights
from contactcentre.features.privacy.sweeps import (
    EventSweep,
    NoteSweep,
    NumberSweep,
    Portion,
    Reached,
)
from contactcentre.features.privacy.upkeep_sweep import UpkeepSweep
from contactcentre.settings import Settings
from contactcentre.storage import audit
from contactcentre.storage.audit import AuditEntry
from contactcentre.storage.database import AWAY
from contactcentre.storage.lookout import Watch
from contactcentre.storage.personal_codes import PersonalCodes
from contactcentre.storage.pseudonyms import Pseudonyms
from contactcentre.storage.sealed_attachments import SealedAttachments
from contactcentre.storage.sealed_talks import SealedTalks
from contactcentre.telephony.message_files import MessageFiles


@dataclass(frozen=True, slots=True)
class Privacy:
    """What others ask, and what runs."""

    database: AsyncEngine
    pseudonyms: Pseudonyms
    holds: LegalHolds
    nightly: Nightly
    sealer: Sealer
    commands: PersonCommands
    personal: CitizenRights
    records: PersonRecordService
    codes: PersonalCodes | None
    talks: SealedTalks
    attachments: SealedAttachments
    written: Watch  # the audit log

    def runs(self) -> Runs:
        """See `Area`."""
        keeper = AttachmentKeeper(self.database, self.attachments)
        return {
            "audit": partial(self.sealer.run, self.written),
            "retention": self.nightly.run,
            "attachments": keeper.run,
        }

    def gauges(self) -> Gauges:
        """See `Area`."""
        return {"retention_finished_timestamp_seconds": self.nightly.finished_at}

    def alarms(self) -> Iterable[Alarm]:
        """See `Area`."""
        return ()

    async def note(self, entries: Sequence[AuditEntry]) -> None:
        """Write down what is about to be done. Raises `Unavailable`: then it is not done."""
        try:
            async with self.database.begin() as connection:
                await audit.write(connection, *entries)
        except AWAY:
            raise Unavailable from None

    def message_days(self) -> int:
        """How long a voice message is kept that is done with."""
        return self.nightly.days("messages")

    def recording_days(self) -> int:
        """How long the recording of a talk is kept."""
        return self.nightly.days("recordings")

    def draft_days(self) -> int:
        """How long a record may stay open."""
        return self.nightly.days("drafts")


def build_privacy(
    settings: Settings, storage: Storage, inbox: Inbox, files: MessageFiles
) -> Privacy:
    """With the keys of this installation."""
    engine, pseudonyms = storage.database, Pseudonyms(paths.pseudonym_key(settings))
    approvals, codes = ApprovalService(engine), personal_codes(settings)
    talks = SealedTalks(paths.sealed_talks(settings), partial(paths.recording_keys, settings))
    if settings.recordings:
        paths.recording_keys(settings)  # made, or told that it lies open, at the start
    live = RunningHotline(inbox, storage.spool, storage.projector)
    sweeps = (
        NumberSweep(pseudonyms),
        NoteSweep(pseudonyms),
        EventSweep(),
        CaseSweep(pseudonyms),
        PersonSweep(pseudonyms),
        UpkeepSweep(pseudonyms),
        QualitySweep(pseudonyms),
        OutboxSweep(),
        AuditSweep(AuditRetention(paths.audit_key(settings))),
    )
    return Privacy(
        engine,
        pseudonyms,
        LegalHolds(pseudonyms),
        Nightly(engine, sweeps, usual=usual_terms(settings), journal=paths.spool(settings)),
        Sealer(engine, paths.audit_head(settings)),
        PersonCommands(Erasure(engine, live, files, pseudonyms, talks=talks, approved=by_shell)),
        CitizenRights(
            engine,
            pseudonyms,
            Erasure(engine, live, files, pseudonyms, talks=talks, approved=by_second(approvals)),
            approvals,
            usual=usual_terms(settings),
            codes=codes,
        ),
        PersonRecordService(engine, codes=codes),
        codes,
        talks,
        SealedAttachments(
            paths.sealed_attachments(settings), partial(paths.recording_keys, settings)
        ),
        storage.lookout.watch(WRITTEN),
    )


def personal_codes(settings: Settings) -> PersonalCodes | None:
    """None where this installation keeps none. Raises `LooseKeys`."""
    if not settings.personal_codes:
        return None
    read_keys = partial(paths.personal_code_keys, settings)
    read_keys()  # a key that lies open is told at the start, and not at the first code
    return PersonalCodes(Vault(read_keys), read_keys)


def by_second(approvals: ApprovalService) -> Approved:
    """What another person has approved, is used up."""

    async def use(person: str, by: str) -> None:
        if not await approvals.used(Act.CITIZENS_ERASE, person, by=by):
            raise NotErased("nobody else has approved that")

    return use


async def begin_abuse_list(settings: Settings, storage: Storage) -> AbuseList:
    """As it stands, or as it stood last where the database is away."""
    made = AbuseList(
        storage.database,
        paths.good_abuse_list(settings),
        pseudonym=Pseudonyms(paths.pseudonym_key(settings)).of,
        ask=ApprovalService(storage.database).ask,
    )
    await made.begin()
    return made


def usual_terms(settings: Settings) -> dict[DataClass, int]:
    """Days, where nobody has written otherwise."""
    return {
        "numbers": settings.number_days,
        "people": settings.number_days,
        "notes": settings.note_days,
        "events": settings.event_days,
        "messages": settings.message_days,
        "recordings": settings.recording_days,
        "drafts": settings.record_days,
        "cases": settings.case_days,
        "enquiries": settings.enquiry_days,
        "assessments": settings.assessment_days,
        "outbox": settings.mail_days,
        "audit": settings.audit_days,
    }


class AuditSweep:
    """The audit log's oldest part, as the nightly job deletes."""

    class_id: DataClass = "audit"

    def __init__(self, retention: AuditRetention) -> None:
        self._retention = retention

    async def portion(
        self, connection: AsyncConnection, before_at: float, reached: Reached, at: float
    ) -> Portion:
        """See `Sweep`."""
        count = await self._retention.portion(connection, before_at, at)
        return Portion(count, reached if count else None)
