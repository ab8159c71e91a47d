"""Where the menu led a call, and whose services it asked about: what a replay begins with."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    with op.batch_alter_table("contacts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("first_queue", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("municipality", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    """Back."""
    with op.batch_alter_table("contacts", schema=None) as batch_op:
        batch_op.drop_column("municipality")
        batch_op.drop_column("first_queue")
