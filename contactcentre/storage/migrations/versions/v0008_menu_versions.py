"""Who put which menu in force, and what happens at each of its nodes."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "flow_releases",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=20), nullable=False),
        sa.Column("released_at", sa.Double(), nullable=False),
        sa.Column("released_by", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_flow_releases")),
    )
    with op.batch_alter_table("flow_releases", schema=None) as batch_op:
        batch_op.create_index("ix_flow_releases_name_number", ["name", "number"], unique=False)
    op.create_table(
        "flow_counts",
        sa.Column("flow", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("node", sa.String(length=80), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=20), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "flow", "version", "node", "day", "what", "key", name=op.f("pk_flow_counts")
        ),
    )


def downgrade() -> None:
    """Back."""
    op.drop_table("flow_counts")
    with op.batch_alter_table("flow_releases", schema=None) as batch_op:
        batch_op.drop_index("ix_flow_releases_name_number")
    op.drop_table("flow_releases")
