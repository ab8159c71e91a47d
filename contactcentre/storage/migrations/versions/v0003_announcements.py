"""How often a queue tells its callers their position."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    with op.batch_alter_table("queues", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("announce_s", sa.Double(), server_default="60", nullable=False)
        )


def downgrade() -> None:
    """Back."""
    with op.batch_alter_table("queues", schema=None) as batch_op:
        batch_op.drop_column("announce_s")
