"""What people edit: documents and menus."""

from sqlalchemy import JSON, Boolean, Column, Double, Index, Integer, String, Table, Text, func

from contactcentre.storage.tables.schema import a_name, metadata


def _documents(name: str, key: str) -> Table:
    """One checked document a row (`contactcentre.core.config.document`), its key beside it.

    Documents name each other by keys that no constraint guards: they are edited in any order, and
    published only when all names name something (`contactcentre.core.config.references`).
    """
    return Table(
        name,
        metadata,
        Column(key, a_name(), primary_key=True),
        Column("position", Integer, nullable=False, server_default="0"),  # in the order of all
        Column("document", JSON, nullable=False),
    )


regions = _documents("regions", "region_id")
municipalities = _documents("municipalities", "municipality_id")
centres = _documents("centres", "centre_id")
hotlines = _documents("hotlines", "number")
queues = _documents("queues", "queue_id")
notices = _documents("notices", "notice_id")
agents = _documents("agents", "agent_id")
calendars = _documents("calendars", "calendar_id")
days_off = _documents("days_off", "day")
crisis_plans = _documents("crisis_plans", "plan_id")
trunks = _documents("trunks", "trunk_id")

CENTRE_BRIEF = func.coalesce(
    func.nullif(centres.c.document["short_name"].as_string(), ""),
    centres.c.document["name"].as_string(),
    "",
)
"""A centre's short name, or the whole where it has none; nothing without a centre."""

NETWORK = (
    *(regions, municipalities, centres, hotlines, queues),
    *(notices, agents, calendars, days_off, crisis_plans, trunks),
)
"""The documents of which the network in force is made."""

services = _documents("services", "code")
# What people ask for and nobody of the network gives, and what was looked for in vain.
not_ours = _documents("not_ours", "phrase")
missed_searches = Table(
    "missed_searches",
    metadata,
    Column("words", a_name(), primary_key=True),
    Column("times", Integer, nullable=False),
    Column("last_at", Double, nullable=False),
)
# Whom an institution's cards are asked about, and how soon it answers.
card_owners = _documents("card_owners", "institution")
retention = _documents("retention", "class_id")

# Rules for the whole network, each a document by its name; and what we keep for ourselves.
settings = Table(
    "settings",
    metadata,
    Column("key", a_name(), primary_key=True),
    Column("value", JSON, nullable=False),
)

flows = Table(
    "flows",
    metadata,
    Column("name", a_name(), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("document", Text, nullable=False),
    Column("published_at", Double),
)

# Who decided on what basis which languages a queue takes. Nothing is ever changed here.
language_policies = Table(
    "language_policies",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("queue_id", a_name(), nullable=False),  # empty for all
    Column("language", String(2), nullable=False),
    Column("allowed", Boolean, nullable=False),
    Column("basis", Text, nullable=False),
    Column("decided_on", String(10), nullable=False),
    Column("approver", Text, nullable=False),
    Column("recorded_at", Double, nullable=False),
    Column("recorded_by", Text, nullable=False),
)

# What an agent can do for the rest of the day; a row goes when the day is over.
assignments = Table(
    "assignments",
    metadata,
    Column("agent_id", a_name(), primary_key=True),
    Column("skills", JSON, nullable=False),  # levels by name
    Column("languages", JSON),  # the same; none: the own ones
    Column("until_at", Double, nullable=False),
)

# Which version was put in force when, by whom and why. Nothing is ever changed here.
flow_releases = Table(
    "flow_releases",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("name", a_name(), nullable=False),
    Column("version", Integer, nullable=False),
    Column("action", String(20), nullable=False),
    Column("released_at", Double, nullable=False),
    Column("released_by", Text, nullable=False),
    Column("comment", Text, nullable=False),
    Index("ix_flow_releases_name_number", "name", "number"),
)
