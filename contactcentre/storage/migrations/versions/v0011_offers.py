"""Caps on calls from afar, municipal queues, agents who answer on a mobile."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    with op.batch_alter_table("centres", schema=None) as batch_op:
        batch_op.add_column(sa.Column("afar_per_hour", sa.Integer()))
    with op.batch_alter_table("queues", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("level", sa.String(length=10), server_default="state", nullable=False)
        )
    with op.batch_alter_table("agents", schema=None) as batch_op:
        batch_op.add_column(sa.Column("mobile", sa.String(length=16)))


def downgrade() -> None:
    """Back."""
    with op.batch_alter_table("agents", schema=None) as batch_op:
        batch_op.drop_column("mobile")
    with op.batch_alter_table("queues", schema=None) as batch_op:
        batch_op.drop_column("level")
    with op.batch_alter_table("centres", schema=None) as batch_op:
        batch_op.drop_column("afar_per_hour")
