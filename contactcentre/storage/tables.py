"""The database's tables: what people edit, who may log in, and what happened.

The same on SQLite and PostgreSQL. Every `..._at` is in seconds since the epoch, UTC, as a double:
exactly the number that the core holds. What happened is a projection of the journal and can be
rebuilt from it; `last_seq` is the number of the entry that a row reflects.
"""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    false,
    func,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_SOMEBODY = text("person <> ''")
_NAMED = text("caller IS NOT NULL AND forgotten_at IS NULL")
_NOTED = text("note <> ''")
_PROMISED = text("promised_at IS NOT NULL")
_OWED = text("promised_at IS NOT NULL AND kept_at IS NULL")


def _name() -> String:
    return String(80)


# --- what people edit ----------------------------------------------------------------------


def _documents(name: str, key: str) -> Table:
    """One checked document a row (`contactcentre.core.config.document`), its key beside it.

    Documents name each other by keys that no constraint guards: they are edited in any order, and
    published only when all names name something (`contactcentre.core.config.references`).
    """
    return Table(
        name,
        metadata,
        Column(key, _name(), primary_key=True),
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
    Column("words", _name(), primary_key=True),
    Column("times", Integer, nullable=False),
    Column("last_at", Double, nullable=False),
)
retention = _documents("retention", "class_id")

# Rules for the whole network, each a document by its name; and what we keep for ourselves.
settings = Table(
    "settings",
    metadata,
    Column("key", _name(), primary_key=True),
    Column("value", JSON, nullable=False),
)

flows = Table(
    "flows",
    metadata,
    Column("name", _name(), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("document", Text, nullable=False),
    Column("published_at", Double),
)

# Who decided on what basis which languages a queue takes. Nothing is ever changed here.
language_policies = Table(
    "language_policies",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("queue_id", _name(), nullable=False),  # empty for all
    Column("language", String(2), nullable=False),
    Column("allowed", Boolean, nullable=False),
    Column("basis", Text, nullable=False),
    Column("decided_on", String(10), nullable=False),
    Column("approver", Text, nullable=False),
    Column("recorded_at", Double, nullable=False),
    Column("recorded_by", Text, nullable=False),
)

# Which version was put in force when, by whom and why. Nothing is ever changed here.
flow_releases = Table(
    "flow_releases",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("name", _name(), nullable=False),
    Column("version", Integer, nullable=False),
    Column("action", String(20), nullable=False),
    Column("released_at", Double, nullable=False),
    Column("released_by", Text, nullable=False),
    Column("comment", Text, nullable=False),
    Index("ix_flow_releases_name_number", "name", "number"),
)

# --- who may log in ------------------------------------------------------------------------

users = Table(
    "users",
    metadata,
    Column("user_id", String(32), primary_key=True),
    Column("username", _name(), nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("agent_id", ForeignKey("agents.agent_id"), unique=True),
    Column("centre_id", ForeignKey("centres.centre_id")),
    Column("locale", String(5), nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("sample", Boolean, nullable=False, server_default=false()),  # of the sample data
    Column("created_at", Double, nullable=False),
)

# The roles that people have, each in a part of the network (agents_ui.shell.permissions).
grants = Table(
    "grants",
    metadata,
    Column("user_id", ForeignKey("users.user_id", ondelete="CASCADE"), primary_key=True),
    Column("role", String(20), primary_key=True),
    Column("realm", String(20), primary_key=True),  # network, municipality, institution, centre
    Column("realm_id", _name(), primary_key=True),  # "" is that of the network
    Column("granted_at", Double, nullable=False),
    Column("granted_by", Text, nullable=False),
)

# Whose account was changed, in that order: every process looks for new rows each second.
account_changes = Table(
    "account_changes",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("user_id", Text, nullable=False),
)

# What waits for a second person, or has been decided by one.
approvals = Table(
    "approvals",
    metadata,
    Column("approval_id", String(32), primary_key=True),
    Column("act", Text, nullable=False),
    Column("object", Text, nullable=False),  # the id of what it is to be done to
    Column("realms", JSON, nullable=False),  # in which that lies
    Column("why", Text, nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("asked_at", Double, nullable=False),
    Column("expires_at", Double, nullable=False, index=True),
    Column("decision", String(20), nullable=False, server_default=""),  # approved, refused
    Column("decided_by", Text, nullable=False, server_default=""),
    Column("decided_at", Double),
    Column("used_at", Double),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("user_id", ForeignKey("users.user_id", ondelete="CASCADE"), nullable=False, index=True),
    Column("started_at", Double, nullable=False),
    Column("used_at", Double, nullable=False),
    Column("proof", String(20), nullable=False, server_default="password"),  # how it was begun
    Column("browser", String(60), nullable=False, server_default=""),  # its family and its system
    Column("network", String(50), nullable=False, server_default=""),  # no whole address
)

# A second factor: what an authenticator app shares with us, sealed with a key that is not here.
totp = Table(
    "totp",
    metadata,
    Column("user_id", ForeignKey("users.user_id", ondelete="CASCADE"), primary_key=True),
    Column("sealed", Text, nullable=False),
    Column("added_at", Double, nullable=False),
)

recovery_codes = Table(
    "recovery_codes",
    metadata,
    Column("user_id", ForeignKey("users.user_id", ondelete="CASCADE"), primary_key=True),
    Column("code_hash", String(64), primary_key=True),
)

passkeys = Table(
    "passkeys",
    metadata,
    Column("credential_id", Text, primary_key=True),  # as the authenticator names it, in base64url
    Column("user_id", ForeignKey("users.user_id", ondelete="CASCADE"), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("public_key", Text, nullable=False),
    Column("sign_count", BigInteger, nullable=False),
    Column("added_at", Double, nullable=False),
    Column("used_at", Double),
)

# Who somebody is at an institution's own log-in (OpenID Connect).
identities = Table(
    "identities",
    metadata,
    Column("issuer", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("user_id", ForeignKey("users.user_id", ondelete="CASCADE"), nullable=False, index=True),
)

# What counts once, until nobody would believe it any more.
spent = Table(
    "spent",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("until", Double, nullable=False, index=True),
)

# Who did what, and why. Rows are added, never changed, and deleted by age (triggers say so).
audit = Table(
    "audit",
    metadata,
    Column(
        "number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    ),
    Column("at", Double, nullable=False, index=True),
    Column("who", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("object", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("person", Text, nullable=False, server_default=""),  # a pseudonym
    Column("details", Text, nullable=False, server_default=""),  # JSON
    Index("ix_audit_person", "person", sqlite_where=_SOMEBODY, postgresql_where=_SOMEBODY),
    sqlite_autoincrement=True,  # no number is given twice
)

# The chain over the rows of `audit`: each link has the hash of its row and of the link before.
audit_seals = Table(
    "audit_seals",
    metadata,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("number", BigInteger, nullable=False, unique=True),
    Column("hash", String(64), nullable=False),
)

# Where the chain begins since its older part went: signed with a key that is not in the database.
audit_checkpoints = Table(
    "audit_checkpoints",
    metadata,
    Column("position", BigInteger, primary_key=True, autoincrement=False),  # the last that is gone
    Column("hash", String(64), nullable=False),
    Column("made_at", Double, nullable=False),
    Column("before_at", Double, nullable=False),  # what was older than that is gone
    Column("signature", String(64), nullable=False),
)

# What was deleted in which night: the proof that it was.
deletions = Table(
    "deletions",
    metadata,
    Column("day", String(10), primary_key=True),
    Column("class_id", _name(), primary_key=True),
    Column("before_at", Double, nullable=False),  # what was older than that
    Column("began_at", Double, nullable=False),
    Column("count", Integer, nullable=False),
    Column("finished_at", Double),
)

# Whose data must stay, whatever their terms: a person is a pseudonym here.
legal_holds = Table(
    "legal_holds",
    metadata,
    Column("hold_id", String(32), primary_key=True),
    Column("person", Text, nullable=False, index=True),
    Column("why", Text, nullable=False),
    Column("placed_at", Double, nullable=False),
    Column("placed_by", Text, nullable=False),
    Column("lifted_at", Double),
    Column("lifted_by", Text, nullable=False, server_default=""),
)

abuse_list = Table(
    "abuse_list",
    metadata,
    Column("entry_id", String(32), primary_key=True),
    Column("person", Text, nullable=False),  # a pseudonym
    Column("why", Text, nullable=False),
    Column("added_by", Text, nullable=False),
    Column("added_at", Double, nullable=False),
    Column("expires_at", Double, nullable=False, index=True),
    Column("approval_id", String(32), nullable=False),  # it counts once that is approved
    Column("lift_id", String(32), nullable=False, server_default=""),  # and no more once this is
)

# Cases: what a citizen waits for. Written by people, so they are no projection of the journal.
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

# --- what happened -------------------------------------------------------------------------
# Texts without a limit: they come from outside, and no length may stop the projection.

journal = Table(
    "journal",
    metadata,
    Column("source", String(32), primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Double, nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("call_id", Text, index=True),
    Column("agent_id", Text),
    Column("event", JSON, nullable=False),
)

contacts = Table(
    "contacts",
    metadata,
    Column("call_id", Text, primary_key=True),
    Column("last_seq", BigInteger, nullable=False),
    Column("caller", Text),
    Column("dialled", Text, nullable=False),
    Column("home_centre_id", Text),
    Column("phase", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("queue", Text, nullable=False),
    Column("matter", Text, nullable=False),
    Column("first_queue", Text, nullable=False, server_default=""),  # that the menu led to
    Column("skills", JSON, nullable=False, server_default="[]"),  # asked there: [name, level] each
    Column("municipality", Text, nullable=False, server_default=""),  # chosen in the menu
    Column("outcome", Text),
    Column("agent_id", Text),
    Column("centre_id", Text),
    Column("arrived_at", Double, nullable=False, index=True),
    Column("queued_at", Double),
    Column("answered_at", Double),
    Column("talk_ended_at", Double),
    Column("ended_at", Double),
    Column("ended_by", Text),
    Column("hold_s", Double, nullable=False),
    Column("kind", Text, nullable=False),
    Column("services", JSON, nullable=False),
    Column("result", Text, nullable=False),
    Column("recorded_at", Double),
    Column("note", Text, nullable=False),
    Column("identified_level", Integer, nullable=False),
    Column("identified_by", Text, nullable=False),
    Column("notices", JSON, nullable=False, server_default="[]"),
    Column("callback_of", Text),  # a callback: the contact in which it was asked for
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("due_at", Double),
    # Who rang whom: "in", or "out" of callbacks, promises and what agents dial.
    Column("direction", String(3), nullable=False, server_default="in"),
    Column("promised_by", Text),  # the agent whose word it is
    Column("question_s", Double),  # of who asked for a callback and said what for: how long
    Column("message_s", Double),  # a voice message: how long it is
    Column("message_heard_at", Double),  # when an agent began to
    Column("message_deleted_at", Double),  # its file: no projection of the journal
    Column("forgotten_at", Double),  # its number and note, or a pseudonym made of it: no projection
    # What the record says more.
    Column("came_by", Text, nullable=False, server_default="phone"),
    Column("matter_municipality", Text, nullable=False, server_default=""),
    Column("spoken_language", Text, nullable=False, server_default=""),
    Column("follow_up_on", String(10)),
    Index("ix_contacts_caller_arrived_at", "caller", "arrived_at"),
    Index("ix_contacts_named", "arrived_at", sqlite_where=_NAMED, postgresql_where=_NAMED),
    Index("ix_contacts_noted", "arrived_at", sqlite_where=_NOTED, postgresql_where=_NOTED),
)

# Beneath a contact: each party that was on its telephone or was rung for it, from when to when.
legs = Table(
    "legs",
    metadata,
    Column("leg_id", Text, primary_key=True),
    Column("last_seq", BigInteger, nullable=False),
    Column("call_id", Text, nullable=False, index=True),
    Column("party", Text, nullable=False),  # agent, citizen, outside
    Column("purpose", Text, nullable=False),
    Column("device", Text, nullable=False),
    Column("agent_id", Text),
    Column("number", Text),  # of an outside party; a citizen's stands in `contacts` alone
    Column("from_at", Double, nullable=False, index=True),
    Column("dialed_at", Double),
    Column("rang_at", Double),
    Column("answered_at", Double),
    Column("to_at", Double),
    Column("why", Text),  # it ended
    Column("hold_s", Double, nullable=False),
    Column("circle", Integer, nullable=False),  # of centres, that had opened
)

# What was done, by service: made when the record is closed; a record of no service has one row.
services_done = Table(
    "services_done",
    metadata,
    Column("call_id", Text, primary_key=True),
    Column("service", Text, primary_key=True),  # "" where no card fits
    Column("last_seq", BigInteger, nullable=False),
    Column("at", Double, nullable=False, index=True),  # when the contact began
    Column("kind", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("institution", Text, nullable=False),  # as the card has it, then
    Column("level", Text, nullable=False),  # state, municipal
    Column("municipality", Text, nullable=False),  # of the matter
)

agent_intervals = Table(
    "agent_intervals",
    metadata,
    Column("agent_id", Text, primary_key=True),
    Column("from_at", Double, primary_key=True, index=True),
    Column("last_seq", BigInteger, nullable=False),
    Column("to_at", Double),
    Column("state", Text, nullable=False),
    Column("reason", Text),
    Column("call_id", Text),
    # An agent has thousands of intervals and one that is open.
    Index(
        "ix_agent_intervals_open",
        "agent_id",
        sqlite_where=text("to_at IS NULL"),
        postgresql_where=text("to_at IS NULL"),
    ),
)

crises = Table(
    "crises",
    metadata,
    Column("crisis_id", String(40), primary_key=True),
    Column("last_seq", BigInteger, nullable=False),
    Column("plan_id", Text, nullable=False),
    Column("plan", JSON, nullable=False),
    Column("began_at", Double, nullable=False, index=True),
    Column("until", Double, nullable=False),
    Column("by", Text, nullable=False),
    Column("by_id", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("ended_at", Double),
    Column("ended_by", Text, nullable=False),
    Column("ended_by_id", Text, nullable=False),
    Column("ended_how", Text),
)

# What happened at each node of each menu, by local day: no call, no number, no typed digits.
flow_counts = Table(
    "flow_counts",
    metadata,
    Column("flow", _name(), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("node", _name(), primary_key=True),
    Column("day", String(10), primary_key=True),
    Column("what", String(20), primary_key=True),
    Column("key", String(20), primary_key=True),
    Column("count", Integer, nullable=False),
)

decisions = Table(
    "decisions",
    metadata,
    Column("call_id", Text, primary_key=True),
    Column("at", Double, primary_key=True, index=True),
    Column("kind", Text, primary_key=True),
    Column("offers", Integer, primary_key=True, autoincrement=False),
    Column("document", JSON, nullable=False),
)
