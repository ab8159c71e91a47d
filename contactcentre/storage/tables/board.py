"""What people keep for their board."""

from sqlalchemy import JSON, Column, Double, ForeignKey, String, Table, Text

from contactcentre.storage.tables.schema import a_name, metadata

# How somebody looks at the board, under a name of their own; goes with the account.
board_views = Table(
    "board_views",
    metadata,
    Column("user_id", ForeignKey("users.user_id", ondelete="CASCADE"), primary_key=True),
    Column("name", a_name(), primary_key=True),
    Column("look", JSON, nullable=False),
    Column("saved_at", Double, nullable=False),
)

# Pages on walls: figures for whoever has the link. Of its secret there is the SHA-256 alone.
wall_screens = Table(
    "wall_screens",
    metadata,
    Column("screen_id", String(32), primary_key=True),
    Column("secret", String(64), nullable=False, unique=True),
    Column("name", a_name(), nullable=False),
    Column("dimension", String(20), nullable=False),
    Column("key", Text, nullable=False),
    Column("figures", JSON, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("made_at", Double, nullable=False),
    Column("opened_at", Double),
)
