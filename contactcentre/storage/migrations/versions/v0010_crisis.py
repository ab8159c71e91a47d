"""Crisis plans, agents who are kept in reserve for one, and the record of each crisis."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    with op.batch_alter_table("agents", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("reserve", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
    op.create_table(
        "crisis_plans",
        sa.Column("plan_id", sa.String(length=80), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("plan_id", name=op.f("pk_crisis_plans")),
    )
    op.create_table(
        "crises",
        sa.Column("crisis_id", sa.String(length=40), nullable=False),
        sa.Column("last_seq", sa.BigInteger(), nullable=False),
        sa.Column("plan_id", sa.Text(), nullable=False),
        sa.Column("plan", sa.JSON(), nullable=False),
        sa.Column("began_at", sa.Double(), nullable=False),
        sa.Column("until", sa.Double(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.Double(), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=False),
        sa.Column("ended_by_id", sa.Text(), nullable=False),
        sa.Column("ended_how", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("crisis_id", name=op.f("pk_crises")),
    )
    with op.batch_alter_table("crises", schema=None) as batch_op:
        batch_op.create_index(op.f("ix_crises_began_at"), ["began_at"], unique=False)


def downgrade() -> None:
    """Back."""
    op.drop_table("crises")
    op.drop_table("crisis_plans")
    with op.batch_alter_table("agents", schema=None) as batch_op:
        batch_op.drop_column("reserve")
