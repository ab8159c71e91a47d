"""Hours of each centre and number, eves, moved working days and holidays for once."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

OWNERS = ("centres", "hotlines")


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "days_off",
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("worked_on", sa.String(length=10)),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_days_off")),
    )
    with op.batch_alter_table("calendars", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("moved_days", sa.Boolean(), server_default=sa.true(), nullable=False)
        )
        batch_op.add_column(
            sa.Column("eve_shorter_min", sa.Integer(), server_default="0", nullable=False)
        )
    for table in OWNERS:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column("calendar_id", sa.String(length=80)))
            batch_op.create_foreign_key(
                op.f(f"fk_{table}_calendar_id_calendars"),
                "calendars",
                ["calendar_id"],
                ["calendar_id"],
            )


def downgrade() -> None:
    """Back."""
    for table in OWNERS:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_constraint(op.f(f"fk_{table}_calendar_id_calendars"), type_="foreignkey")
            batch_op.drop_column("calendar_id")
    with op.batch_alter_table("calendars", schema=None) as batch_op:
        batch_op.drop_column("eve_shorter_min")
        batch_op.drop_column("moved_days")
    op.drop_table("days_off")
