"""The legs of a contact, in the place of its offers."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward. Nothing is released: offers of before are not carried over."""
    op.drop_table("offers")
    op.create_table(
        "legs",
        sa.Column("leg_id", sa.Text(), nullable=False),
        sa.Column("last_seq", sa.BigInteger(), nullable=False),
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("agent_id", sa.Text()),
        sa.Column("number", sa.Text()),
        sa.Column("from_at", sa.Double(), nullable=False),
        sa.Column("dialed_at", sa.Double()),
        sa.Column("rang_at", sa.Double()),
        sa.Column("answered_at", sa.Double()),
        sa.Column("to_at", sa.Double()),
        sa.Column("why", sa.Text()),
        sa.Column("hold_s", sa.Double(), nullable=False),
        sa.Column("circle", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("leg_id", name=op.f("pk_legs")),
    )
    op.create_index(op.f("ix_legs_call_id"), "legs", ["call_id"])
    op.create_index(op.f("ix_legs_from_at"), "legs", ["from_at"])
