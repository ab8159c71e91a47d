"""Widening rings and head starts of queues; the ring of an offer."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    with op.batch_alter_table("queues", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("head_start_s", sa.Double(), server_default="0", nullable=False)
        )
        batch_op.add_column(sa.Column("rings", sa.JSON(), server_default="[]", nullable=False))
    with op.batch_alter_table("offers", schema=None) as batch_op:
        batch_op.add_column(sa.Column("ring", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    """Back."""
    with op.batch_alter_table("offers", schema=None) as batch_op:
        batch_op.drop_column("ring")
    with op.batch_alter_table("queues", schema=None) as batch_op:
        batch_op.drop_column("rings")
        batch_op.drop_column("head_start_s")
