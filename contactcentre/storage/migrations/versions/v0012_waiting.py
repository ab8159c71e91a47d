"""Keys and overflow of queues, notices of known events, and who has heard them."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

QUEUE: tuple[tuple[str, sa.types.TypeEngine[Any], str], ...] = (
    ("keys", sa.JSON(), "{}"),
    ("overflow", sa.JSON(), "[]"),
    ("offer_callback_after_s", sa.Double(), "0"),
    ("keep_place_s", sa.Double(), "600"),
)


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "notices",
        sa.Column("notice_id", sa.String(length=32), nullable=False),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.Column("queues", sa.JSON(), nullable=False),
        sa.Column("from_at", sa.Double(), nullable=False),
        sa.Column("until_at", sa.Double()),
        sa.PrimaryKeyConstraint("notice_id", name=op.f("pk_notices")),
    )
    with op.batch_alter_table("queues", schema=None) as batch_op:
        for name, kind, default in QUEUE:
            column = sa.Column(name, kind, server_default=default, nullable=False)
            batch_op.add_column(column)
    with op.batch_alter_table("contacts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("notices", sa.JSON(), server_default="[]", nullable=False))


def downgrade() -> None:
    """Back."""
    with op.batch_alter_table("contacts", schema=None) as batch_op:
        batch_op.drop_column("notices")
    with op.batch_alter_table("queues", schema=None) as batch_op:
        for name, _, _ in QUEUE:
            batch_op.drop_column(name)
    op.drop_table("notices")
