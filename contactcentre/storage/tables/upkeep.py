"""What service cards lack: questions to their owners, and errors that agents have reported."""

from sqlalchemy import Boolean, Column, Double, Index, String, Table, Text, false, text

from contactcentre.storage.tables.schema import a_name, metadata

_OPEN = text("over_at IS NULL")
_UNSETTLED = text("settled_at IS NULL")

# What a card did not answer, asked in a call and put to the card's owner.
enquiries = Table(
    "enquiries",
    metadata,
    Column("enquiry_id", String(32), primary_key=True),
    Column("service", a_name(), nullable=False),
    Column("institution", Text, nullable=False),  # in Latvian, as realms know it
    Column("municipality", Text, nullable=False, server_default=""),  # of a card of one alone
    Column("call_id", Text, nullable=False, index=True),
    Column("agent_id", Text, nullable=False, index=True),
    Column("centre", Text, nullable=False, server_default=""),  # the agent's
    Column("asked_by", Text, nullable=False),
    Column("asked_at", Double, nullable=False, index=True),
    Column("due_at", Double, nullable=False),
    Column("language", String(2), nullable=False),
    Column("question", Text, nullable=False),
    Column("wants_call", Boolean, nullable=False),  # the citizen is to be rung with the answer
    Column("secret", String(64), nullable=False, server_default="", index=True),  # a hash; or none
    Column("expires_at", Double, nullable=False),  # of the link
    Column("answer", Text, nullable=False, server_default=""),
    Column("answered_at", Double),
    Column("answered_by", Text, nullable=False, server_default=""),  # none: by the link
    Column("promised_at", Double),  # the call back
    Column("told_at", Double),  # the agent
    Column("over_at", Double),
    Column("over_by", Text, nullable=False, server_default=""),
    Column("over_why", Text, nullable=False, server_default=""),
    Column("accepted", Boolean, nullable=False, server_default=false()),  # question and answer
    Index("ix_enquiries_open", "due_at", sqlite_where=_OPEN, postgresql_where=_OPEN),
)

card_flags = Table(
    "card_flags",
    metadata,
    Column("flag_id", String(32), primary_key=True),
    Column("service", a_name(), nullable=False),
    Column("institution", Text, nullable=False),
    Column("municipality", Text, nullable=False, server_default=""),
    Column("agent_id", Text, nullable=False, index=True),
    Column("centre", Text, nullable=False, server_default=""),
    Column("flagged_by", Text, nullable=False),
    Column("at", Double, nullable=False, index=True),
    Column("kind", String(20), nullable=False),
    Column("text", Text, nullable=False),
    Column("settled_at", Double),
    Column("settled_by", Text, nullable=False, server_default=""),
    Column("reason", Text, nullable=False, server_default=""),
    Column("told_at", Double),
    Index("ix_card_flags_open", "service", sqlite_where=_UNSETTLED, postgresql_where=_UNSETTLED),
)
