"""What callers say is summed up by day, queue and key, and told by month from five answers on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date

import pytest
from sqlalchemy import event, select
from sqlalchemy.ext.asyncio import AsyncEngine

from contactcentre.features.reports.surveyed import surveyed
from contactcentre.features.surveys.scores import SurveyScores
from contactcentre.storage import database
from contactcentre.storage import tables as models
from contactcentre.testing import START
from routing.calendar import local_day

pytestmark = pytest.mark.integration

TODAY = local_day(START)


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    """The database of the test."""
    async with database.opened(database_url) as made:
        yield made


def away(*_: object) -> None:
    """There is no database."""
    raise OSError


async def rows(engine: AsyncEngine) -> list[tuple[str, str, int, int]]:
    """All sums."""
    columns = models.survey_scores.c
    query = select(columns.day, columns.queue, columns.score, columns.count)
    async with engine.connect() as connection:
        found = await connection.execute(query.order_by(*query.selected_columns))
        return [(row[0], row[1], row[2], row[3]) for row in found]


async def test_answers_are_sums(engine: AsyncEngine) -> None:
    """Those of a minute are added at once to those of before; while the database is away they wait
    for it, and are counted once."""
    scores = SurveyScores(engine, clock=lambda: START)
    day = TODAY.isoformat()
    for score in (5, 4, 5):
        scores.count("taxes", score)
    scores.count("general", 1)
    await scores.write()
    scores.count("taxes", 5)
    await engine.dispose()
    event.listen(engine.sync_engine, "do_connect", away)
    await scores.write()
    event.remove(engine.sync_engine, "do_connect", away)
    scores.count("taxes", 5)
    for _ in range(2):
        await scores.write()
    assert await rows(engine) == [
        (day, "general", 1, 1),
        (day, "taxes", 4, 1),
        (day, "taxes", 5, 4),
    ]


async def test_a_month_of_fewer_than_five_is_not_told(engine: AsyncEngine) -> None:
    """Of others how many, the mean and the share of 4 and 5; only months that are asked for."""
    told = {("2026-09-01", 5): 2, ("2026-09-30", 1): 2, ("2026-10-01", 4): 3, ("2026-10-02", 1): 2}
    made = [
        {"day": day, "queue": "taxes", "score": score, "count": count}
        for (day, score), count in told.items()
    ]
    async with engine.begin() as connection:
        await database.add(connection, models.survey_scores, made, "count")
    async with engine.connect() as connection:
        found = await surveyed(connection, date(2026, 9, 20), date(2026, 10, 3), "en")
        later = await surveyed(connection, date(2026, 11, 1), date(2026, 11, 3), "en")
    assert later == []
    october, september = found
    assert (september.month, september.answers, september.mean) == ("2026-09", None, None)
    assert (october.answers, october.mean, october.good) == (5, 14 / 5, 3 / 5)
