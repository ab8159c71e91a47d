"""How good talks are: what is looked at, which talks were drawn, what was found; test calls."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Double,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from contactcentre.storage.tables.schema import a_name, metadata

# Scorecards, sampling rules and scripts of test calls: each version a row that never changes.
quality_documents = Table(
    "quality_documents",
    metadata,
    Column("kind", String(20), primary_key=True),  # scorecard, rule, script
    Column("key", a_name(), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("document", JSON, nullable=False),
    Column("made_at", Double, nullable=False),
    Column("made_by", Text, nullable=False),
)

# Talks that chance has chosen to be assessed: of a month and an agent, by a rule.
samples = Table(
    "samples",
    metadata,
    Column("call_id", Text, primary_key=True),
    Column("leg_id", Text, nullable=False),
    Column("agent_id", Text, nullable=False),
    Column("centre", Text, nullable=False),  # the agent's, then
    Column("month", Integer, nullable=False, index=True),  # 202611
    Column("rule", a_name(), nullable=False),
    Column("scorecard", a_name(), nullable=False),
    Column("place", BigInteger, nullable=False),  # what chance said: the least go first
    Column("among", Integer, nullable=False),  # so many talks could have been drawn
    Column("drawn_at", Double, nullable=False, index=True),
)

# What a reviewer found; with a second reviewer's beside it, whose counts for nothing.
assessments = Table(
    "assessments",
    metadata,
    Column("assessment_id", String(32), primary_key=True),
    Column("call_id", Text, nullable=False, index=True),
    Column("leg_id", Text, nullable=False),
    Column("agent_id", Text, nullable=False, index=True),
    Column("centre", Text, nullable=False),
    Column("month", Integer, nullable=False),
    Column("scorecard", a_name(), nullable=False),
    Column("version", Integer, nullable=False),
    Column("reviewer", Text, nullable=False),
    Column("calibration", Boolean, nullable=False, server_default=false()),
    Column("marks", JSON, nullable=False),  # by criterion
    Column("remarks", JSON, nullable=False),  # by criterion
    Column("comment", Text, nullable=False, server_default=""),
    Column("begun_at", Double, nullable=False, index=True),
    Column("finished_at", Double),
    Column("score", Integer),  # 0 to 100
    Column("failed", Boolean, nullable=False, server_default=false()),
    Column("seen_at", Double),  # the agent
    Column("reply", Text, nullable=False, server_default=""),
    Column("replied_at", Double),
    Column("readers", JSON, nullable=False, server_default="[]"),  # whom it was opened to, by id
    UniqueConstraint("call_id", "calibration"),
    UniqueConstraint("call_id", "reviewer", name="uq_assessments_call_id_reviewer"),
)

# Somebody rings as a citizen would, by a script. No number: the call is found by it, once.
scripted_calls = Table(
    "scripted_calls",
    metadata,
    Column("scripted_id", String(32), primary_key=True),
    Column("script", a_name(), nullable=False),
    Column("version", Integer, nullable=False),
    Column("tester", Text, nullable=False),
    Column("begun_at", Double, nullable=False, index=True),
    Column("finished_at", Double),
    Column("call_id", Text, unique=True),  # the contact, where it was found
    Column("reached", Boolean),
    Column("wait_s", Double),
    Column("answer", String(10), nullable=False, server_default=""),  # right, partly, wrong
    Column("scorecard", a_name(), nullable=False),
    Column("scorecard_version", Integer, nullable=False),
    Column("marks", JSON, nullable=False),
    Column("remarks", JSON, nullable=False),
    Column("comment", Text, nullable=False, server_default=""),
    Column("score", Integer),
    Column("failed", Boolean, nullable=False, server_default=false()),
)
