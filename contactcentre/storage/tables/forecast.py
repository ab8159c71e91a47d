"""What was forecast, what people know of days to come, and who is to be there."""

from sqlalchemy import JSON, Column, Double, Integer, String, Table, Text

from contactcentre.storage.tables.schema import a_name, metadata

# Calls of a queue ("" is all together) on a day in Latvia, as it was told so many days before. The
# lists are by quarter hour on the wall's clock, 96 of them. The newest is kept for each day to
# come, and what was told a day, a week and four weeks ahead, for two years.
forecasts = Table(
    "forecasts",
    metadata,
    Column("queue", Text, primary_key=True),
    Column("day", Integer, primary_key=True, autoincrement=False, index=True),
    Column("ahead", Integer, primary_key=True, autoincrement=False),  # days
    Column("made_at", Double, nullable=False, index=True),
    Column("method", Integer, nullable=False),  # the number of the way in which it was reckoned
    Column("calls", JSON, nullable=False),
    Column("low", JSON, nullable=False),  # eight of ten lie between the two
    Column("high", JSON, nullable=False),
    Column("day_low", Double, nullable=False),
    Column("day_high", Double, nullable=False),
    Column("need", JSON, nullable=False),  # agents on the phone
    Column("handling_s", Double, nullable=False),
    Column("patience_s", Double, nullable=False),
)

# What people know beforehand: those days bring so many times the calls.
forecast_events = Table(
    "forecast_events",
    metadata,
    Column("event_id", String(32), primary_key=True),
    Column("first", Integer, nullable=False),
    Column("last", Integer, nullable=False, index=True),
    Column("queue", a_name(), nullable=False),  # empty for all
    Column("factor", Double, nullable=False),
    Column("note", Text, nullable=False),
)

# So many agents of a centre, on a weekday of every week or on one day.
shifts = Table(
    "shifts",
    metadata,
    Column("shift_id", String(32), primary_key=True),
    Column("weekday", Integer),
    Column("day", Integer, index=True),
    Column("begins_min", Integer, nullable=False),
    Column("ends_min", Integer, nullable=False),
    Column("agents", Integer, nullable=False),
    Column("centre", a_name(), nullable=False),  # empty for wherever
    Column("queue", a_name(), nullable=False),  # empty for all
)
