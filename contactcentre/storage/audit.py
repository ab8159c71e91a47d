"""The audit log: one row for each thing that somebody may have to answer for.

It is written in the transaction of what it tells of, before anybody sees that: what cannot be
written down does not happen. Of citizens there are ids and pseudonyms only, never a number, a name
or a note. The rows are chained a moment later (`features/audit`), so that nobody waits for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from contactcentre.storage import codec
from contactcentre.storage import tables as models

SHELL = "shell"
"""The `who` of somebody at the command line; `shell:anna` where the machine knows whom."""


PRIVATE = frozenset({"mobile"})
"""Fields of documents of which is told that they changed, and no more."""

HIDDEN = "…"


class Action(StrEnum):
    """What was done."""

    LOGGED_IN = "login"
    LOG_IN_REFUSED = "login.refused"
    LOGGED_OUT = "logout"
    PROOF_REFUSED = "proof.refused"  # a password or code asked for beside the log-in
    ACCESS_REFUSED = "access.refused"  # by somebody's role
    SESSIONS_ENDED = "sessions.ended"  # all, or by somebody else than their user
    SESSION_ENDED = "session.ended"  # one, from the list of one's own
    PASSWORD_CHANGED = "password.changed"  # noqa: S105 - by its user
    FACTOR_ADDED = "factor.added"
    FACTOR_REMOVED = "factor.removed"
    RECOVERY_CODES_MADE = "recovery.made"
    ACCOUNT_CHANGED = "account.changed"
    APPROVAL_ASKED = "approval.asked"
    APPROVED = "approval.given"
    APPROVAL_REFUSED = "approval.refused"
    ABUSE_ASKED = "abuse.asked"  # that a caller's calls are not taken; the approval says the rest
    HISTORY_LISTED = "history.listed"  # dates and topics of a number's earlier contacts
    HISTORY_OPENED = "history.opened"  # services and notes too
    MESSAGE_HEARD = "message.heard"  # a recording, or a part of it, was given out
    CASES_LISTED = "cases.listed"  # of a citizen, beside the call; or those of one's realms
    CASE_OPENED = "case.opened"  # a new one
    CASE_READ = "case.read"
    CASE_CHANGED = "case.changed"
    CASE_FILE_ADDED = "case.file_added"
    CASE_FILE_OPENED = "case.file_opened"
    CASE_FILE_REMOVED = "case.file_removed"
    CASE_JOINED = "case.joined"  # a contact is of that known event
    CASE_LEFT = "case.left"  # and is not, after all
    CASE_CALLER_TAKEN = "case.caller"  # the number of who is to be told that it is over
    CONFIGURED = "configuration.changed"
    CONFIGURATION_EXPORTED = "configuration.exported"  # centres or agents, as a table
    CALL_LED = "call.led"  # moved, put first, given to somebody, withdrawn, ended: by a supervisor
    CALL_LISTENED = "call.listened"  # a supervisor listens to it, whispers or speaks, or did
    HANDED_OUT = "call.handout"  # a card's link or list of documents was sent to the citizen
    ENQUIRY_ASKED = "enquiry.asked"  # of the owner of a card; the words are in its row
    ENQUIRY_SENT = "enquiry.sent"  # once more, with a fresh link
    ENQUIRY_LINK_REVOKED = "enquiry.revoked"
    ENQUIRY_ANSWERED = "enquiry.answered"  # by an editor, or by the link
    ENQUIRY_ACCEPTED = "enquiry.accepted"  # it stands on the card, which has a row of its own
    ENQUIRY_CLOSED = "enquiry.closed"
    CARD_FLAGGED = "card.flagged"  # an agent has reported an error in it
    FLAGS_SETTLED = "card.settled"
    ALERT_SEEN = "alert.seen"  # somebody looks after it
    MEMO_WRITTEN = "memo.written"  # to agents; the words are in the journal
    AGENT_LED = "agent.led"  # into another state, let out of what held the agent
    SCREEN_MADE = "screen.made"  # a link to figures for whoever has it
    SCREEN_REVOKED = "screen.revoked"
    CRISIS_SWITCHED = "crisis.switched"
    CRISIS_CONFIRMED = "crisis.confirmed"  # by a second person
    RECORDS_GIVEN_UP = "records.given_up"  # of others, on somebody's word
    CALLS_LISTED = "report.calls"  # beneath a figure of a report
    CALL_OPENED = "report.call"  # one of them, from its arrival to its record
    RECORDING_HEARD = "recording.heard"  # by whom it may be played to; why is its purpose
    RECORDING_COPIED = "recording.copied"  # taken away, with a second person
    SAMPLES_DRAWN = "quality.drawn"  # talks of an agent, by chance; the seed says how
    ASSESSMENT_BEGUN = "quality.begun"
    ASSESSMENT_OPENED = "quality.opened"  # with the talk's record and note
    ASSESSMENT_DROPPED = "quality.dropped"  # begun, and put back
    ASSESSMENT_FINISHED = "quality.finished"
    ASSESSMENT_READ = "quality.read"  # by the agent whose talk it is
    ASSESSMENT_ANSWERED = "quality.answered"  # by the same: seen, or objected to
    SCRIPTED_BEGUN = "quality.test_begun"  # a test call
    SCRIPTED_FINISHED = "quality.test_finished"  # its contact is one from now on
    AUDIT_READ = "audit.read"
    AUDIT_EXPORTED = "audit.exported"
    OPEN_DATA_PUBLISHED = "open_data.published"  # a month's file, or a version more of it
    CALLERS_LISTED = "person.candidates"  # who has the number that rings: first names, initials
    PERSON_CHOSEN = "person.chosen"  # a contact is that person's, on an agent's word
    PERSON_RELEASED = "person.released"  # and is not, after all
    PERSON_ADDED = "person.added"
    CODE_ADDED = "person.code_added"  # a personal code
    PERSON_FOUND = "person.found"  # by number or code, on the page of a person's data
    PERSON_MERGED = "person.merged"
    PERSON_SPLIT = "person.split"
    MERGE_UNDONE = "person.merge_undone"
    PERSON_EXPORTED = "person.exported"
    PERSON_ERASED = "person.erased"
    PERSON_HELD = "person.held"
    HOLD_LIFTED = "person.hold_lifted"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One row."""

    at: float
    who: str  # a user's id, `SHELL`, or "" where nobody is known
    action: Action
    object: str = ""  # the id of what it was done to: a call, a user, a document
    purpose: str = ""
    person: str = ""  # the pseudonym of the citizen whom it is about
    details: Mapping[str, Any] = field(default_factory=dict)  # `before` and `after`, or counts


def configured(name: str, before: Any, after: Any, *, at: float, by: str) -> AuditEntry | None:
    """That a document changed, and in what; None where it did not. `before` is None of a new one.

    Of mappings those keys are told that differ.
    """
    if before == after:
        return None
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        names = [key for key in {**before, **after} if before.get(key) != after.get(key)]
        before, after = ({key: one[key] for key in names if key in one} for one in (before, after))
    details = {"before": _shown(before), "after": _shown(after)}
    return AuditEntry(at=at, who=by, action=Action.CONFIGURED, object=name, details=details)


def _shown(document: Any) -> Any:
    if not isinstance(document, Mapping):
        return document
    return {key: HIDDEN if key in PRIVATE and value else value for key, value in document.items()}


async def write(connection: AsyncConnection, *entries: AuditEntry) -> None:
    """Add the rows to the transaction. Raises what the database raises."""
    if entries:
        await connection.execute(models.audit.insert(), [_row(entry) for entry in entries])


def _row(entry: AuditEntry) -> dict[str, object]:
    return {
        "at": entry.at,
        "who": _clean(entry.who),
        "action": entry.action,
        "object": _clean(entry.object),
        "purpose": _clean(entry.purpose),
        "person": entry.person,
        "details": _clean(codec.encode(entry.details).decode()) if entry.details else "",
    }


def _clean(text: str) -> str:
    # A text of a page must not be one that the database refuses: nothing would be written down.
    return text.replace("\0", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
