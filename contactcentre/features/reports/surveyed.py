"""What callers said of a month, by queue: no figure of fewer than five of them.

By months alone, and never two added up: from sums over any days one could be had by subtraction.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from agents_ui.reports.port import SurveyLine
from contactcentre.features.reports import names
from contactcentre.features.reports.suppression import SMALL
from contactcentre.storage import tables as models

GOOD: Final = 4
MOST_LINES: Final = 500

_rows = models.survey_scores.c


async def surveyed(
    connection: AsyncConnection, since: date, until: date, language: str
) -> Sequence[SurveyLine]:
    """The months of these days, the latest first, and the queues of each."""
    month = func.substr(_rows.day, 1, 7).label("month")
    query = (
        select(month, _rows.queue, _rows.score, func.sum(_rows.count).label("count"))
        .where(month >= since.isoformat()[:7], month <= until.isoformat()[:7])
        .group_by(month, _rows.queue, _rows.score)
    )
    told: dict[tuple[str, str], dict[int, int]] = defaultdict(dict)
    for row in await connection.execute(query):
        told[(row.month, row.queue)][row.score] = row[3]
    queues = await names.labels(connection, "queue", language, {queue for _, queue in told})
    ordered = sorted(told, key=lambda key: (key[0], key[1]), reverse=True)[:MOST_LINES]
    return [_line(key, told[key], queues) for key in ordered]


def _line(key: tuple[str, str], counts: dict[int, int], queues: dict[str, str]) -> SurveyLine:
    (month, queue), answers = key, sum(counts.values())
    label = queues.get(queue, queue)
    if answers < SMALL:
        return SurveyLine(month=month, queue=label, answers=None, mean=None, good=None)
    good = sum(count for score, count in counts.items() if score >= GOOD)
    total = sum(score * count for score, count in counts.items())
    return SurveyLine(
        month=month, queue=label, answers=answers, mean=total / answers, good=good / answers
    )
