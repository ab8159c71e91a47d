"""What a citizen waits for. Written by people, so it is no projection of the journal."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    false,
    text,
)

from contactcentre.storage.tables.schema import metadata

_PROMISED = text("promised_at IS NOT NULL")
_OWED = text("promised_at IS NOT NULL AND kept_at IS NULL")
_EVENT = text("event <> ''")
_TO_TELL = text("wants_word AND told_at IS NULL")
_TO_TELL_1 = text("wants_word = 1 AND told_at IS NULL")  # as it is asked for where 1 is true

cases = Table(
    "cases",
    metadata,
    Column(
        "case_id",
        BigInteger().with_variant(Integer, "sqlite"),
        primary_key=True,
        autoincrement=True,
    ),
    Column("kind", String(20), nullable=False),
    Column("state", String(20), nullable=False),
    Column("subject", Text, nullable=False),
    Column("service", Text, nullable=False),
    Column("municipality", Text, nullable=False),
    Column("owner", Text, nullable=False),  # a realm: centre:sala, institution:VSAA
    Column("begun_at", Text, nullable=False),  # a centre's realm; "" where there is none
    Column("opened_at", Double, nullable=False),
    Column("opened_by", Text, nullable=False),
    Column("due_on", String(10), nullable=False),
    Column("over_at", Double, index=True),  # done or closed
    Column("call_id", Text),  # of the contact in which it was opened
    Column("caller", Text),
    Column("submission", Text, nullable=False, server_default=""),
    Column("submission_by", Text, nullable=False, server_default=""),
    Column("submission_confirmed_at", Double),
    Column("forgotten_at", Double),
    Column("event", Text, nullable=False, server_default=""),  # what all may read of a known one
    Index("ix_cases_event", "over_at", sqlite_where=_EVENT, postgresql_where=_EVENT),
    Index("ix_cases_caller", "caller"),
    Index("ix_cases_owner_state_due_on", "owner", "state", "due_on"),
    Index("ix_cases_begun_at_state_due_on", "begun_at", "state", "due_on"),
    Index("ix_cases_state_due_on", "state", "due_on"),
    sqlite_autoincrement=True,  # no number is told twice
)

case_entries = Table(
    "case_entries",
    metadata,
    Column(
        "entry_id",
        BigInteger().with_variant(Integer, "sqlite"),
        primary_key=True,
        autoincrement=True,
    ),
    Column("case_id", ForeignKey("cases.case_id", ondelete="CASCADE"), nullable=False, index=True),
    Column("at", Double, nullable=False),
    Column("by", Text, nullable=False),
    Column("what", String(20), nullable=False),
    Column("text", Text, nullable=False),
    Column("promised_at", Double),  # by then
    Column("kept_at", Double),
    Index("ix_case_entries_owed", "by", "promised_at", sqlite_where=_OWED, postgresql_where=_OWED),
    Index(
        "ix_case_entries_promised_at",
        "promised_at",
        sqlite_where=_PROMISED,
        postgresql_where=_PROMISED,
    ),
)

case_contacts = Table(  # of a known event; whose each was, `contacts` says
    "case_contacts",
    metadata,
    Column("case_id", ForeignKey("cases.case_id", ondelete="CASCADE"), primary_key=True),
    Column("call_id", Text, primary_key=True),
    Column("municipality", Text, nullable=False),
    Column("joined_at", Double, nullable=False),
    Column("joined_by", Text, nullable=False),
    Column("wants_word", Boolean, nullable=False, server_default=false()),  # when it is over
    Column("taken_by", Text, nullable=False, server_default=""),  # who rings back
    Column("taken_at", Double),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("told_at", Double),
    Index("ix_case_contacts_call_id", "call_id"),
    Index(
        "ix_case_contacts_to_tell", "case_id", sqlite_where=_TO_TELL_1, postgresql_where=_TO_TELL
    ),
)

case_files = Table(
    "case_files",
    metadata,
    Column("file_id", String(32), primary_key=True),
    Column("case_id", ForeignKey("cases.case_id", ondelete="CASCADE"), nullable=False, index=True),
    Column("name", Text, nullable=False),  # as it is shown; no path
    Column("kind", String(10), nullable=False),  # pdf, jpeg, png: what is in it
    Column("size", Integer, nullable=False),  # bytes
    Column("added_at", Double, nullable=False),
    Column("added_by", Text, nullable=False),
    Column("gone_at", Double, index=True),  # from then on it goes; one that is not there yet, too
)
