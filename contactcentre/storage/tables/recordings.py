"""What was recorded of talks, what callers said of them, and what supervisors did."""

from sqlalchemy import BigInteger, Column, Double, Index, Integer, String, Table, Text, text

from contactcentre.storage.tables.schema import a_name, metadata

_KEPT = text("deleted_at IS NULL")

# One of each agent's leg that was recorded; the sound lies in a sealed file of that name.
recordings = Table(
    "recordings",
    metadata,
    Column("leg_id", Text, primary_key=True),
    Column("call_id", Text, nullable=False, index=True),
    Column("agent_id", Text, nullable=False),  # "" where nobody knows any more
    Column("queue", Text, nullable=False),
    Column("basis", Text, nullable=False),  # as the queue's policy had it
    Column("from_at", Double, nullable=False),
    Column("to_at", Double, nullable=False),
    Column("seconds", Double, nullable=False),  # of sound
    Column("state", String(12), nullable=False),  # whole, short, truncated, missing
    Column("sha256", String(64), nullable=False),  # of the clear file
    Column("size", BigInteger, nullable=False),
    Column("sealed_at", Double, nullable=False),
    Column("deleted_at", Double),
    Column("deleted_why", String(12)),  # term, room, erasure
    Index("ix_recordings_kept", "from_at", sqlite_where=_KEPT, postgresql_where=_KEPT),
    Index("ix_recordings_deleted_at", "deleted_at"),
)

# What callers said when they were asked how it was: sums of a day, of a queue, of a key.
survey_scores = Table(
    "survey_scores",
    metadata,
    Column("day", String(10), primary_key=True),
    Column("queue", a_name(), primary_key=True),
    Column("score", Integer, primary_key=True, autoincrement=False),
    Column("count", Integer, nullable=False),
)
