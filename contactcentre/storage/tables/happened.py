"""What happened: made from the journal, and made again from it.

Texts without a limit: they come from outside, and no length may stop the projection.
"""

from sqlalchemy import JSON, BigInteger, Column, Double, Index, Integer, String, Table, Text, text

from contactcentre.storage.tables.schema import a_name, metadata

_NAMED = text("caller IS NOT NULL AND forgotten_at IS NULL")
_NOTED = text("note <> ''")
_RECORDED = text("recorded IS NOT NULL")
_WRAPS = text("state = 'WRAP_UP'")


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
    # As it was when its caller left the line: cards and queues move on, and history does not.
    Column("left_queue", Text),
    Column("within_s", Double),
    Column("short_s", Double),
    Column("why", Text, nullable=False, server_default=""),  # it was turned away, or closed
    Column("path", Text, nullable=False, server_default=""),  # through the menu
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
    Column("recorded", Text),  # by what right, if it was
    Index("ix_legs_agent_id_from_at", "agent_id", "from_at"),
    Index("ix_legs_recorded", "to_at", sqlite_where=_RECORDED, postgresql_where=_RECORDED),
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
    Index("ix_agent_intervals_wrap_up", "call_id", sqlite_where=_WRAPS, postgresql_where=_WRAPS),
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
    Column("flow", a_name(), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("node", a_name(), primary_key=True),
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
