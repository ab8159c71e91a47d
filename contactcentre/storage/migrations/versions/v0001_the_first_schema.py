"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "first"
down_revision = None
branch_labels = None
depends_on = None

DOCUMENTS = {
    "regions": "region_id",
    "municipalities": "municipality_id",
    "centres": "centre_id",
    "hotlines": "number",
    "queues": "queue_id",
    "notices": "notice_id",
    "agents": "agent_id",
    "calendars": "calendar_id",
    "days_off": "day",
    "crisis_plans": "plan_id",
    "trunks": "trunk_id",
    "services": "code",
    "not_ours": "phrase",
    "card_owners": "institution",
    "retention": "class_id",
}

CHAIN = ("audit", "audit_seals", "audit_checkpoints")
"""Nothing in these tables is ever changed."""

UNCOVERED = """
NOT EXISTS (
    SELECT 1 FROM audit_seals s JOIN audit_checkpoints c ON s.position <= c.position
    WHERE s.number = OLD.number
)
"""
"""A row of the audit log goes when a checkpoint says so."""

TRIGGERS = {
    "sqlite": (
        *(
            f"CREATE TRIGGER {table}_is_add_only BEFORE UPDATE ON {table} "
            "BEGIN SELECT RAISE(ABORT, 'audit rows are never changed'); END"
            for table in CHAIN
        ),
        f"CREATE TRIGGER audit_goes_by_age BEFORE DELETE ON audit WHEN {UNCOVERED} "
        "BEGIN SELECT RAISE(ABORT, 'audit rows go by age alone'); END",
    ),
    "postgresql": (
        "CREATE FUNCTION audit_is_add_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'audit rows are never changed'; END $$",
        *(
            f"CREATE TRIGGER {table}_is_add_only BEFORE UPDATE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION audit_is_add_only()"
            for table in CHAIN
        ),
        "CREATE FUNCTION audit_goes_by_age() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN IF {UNCOVERED} THEN RAISE EXCEPTION 'audit rows go by age alone'; END IF; "
        "RETURN OLD; END $$",
        "CREATE TRIGGER audit_goes_by_age BEFORE DELETE ON audit "
        "FOR EACH ROW EXECUTE FUNCTION audit_goes_by_age()",
    ),
}


def upgrade() -> None:
    """Forward."""
    for table, key in DOCUMENTS.items():
        op.create_table(
            table,
            sa.Column(key, sa.String(80), primary_key=True),
            sa.Column("position", sa.Integer(), nullable=False, server_default="0"),
            sa.Column("document", sa.JSON(), nullable=False),
        )
    _edited()
    _people()
    _proofs()
    _privacy()
    _calls()
    _agents()
    _crises_and_counts()
    _citizens()
    _recordings()
    _reports()
    _outgoing()
    _forecast()
    _upkeep()
    _quality()


def _edited() -> None:
    op.create_table(
        "settings",
        sa.Column("key", sa.String(80), primary_key=True),
        sa.Column("value", sa.JSON(), nullable=False),
    )
    op.create_table(
        "flows",
        sa.Column("name", sa.String(80), primary_key=True),
        sa.Column("version", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("published_at", sa.Double()),
    )
    op.create_table(
        "language_policies",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("queue_id", sa.String(80), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("allowed", sa.Boolean(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("decided_on", sa.String(10), nullable=False),
        sa.Column("approver", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.Double(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
    )
    op.create_table(
        "assignments",
        sa.Column("agent_id", sa.String(80), primary_key=True),
        sa.Column("skills", sa.JSON(), nullable=False),
        sa.Column("languages", sa.JSON()),
        sa.Column("until_at", sa.Double(), nullable=False),
    )
    op.create_table(
        "flow_releases",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(20), nullable=False),
        sa.Column("released_at", sa.Double(), nullable=False),
        sa.Column("released_by", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Index("ix_flow_releases_name_number", "name", "number"),
    )


def _people() -> None:
    op.create_table(
        "users",
        sa.Column("user_id", sa.String(32), primary_key=True),
        sa.Column("username", sa.String(80), nullable=False, unique=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("agent_id", sa.String(80), sa.ForeignKey("agents.agent_id"), unique=True),
        sa.Column("centre_id", sa.String(80), sa.ForeignKey("centres.centre_id")),
        sa.Column("locale", sa.String(5), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("first_until", sa.Double()),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("sample", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("created_at", sa.Double(), nullable=False),
    )
    op.create_table(
        "grants",
        sa.Column(
            "user_id",
            sa.String(32),
            sa.ForeignKey("users.user_id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("role", sa.String(20), primary_key=True),
        sa.Column("realm", sa.String(20), primary_key=True),
        sa.Column("realm_id", sa.String(80), primary_key=True),
        sa.Column("granted_at", sa.Double(), nullable=False),
        sa.Column("granted_by", sa.Text(), nullable=False),
    )
    op.create_table(
        "board_views",
        sa.Column(
            "user_id",
            sa.String(32),
            sa.ForeignKey("users.user_id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("name", sa.String(80), primary_key=True),
        sa.Column("look", sa.JSON(), nullable=False),
        sa.Column("saved_at", sa.Double(), nullable=False),
    )
    op.create_table(
        "wall_screens",
        sa.Column("screen_id", sa.String(32), primary_key=True),
        sa.Column("secret", sa.String(64), nullable=False, unique=True),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("dimension", sa.String(20), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", sa.Double(), nullable=False),
        sa.Column("opened_at", sa.Double()),
    )
    op.create_table(
        "account_changes",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("user_id", sa.Text(), nullable=False),
    )
    op.create_table(
        "approvals",
        sa.Column("approval_id", sa.String(32), primary_key=True),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("object", sa.Text(), nullable=False),
        sa.Column("realms", sa.JSON(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.Double(), nullable=False),
        sa.Column("expires_at", sa.Double(), nullable=False, index=True),
        sa.Column("decision", sa.String(20), nullable=False, server_default=""),
        sa.Column("decided_by", sa.Text(), nullable=False, server_default=""),
        sa.Column("decided_at", sa.Double()),
        sa.Column("used_at", sa.Double()),
    )
    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.String(64), primary_key=True),
        sa.Column(
            "user_id",
            sa.String(32),
            sa.ForeignKey("users.user_id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        sa.Column("started_at", sa.Double(), nullable=False),
        sa.Column("used_at", sa.Double(), nullable=False),
        sa.Column("proof", sa.String(20), nullable=False, server_default="password"),
        sa.Column("browser", sa.String(60), nullable=False, server_default=""),
        sa.Column("network", sa.String(50), nullable=False, server_default=""),
    )
    op.create_table(
        "audit",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            primary_key=True,
            autoincrement=True,
        ),
        sa.Column("at", sa.Double(), nullable=False, index=True),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("object", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False, server_default=""),
        sa.Column("details", sa.Text(), nullable=False, server_default=""),
        sa.Index(
            "ix_audit_person",
            "person",
            sqlite_where=sa.text("person <> ''"),
            postgresql_where=sa.text("person <> ''"),
        ),
        sa.Index(
            "ix_audit_configuration",
            "object",
            sqlite_where=sa.text("action = 'configuration.changed'"),
            postgresql_where=sa.text("action = 'configuration.changed'"),
        ),
        sqlite_autoincrement=True,
    )
    _chain()


def _chain() -> None:
    op.create_table(
        "audit_seals",
        sa.Column("position", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("number", sa.BigInteger(), nullable=False, unique=True),
        sa.Column("hash", sa.String(64), nullable=False),
    )
    op.create_table(
        "audit_checkpoints",
        sa.Column("position", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("made_at", sa.Double(), nullable=False),
        sa.Column("before_at", sa.Double(), nullable=False),
        sa.Column("signature", sa.String(64), nullable=False),
    )
    for statement in TRIGGERS[op.get_bind().dialect.name]:
        op.execute(statement)


def _proofs() -> None:
    op.create_table(
        "totp",
        sa.Column(
            "user_id",
            sa.String(32),
            sa.ForeignKey("users.user_id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("added_at", sa.Double(), nullable=False),
    )
    op.create_table(
        "recovery_codes",
        sa.Column(
            "user_id",
            sa.String(32),
            sa.ForeignKey("users.user_id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("code_hash", sa.String(64), primary_key=True),
    )
    op.create_table(
        "passkeys",
        sa.Column("credential_id", sa.Text(), primary_key=True),
        sa.Column(
            "user_id",
            sa.String(32),
            sa.ForeignKey("users.user_id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("added_at", sa.Double(), nullable=False),
        sa.Column("used_at", sa.Double()),
    )
    op.create_table(
        "identities",
        sa.Column("issuer", sa.Text(), primary_key=True),
        sa.Column("subject", sa.Text(), primary_key=True),
        sa.Column(
            "user_id",
            sa.String(32),
            sa.ForeignKey("users.user_id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
    )
    op.create_table(
        "spent",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("until", sa.Double(), nullable=False, index=True),
    )


def _privacy() -> None:
    op.create_table(
        "deletions",
        sa.Column("day", sa.String(10), primary_key=True),
        sa.Column("class_id", sa.String(80), primary_key=True),
        sa.Column("before_at", sa.Double(), nullable=False),
        sa.Column("began_at", sa.Double(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("finished_at", sa.Double()),
    )
    op.create_table(
        "legal_holds",
        sa.Column("hold_id", sa.String(32), primary_key=True),
        sa.Column("person", sa.Text(), nullable=False, index=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("placed_at", sa.Double(), nullable=False),
        sa.Column("placed_by", sa.Text(), nullable=False),
        sa.Column("lifted_at", sa.Double()),
        sa.Column("lifted_by", sa.Text(), nullable=False, server_default=""),
    )
    op.create_table(
        "missed_searches",
        sa.Column("words", sa.String(80), primary_key=True),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.Double(), nullable=False),
    )
    op.create_table(
        "abuse_list",
        sa.Column("entry_id", sa.String(32), primary_key=True),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.Column("added_at", sa.Double(), nullable=False),
        sa.Column("expires_at", sa.Double(), nullable=False, index=True),
        sa.Column("approval_id", sa.String(32), nullable=False),
        sa.Column("lift_id", sa.String(32), nullable=False, server_default=""),
    )


def _calls() -> None:
    op.create_table(
        "cases",
        sa.Column(
            "case_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            primary_key=True,
            autoincrement=True,
        ),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("begun_at", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.Double(), nullable=False),
        sa.Column("opened_by", sa.Text(), nullable=False),
        sa.Column("due_on", sa.String(10), nullable=False),
        sa.Column("over_at", sa.Double(), index=True),
        sa.Column("call_id", sa.Text()),
        sa.Column("caller", sa.Text()),
        sa.Column("submission", sa.Text(), nullable=False, server_default=""),
        sa.Column("submission_by", sa.Text(), nullable=False, server_default=""),
        sa.Column("submission_confirmed_at", sa.Double()),
        sa.Column("forgotten_at", sa.Double()),
        sa.Column("event", sa.Text(), nullable=False, server_default=""),
        sa.Index(
            "ix_cases_event",
            "over_at",
            sqlite_where=sa.text("event <> ''"),
            postgresql_where=sa.text("event <> ''"),
        ),
        sa.Index("ix_cases_caller", "caller"),
        sa.Index("ix_cases_owner_state_due_on", "owner", "state", "due_on"),
        sa.Index("ix_cases_begun_at_state_due_on", "begun_at", "state", "due_on"),
        sa.Index("ix_cases_state_due_on", "state", "due_on"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "case_entries",
        sa.Column(
            "entry_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            primary_key=True,
            autoincrement=True,
        ),
        sa.Column(
            "case_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.ForeignKey("cases.case_id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("what", sa.String(20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("promised_at", sa.Double()),
        sa.Column("kept_at", sa.Double()),
        sa.Index(
            "ix_case_entries_owed",
            "by",
            "promised_at",
            sqlite_where=sa.text("promised_at IS NOT NULL AND kept_at IS NULL"),
            postgresql_where=sa.text("promised_at IS NOT NULL AND kept_at IS NULL"),
        ),
        sa.Index(
            "ix_case_entries_promised_at",
            "promised_at",
            sqlite_where=sa.text("promised_at IS NOT NULL"),
            postgresql_where=sa.text("promised_at IS NOT NULL"),
        ),
    )
    op.create_table(
        "case_files",
        sa.Column("file_id", sa.String(32), primary_key=True),
        sa.Column(
            "case_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.ForeignKey("cases.case_id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.Double(), nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.Column("gone_at", sa.Double(), index=True),
    )
    op.create_table(
        "case_contacts",
        sa.Column(
            "case_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.ForeignKey("cases.case_id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("call_id", sa.Text(), primary_key=True),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("joined_at", sa.Double(), nullable=False),
        sa.Column("joined_by", sa.Text(), nullable=False),
        sa.Column("wants_word", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("taken_by", sa.Text(), nullable=False, server_default=""),
        sa.Column("taken_at", sa.Double()),
        sa.Column("tries", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("told_at", sa.Double()),
        sa.Index("ix_case_contacts_call_id", "call_id"),
        sa.Index(
            "ix_case_contacts_to_tell",
            "case_id",
            sqlite_where=sa.text("wants_word = 1 AND told_at IS NULL"),
            postgresql_where=sa.text("wants_word AND told_at IS NULL"),
        ),
    )
    op.create_table(
        "journal",
        sa.Column("source", sa.String(32), primary_key=True),
        sa.Column("seq", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("at", sa.Double(), nullable=False, index=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("call_id", sa.Text(), index=True),
        sa.Column("agent_id", sa.Text()),
        sa.Column("event", sa.JSON(), nullable=False),
    )
    op.create_table(
        "contacts",
        sa.Column("call_id", sa.Text(), primary_key=True),
        sa.Column("last_seq", sa.BigInteger(), nullable=False),
        sa.Column("caller", sa.Text()),
        sa.Column("dialled", sa.Text(), nullable=False),
        sa.Column("home_centre_id", sa.Text()),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("matter", sa.Text(), nullable=False),
        sa.Column("first_queue", sa.Text(), nullable=False, server_default=""),
        sa.Column("skills", sa.JSON(), nullable=False, server_default="[]"),
        sa.Column("municipality", sa.Text(), nullable=False, server_default=""),
        sa.Column("outcome", sa.Text()),
        sa.Column("agent_id", sa.Text()),
        sa.Column("centre_id", sa.Text()),
        sa.Column("arrived_at", sa.Double(), nullable=False, index=True),
        sa.Column("queued_at", sa.Double()),
        sa.Column("answered_at", sa.Double()),
        sa.Column("talk_ended_at", sa.Double()),
        sa.Column("ended_at", sa.Double()),
        sa.Column("ended_by", sa.Text()),
        sa.Column("hold_s", sa.Double(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("services", sa.JSON(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.Double()),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("identified_level", sa.Integer(), nullable=False),
        sa.Column("identified_by", sa.Text(), nullable=False),
        sa.Column("notices", sa.JSON(), nullable=False, server_default="[]"),
        sa.Column("callback_of", sa.Text()),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("due_at", sa.Double()),
        sa.Column("direction", sa.String(3), nullable=False, server_default="in"),
        sa.Column("promised_by", sa.Text()),
        sa.Column("question_s", sa.Double()),
        sa.Column("message_s", sa.Double()),
        sa.Column("message_heard_at", sa.Double()),
        sa.Column("message_deleted_at", sa.Double()),
        sa.Column("forgotten_at", sa.Double()),
        # What the record says more.
        sa.Column("came_by", sa.Text(), nullable=False, server_default="phone"),
        sa.Column("matter_municipality", sa.Text(), nullable=False, server_default=""),
        sa.Column("spoken_language", sa.Text(), nullable=False, server_default=""),
        sa.Column("follow_up_on", sa.String(10)),
        sa.Column("left_queue", sa.Text()),
        sa.Column("within_s", sa.Double()),
        sa.Column("short_s", sa.Double()),
        sa.Column("why", sa.Text(), nullable=False, server_default=""),
        sa.Column("path", sa.Text(), nullable=False, server_default=""),
        sa.Index("ix_contacts_caller_arrived_at", "caller", "arrived_at"),
        sa.Index(
            "ix_contacts_named",
            "arrived_at",
            sqlite_where=sa.text("caller IS NOT NULL AND forgotten_at IS NULL"),
            postgresql_where=sa.text("caller IS NOT NULL AND forgotten_at IS NULL"),
        ),
        sa.Index(
            "ix_contacts_noted",
            "arrived_at",
            sqlite_where=sa.text("note <> ''"),
            postgresql_where=sa.text("note <> ''"),
        ),
    )
    op.create_table(
        "legs",
        sa.Column("leg_id", sa.Text(), primary_key=True),
        sa.Column("last_seq", sa.BigInteger(), nullable=False),
        sa.Column("call_id", sa.Text(), nullable=False, index=True),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("agent_id", sa.Text()),
        sa.Column("number", sa.Text()),
        sa.Column("from_at", sa.Double(), nullable=False, index=True),
        sa.Column("dialed_at", sa.Double()),
        sa.Column("rang_at", sa.Double()),
        sa.Column("answered_at", sa.Double()),
        sa.Column("to_at", sa.Double()),
        sa.Column("why", sa.Text()),
        sa.Column("hold_s", sa.Double(), nullable=False),
        sa.Column("circle", sa.Integer(), nullable=False),
        sa.Column("recorded", sa.Text()),
        sa.Index("ix_legs_agent_id_from_at", "agent_id", "from_at"),
        sa.Index(
            "ix_legs_recorded",
            "to_at",
            sqlite_where=sa.text("recorded IS NOT NULL"),
            postgresql_where=sa.text("recorded IS NOT NULL"),
        ),
    )


def _agents() -> None:
    op.create_table(
        "services_done",
        sa.Column("call_id", sa.Text(), primary_key=True),
        sa.Column("service", sa.Text(), primary_key=True),
        sa.Column("last_seq", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False, index=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("institution", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False),
    )
    op.create_table(
        "agent_intervals",
        sa.Column("agent_id", sa.Text(), primary_key=True),
        sa.Column("from_at", sa.Double(), primary_key=True, index=True),
        sa.Column("last_seq", sa.BigInteger(), nullable=False),
        sa.Column("to_at", sa.Double()),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("call_id", sa.Text()),
        sa.Index(
            "ix_agent_intervals_open",
            "agent_id",
            sqlite_where=sa.text("to_at IS NULL"),
            postgresql_where=sa.text("to_at IS NULL"),
        ),
        sa.Index(
            "ix_agent_intervals_wrap_up",
            "call_id",
            sqlite_where=sa.text("state = 'WRAP_UP'"),
            postgresql_where=sa.text("state = 'WRAP_UP'"),
        ),
    )


COUNTED = (
    *("rang_in", "menu", "received", "closed", "blocked", "saturated", "queued"),
    *("waiting", "answered", "abandoned", "timed_out", "flow_out", "callback"),
    *("technical", "unknown", "short_abandoned", "gave_up", "within"),
    *("wait_ms", "abandoned_wait_ms", "handled", "talk_ms", "hold_ms", "acw_ms"),
    *("legs", "transferred", "consulted", "offers", "missed", "traceable", "repeated"),
    *("callbacks", "callbacks_reached", "promises", "promises_kept", "promises_broken"),
    *("recorded", "identified_1", "identified_2", "identified_3"),
    *("failure_demand", "promise_overdue", "case_overdue", "question_open"),
    *("known_event", "asked_again"),
)

DIMENSIONS = (
    *("queue", "centre", "home_centre", "municipality", "service", "institution"),
    *("agent", "language", "dialled", "path"),
)

STATES = ("ready", "reserved", "talking", "wrap_up", "not_ready")


def _number(name: str, *, key: bool = False, server_default: str | None = None) -> sa.Column[int]:
    if key:
        return sa.Column(name, sa.Integer(), primary_key=True, autoincrement=False)
    return sa.Column(name, sa.Integer(), nullable=False, server_default=server_default)


def _counted(kind: type[sa.Integer] | type[sa.BigInteger]) -> list[sa.Column[int]]:
    return [sa.Column(name, kind(), nullable=False, server_default="0") for name in COUNTED]


def _reports() -> None:
    op.create_table(
        "contact_facts",
        sa.Column("call_id", sa.Text(), primary_key=True),
        _number("quarter"),
        _number("day"),
        *(sa.Column(name, sa.Text(), nullable=False, server_default="") for name in DIMENSIONS),
        sa.Column("band", sa.Integer()),
        _number("longest_ms", server_default="0"),
        *_counted(sa.Integer),
        sa.Index("ix_contact_facts_quarter", "quarter", "queue", "day", "band"),
        sa.Index("ix_contact_facts_centre_day", "centre", "day"),
    )
    op.create_table(
        "report_quarters",
        _number("quarter", key=True),
        sa.Column("queue", sa.Text(), primary_key=True),
        sa.Column("day", sa.Integer(), nullable=False, index=True),
        _number("longest_ms"),
        *_counted(sa.BigInteger),
    )
    op.create_table(
        "report_months",
        sa.Column("dimension", sa.String(20), primary_key=True),
        _number("month", key=True),
        sa.Column("key", sa.Text(), primary_key=True),
        _number("longest_ms"),
        *_counted(sa.BigInteger),
    )
    op.create_table(
        "report_waits",
        sa.Column("dimension", sa.String(20), primary_key=True),
        _number("month", key=True),
        sa.Column("key", sa.Text(), primary_key=True),
        _number("band", key=True),
        _number("count"),
    )
    op.create_table(
        "report_months_made",
        _number("month", key=True),
        sa.Column("at", sa.Double(), nullable=False),
    )
    _reports_beside()


def _reports_beside() -> None:
    told_apart = ("centre", "service", "kind", "level", "institution", "municipality", "came_by")
    op.create_table(
        "service_days",
        _number("day", key=True),
        *(sa.Column(name, sa.Text(), primary_key=True) for name in told_apart),
        _number("count"),
    )
    op.create_table(
        "agent_days",
        _number("day", key=True),
        sa.Column("agent", sa.Text(), primary_key=True),
        *(_number(f"{state}_ms", server_default="0") for state in STATES),
        _number("offers", server_default="0"),
        _number("missed", server_default="0"),
    )
    op.create_table(
        "report_due",
        sa.Column("kind", sa.String(5), primary_key=True),
        sa.Column("key", sa.Text(), primary_key=True),
        _number("day", key=True),
        sa.Column("seq", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "restatements",
        _number("quarter", key=True),
        sa.Column("queue", sa.Text(), primary_key=True),
        sa.Column("at", sa.Double(), primary_key=True, index=True),
        sa.Column("measure", sa.String(80), primary_key=True),
        sa.Column("was", sa.BigInteger(), nullable=False),
        sa.Column("became", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "open_months",
        _number("month", key=True),
        _number("version", key=True),
        sa.Column("cells", sa.JSON(), nullable=False),
        sa.Column("pool", sa.Integer()),
        sa.Column("total", sa.Integer()),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
    )
    op.create_table(
        "report_checks",
        _number("day", key=True),
        sa.Column("rule", sa.String(30), primary_key=True),
        sa.Column("holds", sa.Boolean(), nullable=False),
        sa.Column("left", sa.BigInteger(), nullable=False),
        sa.Column("right", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
    )


def _crises_and_counts() -> None:
    op.create_table(
        "crises",
        sa.Column("crisis_id", sa.String(40), primary_key=True),
        sa.Column("last_seq", sa.BigInteger(), nullable=False),
        sa.Column("plan_id", sa.Text(), nullable=False),
        sa.Column("plan", sa.JSON(), nullable=False),
        sa.Column("began_at", sa.Double(), nullable=False, index=True),
        sa.Column("until", sa.Double(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.Double()),
        sa.Column("ended_by", sa.Text(), nullable=False),
        sa.Column("ended_by_id", sa.Text(), nullable=False),
        sa.Column("ended_how", sa.Text()),
    )
    op.create_table(
        "flow_counts",
        sa.Column("flow", sa.String(80), primary_key=True),
        sa.Column("version", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("node", sa.String(80), primary_key=True),
        sa.Column("day", sa.String(10), primary_key=True),
        sa.Column("what", sa.String(20), primary_key=True),
        sa.Column("key", sa.String(20), primary_key=True),
        sa.Column("count", sa.Integer(), nullable=False),
    )
    op.create_table(
        "decisions",
        sa.Column("call_id", sa.Text(), primary_key=True),
        sa.Column("at", sa.Double(), primary_key=True, index=True),
        sa.Column("kind", sa.Text(), primary_key=True),
        sa.Column("offers", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("document", sa.JSON(), nullable=False),
    )


def _citizens() -> None:
    op.create_table(
        "people",
        sa.Column("person_id", sa.String(32), primary_key=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("municipality", sa.String(80), nullable=False, server_default=""),
        sa.Column("language", sa.String(10), nullable=False, server_default=""),
        sa.Column("made_at", sa.Double(), nullable=False, index=True),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("split_from", sa.String(32)),
        sa.Column("merged_into", sa.String(32)),
        sa.Column("merged_at", sa.Double()),
        sa.Index(
            "ix_people_merged_into",
            "merged_into",
            sqlite_where=sa.text("merged_into IS NOT NULL"),
            postgresql_where=sa.text("merged_into IS NOT NULL"),
        ),
    )
    op.create_table(
        "person_numbers",
        sa.Column("number", sa.Text(), primary_key=True),
        sa.Column(
            "person_id",
            sa.String(32),
            sa.ForeignKey("people.person_id", ondelete="CASCADE"),
            primary_key=True,
            index=True,
        ),
        sa.Column("pseudonym", sa.Text(), nullable=False, index=True),
        sa.Column("added_at", sa.Double(), nullable=False),
    )
    op.create_table(
        "person_codes",
        sa.Column("hash", sa.String(64), primary_key=True),
        sa.Column(
            "person_id",
            sa.String(32),
            sa.ForeignKey("people.person_id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("added_at", sa.Double(), nullable=False),
        sa.Column("former_at", sa.Double()),
    )
    op.create_table(
        "contact_people",
        sa.Column("call_id", sa.Text(), primary_key=True),
        sa.Column(
            "person_id", sa.String(32), sa.ForeignKey("people.person_id", ondelete="CASCADE")
        ),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("chosen_at", sa.Double(), nullable=False),
        sa.Column("chosen_by", sa.Text(), nullable=False),
        sa.Column("proof_from", sa.Double(), nullable=False, server_default="0"),
        sa.Index("ix_contact_people_person_id_at", "person_id", "at"),
    )


def _recordings() -> None:
    op.create_table(
        "recordings",
        sa.Column("leg_id", sa.Text(), primary_key=True),
        sa.Column("call_id", sa.Text(), nullable=False, index=True),
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("from_at", sa.Double(), nullable=False),
        sa.Column("to_at", sa.Double(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sealed_at", sa.Double(), nullable=False),
        sa.Column("deleted_at", sa.Double()),
        sa.Column("deleted_why", sa.String(12)),
        sa.Index(
            "ix_recordings_kept",
            "from_at",
            sqlite_where=sa.text("deleted_at IS NULL"),
            postgresql_where=sa.text("deleted_at IS NULL"),
        ),
        sa.Index("ix_recordings_deleted_at", "deleted_at"),
    )
    op.create_table(
        "survey_scores",
        sa.Column("day", sa.String(10), primary_key=True),
        sa.Column("queue", sa.String(80), primary_key=True),
        sa.Column("score", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("count", sa.Integer(), nullable=False),
    )


def _outgoing() -> None:
    waiting, standing = sa.text("state = 'waiting'"), sa.text("cleared_at IS NULL")
    op.create_table(
        "outbox",
        sa.Column("message_id", sa.String(32), primary_key=True),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("to", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False, index=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("attachment", sa.LargeBinary()),
        sa.Column("attachment_name", sa.Text(), nullable=False, server_default=""),
        sa.Column("personal", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.Double(), nullable=False, index=True),
        sa.Column("expires_at", sa.Double(), nullable=False),
        sa.Column("next_try_at", sa.Double(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("done_at", sa.Double()),
        sa.Column("trouble", sa.Text(), nullable=False, server_default=""),
        sa.Index(
            "ix_outbox_next_try_at",
            "next_try_at",
            sqlite_where=waiting,
            postgresql_where=waiting,
        ),
    )
    op.create_table(
        "alert_rules",
        sa.Column("rule_id", sa.String(32), primary_key=True),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("changed_at", sa.Double(), nullable=False),
    )
    op.create_table(
        "alerts",
        sa.Column("alert_id", sa.String(32), primary_key=True),
        sa.Column("rule_id", sa.String(32), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("raised_at", sa.Double(), nullable=False, index=True),
        sa.Column("cleared_at", sa.Double()),
        sa.Column("peak", sa.Double(), nullable=False),
        sa.Column("seen_at", sa.Double()),
        sa.Column("seen_by", sa.Text(), nullable=False, server_default=""),
        sa.Column("note", sa.Text(), nullable=False, server_default=""),
        sa.Column("passed_on_at", sa.Double()),
        sa.Column("owed", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Index(
            "ix_alerts_standing",
            "rule_id",
            sqlite_where=standing,
            postgresql_where=standing,
        ),
    )
    op.create_table(
        "handouts",
        sa.Column("handout_id", sa.String(32), primary_key=True),
        sa.Column("call_id", sa.Text(), nullable=False, index=True),
        sa.Column("at", sa.Double(), nullable=False, index=True),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("of", sa.String(20), nullable=False),
        sa.Column("way", sa.String(10), nullable=False),
        sa.Column("hint", sa.String(2), nullable=False),
    )
    op.create_table(
        "report_schedules",
        sa.Column("schedule_id", sa.String(32), primary_key=True),
        sa.Column(
            "user_id",
            sa.String(32),
            sa.ForeignKey("users.user_id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.Double(), nullable=False),
        sa.Column("next_at", sa.Double(), index=True),
        sa.Column("last_at", sa.Double()),
        sa.Column("last_result", sa.String(20), nullable=False, server_default=""),
    )


def _forecast() -> None:
    op.create_table(
        "forecasts",
        sa.Column("queue", sa.Text(), primary_key=True),
        sa.Column("day", sa.Integer(), primary_key=True, autoincrement=False, index=True),
        sa.Column("ahead", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("made_at", sa.Double(), nullable=False, index=True),
        sa.Column("method", sa.Integer(), nullable=False),
        sa.Column("calls", sa.JSON(), nullable=False),
        sa.Column("low", sa.JSON(), nullable=False),
        sa.Column("high", sa.JSON(), nullable=False),
        sa.Column("day_low", sa.Double(), nullable=False),
        sa.Column("day_high", sa.Double(), nullable=False),
        sa.Column("need", sa.JSON(), nullable=False),
        sa.Column("handling_s", sa.Double(), nullable=False),
        sa.Column("patience_s", sa.Double(), nullable=False),
    )
    op.create_table(
        "forecast_events",
        sa.Column("event_id", sa.String(32), primary_key=True),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False, index=True),
        sa.Column("queue", sa.String(80), nullable=False),
        sa.Column("factor", sa.Double(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
    )
    op.create_table(
        "shifts",
        sa.Column("shift_id", sa.String(32), primary_key=True),
        sa.Column("weekday", sa.Integer()),
        sa.Column("day", sa.Integer(), index=True),
        sa.Column("begins_min", sa.Integer(), nullable=False),
        sa.Column("ends_min", sa.Integer(), nullable=False),
        sa.Column("agents", sa.Integer(), nullable=False),
        sa.Column("centre", sa.String(80), nullable=False),
        sa.Column("queue", sa.String(80), nullable=False),
    )


def _upkeep() -> None:
    still, unsettled = sa.text("over_at IS NULL"), sa.text("settled_at IS NULL")
    op.create_table(
        "enquiries",
        sa.Column("enquiry_id", sa.String(32), primary_key=True),
        sa.Column("service", sa.String(80), nullable=False),
        sa.Column("institution", sa.Text(), nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False, server_default=""),
        sa.Column("call_id", sa.Text(), nullable=False, index=True),
        sa.Column("agent_id", sa.Text(), nullable=False, index=True),
        sa.Column("centre", sa.Text(), nullable=False, server_default=""),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.Double(), nullable=False, index=True),
        sa.Column("due_at", sa.Double(), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("wants_call", sa.Boolean(), nullable=False),
        sa.Column("secret", sa.String(64), nullable=False, server_default="", index=True),
        sa.Column("expires_at", sa.Double(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False, server_default=""),
        sa.Column("answered_at", sa.Double()),
        sa.Column("answered_by", sa.Text(), nullable=False, server_default=""),
        sa.Column("promised_at", sa.Double()),
        sa.Column("told_at", sa.Double()),
        sa.Column("over_at", sa.Double()),
        sa.Column("over_by", sa.Text(), nullable=False, server_default=""),
        sa.Column("over_why", sa.Text(), nullable=False, server_default=""),
        sa.Column("accepted", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Index("ix_enquiries_open", "due_at", sqlite_where=still, postgresql_where=still),
    )
    op.create_table(
        "card_flags",
        sa.Column("flag_id", sa.String(32), primary_key=True),
        sa.Column("service", sa.String(80), nullable=False),
        sa.Column("institution", sa.Text(), nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False, server_default=""),
        sa.Column("agent_id", sa.Text(), nullable=False, index=True),
        sa.Column("centre", sa.Text(), nullable=False, server_default=""),
        sa.Column("flagged_by", sa.Text(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False, index=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("settled_at", sa.Double()),
        sa.Column("settled_by", sa.Text(), nullable=False, server_default=""),
        sa.Column("reason", sa.Text(), nullable=False, server_default=""),
        sa.Column("told_at", sa.Double()),
        sa.Index(
            "ix_card_flags_open",
            "service",
            sqlite_where=unsettled,
            postgresql_where=unsettled,
        ),
    )


def _quality() -> None:
    op.create_table(
        "quality_documents",
        sa.Column("kind", sa.String(20), primary_key=True),
        sa.Column("key", sa.String(80), primary_key=True),
        sa.Column("version", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.Double(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
    )
    op.create_table(
        "samples",
        sa.Column("call_id", sa.Text(), primary_key=True),
        sa.Column("leg_id", sa.Text(), nullable=False),
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.Column("centre", sa.Text(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False, index=True),
        sa.Column("rule", sa.String(80), nullable=False),
        sa.Column("scorecard", sa.String(80), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("among", sa.Integer(), nullable=False),
        sa.Column("drawn_at", sa.Double(), nullable=False, index=True),
    )
    op.create_table(
        "assessments",
        sa.Column("assessment_id", sa.String(32), primary_key=True),
        sa.Column("call_id", sa.Text(), nullable=False, index=True),
        sa.Column("leg_id", sa.Text(), nullable=False),
        sa.Column("agent_id", sa.Text(), nullable=False, index=True),
        sa.Column("centre", sa.Text(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("scorecard", sa.String(80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("reviewer", sa.Text(), nullable=False),
        sa.Column("calibration", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("marks", sa.JSON(), nullable=False),
        sa.Column("remarks", sa.JSON(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False, server_default=""),
        sa.Column("begun_at", sa.Double(), nullable=False, index=True),
        sa.Column("finished_at", sa.Double()),
        sa.Column("score", sa.Integer()),
        sa.Column("failed", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("seen_at", sa.Double()),
        sa.Column("reply", sa.Text(), nullable=False, server_default=""),
        sa.Column("replied_at", sa.Double()),
        sa.Column("readers", sa.JSON(), nullable=False, server_default="[]"),
        sa.UniqueConstraint("call_id", "calibration"),
        sa.UniqueConstraint("call_id", "reviewer", name="uq_assessments_call_id_reviewer"),
    )
    op.create_table(
        "scripted_calls",
        sa.Column("scripted_id", sa.String(32), primary_key=True),
        sa.Column("script", sa.String(80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("tester", sa.Text(), nullable=False),
        sa.Column("begun_at", sa.Double(), nullable=False, index=True),
        sa.Column("finished_at", sa.Double()),
        sa.Column("call_id", sa.Text(), unique=True),
        sa.Column("reached", sa.Boolean()),
        sa.Column("wait_s", sa.Double()),
        sa.Column("answer", sa.String(10), nullable=False, server_default=""),
        sa.Column("scorecard", sa.String(80), nullable=False),
        sa.Column("scorecard_version", sa.Integer(), nullable=False),
        sa.Column("marks", sa.JSON(), nullable=False),
        sa.Column("remarks", sa.JSON(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False, server_default=""),
        sa.Column("score", sa.Integer()),
        sa.Column("failed", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
