"""Which languages a queue takes, by decisions on record."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "language_policies",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("queue_id", sa.String(length=80), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("allowed", sa.Boolean(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("decided_on", sa.String(length=10), nullable=False),
        sa.Column("approver", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.Double(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_language_policies")),
    )


def downgrade() -> None:
    """Back."""
    op.drop_table("language_policies")
