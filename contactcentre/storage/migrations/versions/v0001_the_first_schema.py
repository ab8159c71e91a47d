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
