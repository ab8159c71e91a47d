"""Who did what, whose data had to stay or went, and who may not ring."""

from sqlalchemy import BigInteger, Column, Double, Index, Integer, String, Table, Text, text

from contactcentre.storage.tables.schema import a_name, metadata

_SOMEBODY = AUDIT_OF_SOMEBODY = text("person <> ''")
"""Which rows of the audit log are about a citizen: as the index has it, so that it is used."""

_CONFIGURED = text("action = 'configuration.changed'")

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
    # The history of a document, beside millions of rows about calls.
    Index(
        "ix_audit_configuration",
        "object",
        sqlite_where=_CONFIGURED,
        postgresql_where=_CONFIGURED,
    ),
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
    Column("class_id", a_name(), primary_key=True),
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
