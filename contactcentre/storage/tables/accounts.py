"""Who may log in, from where, and what waits for a second person."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Integer,
    String,
    Table,
    Text,
    false,
)

from contactcentre.storage.tables.schema import a_name, metadata

users = Table(
    "users",
    metadata,
    Column("user_id", String(32), primary_key=True),
    Column("username", a_name(), nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("agent_id", ForeignKey("agents.agent_id"), unique=True),
    Column("centre_id", ForeignKey("centres.centre_id")),
    Column("locale", String(5), nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("first_until", Double),  # another has set the password: it counts until then, once
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
    Column("realm_id", a_name(), primary_key=True),  # "" is that of the network
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
