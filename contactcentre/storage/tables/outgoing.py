"""What leaves the house: messages on their way, and the rules and schedules that make them."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    false,
    text,
)

from contactcentre.storage.tables.schema import a_name, metadata

_WAITING = text("state = 'waiting'")
_STANDING = text("cleared_at IS NULL")

# Written in the transaction of its cause, sent by one poller; what it says goes once it is done.
outbox = Table(
    "outbox",
    metadata,
    Column("message_id", String(32), primary_key=True),
    Column("kind", String(10), nullable=False),  # mail, webhook, sms
    Column("to", Text, nullable=False),
    Column("cause", Text, nullable=False, index=True),  # alert/..., schedule/..., call/...
    Column("subject", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("attachment", LargeBinary),
    Column("attachment_name", Text, nullable=False, server_default=""),
    Column("personal", Boolean, nullable=False),  # a citizen's: the address goes once it is done
    Column("made_at", Double, nullable=False, index=True),
    Column("expires_at", Double, nullable=False),
    Column("next_try_at", Double, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("state", String(10), nullable=False),  # waiting, sent, failed
    Column("done_at", Double),
    Column("trouble", Text, nullable=False, server_default=""),  # of the last try
    Index(
        "ix_outbox_next_try_at",
        "next_try_at",
        sqlite_where=_WAITING,
        postgresql_where=_WAITING,
    ),
)

alert_rules = Table(
    "alert_rules",
    metadata,
    Column("rule_id", String(32), primary_key=True),
    Column("document", JSON, nullable=False),
    Column("changed_at", Double, nullable=False),
)

# A rule that was broken: since when, until when, how far, and who has seen it.
alerts = Table(
    "alerts",
    metadata,
    Column("alert_id", String(32), primary_key=True),
    Column("rule_id", String(32), nullable=False),
    Column("document", JSON, nullable=False),  # the rule, as it was then
    Column("raised_at", Double, nullable=False, index=True),
    Column("cleared_at", Double),
    Column("peak", Double, nullable=False),
    Column("seen_at", Double),
    Column("seen_by", Text, nullable=False, server_default=""),
    Column("note", Text, nullable=False, server_default=""),
    Column("passed_on_at", Double),
    Column(
        "owed", Boolean, nullable=False, server_default=false()
    ),  # its end is not told by letter
    Index(
        "ix_alerts_standing",
        "rule_id",
        sqlite_where=_STANDING,
        postgresql_where=_STANDING,
    ),
)

# That a citizen was sent something of a service card, in which call; not to whom.
handouts = Table(
    "handouts",
    metadata,
    Column("handout_id", String(32), primary_key=True),
    Column("call_id", Text, nullable=False, index=True),
    Column("at", Double, nullable=False, index=True),
    Column("by", Text, nullable=False),
    Column("service", Text, nullable=False),
    Column("of", String(20), nullable=False),  # link, documents
    Column("way", String(10), nullable=False),  # sms, mail
    Column("hint", String(2), nullable=False),  # of a number, the last two digits
)

# A report that is made and sent again and again, with the rights of whoever has asked for it.
report_schedules = Table(
    "report_schedules",
    metadata,
    Column("schedule_id", String(32), primary_key=True),
    Column("user_id", ForeignKey("users.user_id", ondelete="CASCADE"), nullable=False, index=True),
    Column("name", a_name(), nullable=False),
    Column("document", JSON, nullable=False),
    Column("made_at", Double, nullable=False),
    Column("next_at", Double, index=True),  # none where it has stopped
    Column("last_at", Double),
    Column("last_result", String(20), nullable=False, server_default=""),
)
