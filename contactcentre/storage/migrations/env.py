"""What Alembic runs for every command: the connection comes from `database.migrate`."""

from alembic import context
from sqlalchemy import Connection, text

from contactcentre.storage.tables import metadata

ONE_AT_A_TIME = {
    "postgresql": "SELECT pg_advisory_xact_lock(7102558)",  # any number, the same everywhere
    "sqlite": "BEGIN IMMEDIATE",
}


def run(connection: Connection) -> None:
    """Run the steps that are missing, in the caller's transaction."""
    context.configure(
        connection=connection, target_metadata=metadata, render_as_batch=True, compare_type=True
    )
    connection.execute(text(ONE_AT_A_TIME[connection.dialect.name]))
    context.run_migrations()


run(context.config.attributes["connection"])
