"""What reports are made of: a narrow row of whole numbers for each contact, made from what
happened, and sums of those.

Everything here is made again by `contactcentre reports rebuild`, to the same numbers: they are
whole (milliseconds, not seconds), so the order in which they were added up does not tell.
"""

from collections.abc import Iterator
from typing import Final

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Double,
    Index,
    Integer,
    String,
    Table,
    Text,
)

from contactcentre.storage.tables.schema import a_name, metadata

FAILURES: Final = (
    *("promise_overdue", "case_overdue", "question_open", "known_event", "asked_again"),
)
"""The parts of failure demand: a contact is in the first that fits, or in none."""

COUNTED: Final = (
    *("rang_in", "menu", "received", "closed", "blocked", "saturated", "queued"),
    *("waiting", "answered", "abandoned", "timed_out", "flow_out", "callback"),
    *("technical", "unknown", "short_abandoned", "gave_up", "within"),
    *("wait_ms", "abandoned_wait_ms", "handled", "talk_ms", "hold_ms", "acw_ms"),
    *("legs", "transferred", "consulted", "offers", "missed", "traceable", "repeated"),
    *("callbacks", "callbacks_reached", "promises", "promises_kept", "promises_broken"),
    *("recorded", "identified_1", "identified_2", "identified_3"),
    *("failure_demand", *FAILURES),
)
"""What is added up of contacts; their declarations are in `agents_ui/reports/measures.py`."""

DIMENSIONS: Final = (
    *("queue", "centre", "home_centre", "municipality", "service", "institution"),
    *("agent", "language", "dialled", "path"),
)
"""What contacts are told apart by."""

STATES: Final = ("ready", "reserved", "talking", "wrap_up", "not_ready")
"""Of agents who are logged in."""


def _sums(kind: type[Integer] | type[BigInteger]) -> Iterator[Column[int]]:
    return (Column(name, kind, nullable=False, server_default="0") for name in COUNTED)


contact_facts = Table(
    "contact_facts",
    metadata,
    Column("call_id", Text, primary_key=True),
    Column("quarter", Integer, nullable=False),  # of its arrival: quarter hours since the epoch
    Column("day", Integer, nullable=False),  # in Latvia: 20261031
    *(Column(name, Text, nullable=False, server_default="") for name in DIMENSIONS),
    Column("band", Integer),  # of the wait, of whoever was answered or has abandoned
    Column("longest_ms", Integer, nullable=False, server_default="0"),
    *_sums(Integer),
    Index("ix_contact_facts_quarter", "quarter", "queue", "day", "band"),  # waits from it alone
    Index("ix_contact_facts_centre_day", "centre", "day"),
)

# Rolled up: by quarter hour and queue, kept as contacts change; and by month and each dimension,
# made when a month is over and made anew when a late fact has changed it.
report_quarters = Table(
    "report_quarters",
    metadata,
    Column("quarter", Integer, primary_key=True, autoincrement=False),
    Column("queue", Text, primary_key=True),
    Column("day", Integer, nullable=False, index=True),
    Column("longest_ms", Integer, nullable=False),
    *_sums(BigInteger),
)

report_months = Table(
    "report_months",
    metadata,
    Column("dimension", String(20), primary_key=True),
    Column("month", Integer, primary_key=True, autoincrement=False),  # 202610
    Column("key", Text, primary_key=True),
    Column("longest_ms", Integer, nullable=False),
    *_sums(BigInteger),
)

# How many waited how long: as many as there are bands of `features/reports/bands.py`.
report_waits = Table(
    "report_waits",
    metadata,
    Column("dimension", String(20), primary_key=True),
    Column("month", Integer, primary_key=True, autoincrement=False),
    Column("key", Text, primary_key=True),
    Column("band", Integer, primary_key=True, autoincrement=False),
    Column("count", Integer, nullable=False),
)

# The months of which both are there, and right.
report_months_made = Table(
    "report_months_made",
    metadata,
    Column("month", Integer, primary_key=True, autoincrement=False),
    Column("at", Double, nullable=False),
)

# What was done, by day, centre and service: the export to the ministry.
service_days = Table(
    "service_days",
    metadata,
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("centre", Text, primary_key=True),
    Column("service", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("level", Text, primary_key=True),
    Column("institution", Text, primary_key=True),
    Column("municipality", Text, primary_key=True),
    Column("came_by", Text, primary_key=True),
    Column("count", Integer, nullable=False),
)

# An agent's day in Latvia: milliseconds by state; what goes on is not in it before it is over.
agent_days = Table(
    "agent_days",
    metadata,
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("agent", Text, primary_key=True),
    *(Column(f"{state}_ms", Integer, nullable=False, server_default="0") for state in STATES),
    Column("offers", Integer, nullable=False, server_default="0"),
    Column("missed", Integer, nullable=False, server_default="0"),
)

# Whose facts are to be made anew. It shrinks as that is done.
report_due = Table(
    "report_due",
    metadata,
    Column("kind", String(5), primary_key=True),  # call, agent; again: no news of the journal's
    Column("key", Text, primary_key=True),
    Column("day", Integer, primary_key=True, autoincrement=False),  # of an agent; else 0
    Column("seq", BigInteger, nullable=False),
)

# Which figures of a quarter hour that stood already were changed by late facts; kept for two years.
restatements = Table(
    "restatements",
    metadata,
    Column("quarter", Integer, primary_key=True, autoincrement=False),
    Column("queue", Text, primary_key=True),
    Column("at", Double, primary_key=True, index=True),
    Column("measure", a_name(), primary_key=True),
    Column("was", BigInteger, nullable=False),
    Column("became", BigInteger, nullable=False),
)

# What was published of a month for everybody, as it was: nothing here ever changes, and the latest
# version counts.
open_months = Table(
    "open_months",
    metadata,
    Column("month", Integer, primary_key=True, autoincrement=False),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("cells", JSON, nullable=False),  # each with its count, null where that is hidden
    Column("pool", Integer),  # what the hidden ones come to; null where even that would tell
    Column("total", Integer),
    Column("at", Double, nullable=False),
    Column("by", Text, nullable=False),
)

# What must be true of each day's figures, as it was found; kept for two years.
report_checks = Table(
    "report_checks",
    metadata,
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("rule", String(30), primary_key=True),
    Column("holds", Boolean, nullable=False),
    Column("left", BigInteger, nullable=False),
    Column("right", BigInteger, nullable=False),
    Column("at", Double, nullable=False),
)
