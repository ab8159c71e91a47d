"""Callbacks: of which call, how often rung, promised by when."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    with op.batch_alter_table("contacts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("callback_of", sa.Text()))
        batch_op.add_column(sa.Column("attempts", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("due_at", sa.Double()))


def downgrade() -> None:
    """Back."""
    with op.batch_alter_table("contacts", schema=None) as batch_op:
        batch_op.drop_column("due_at")
        batch_op.drop_column("attempts")
        batch_op.drop_column("callback_of")
