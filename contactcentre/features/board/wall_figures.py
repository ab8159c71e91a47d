"""What a big screen shows, each figure beside its target."""

from __future__ import annotations

from math import ceil

from agents_ui.board.port import FigureRow
from agents_ui.wallboard.port import Figure, FigureCode


def figure(code: FigureCode, row: FigureRow) -> Figure:
    """What should be derives from the targets of the queues alone: see decision 33."""
    match code:
        case "waiting":
            return Figure(code=code, value=row.waiting, target=row.target_waiting)
        case "longest":
            return Figure(code=code, value=row.longest_since, target=row.target_wait_s)
        case "level" | "level_today":
            return Figure(
                code=code,
                value=row.service_level if code == "level" else row.service_level_today,
                target=row.target_service_level,
                least=True,
                within_s=row.answer_within_s,
            )
        case "average":
            return Figure(code=code, value=row.average_wait_s, target=row.target_average_s)
        case "answered" | "abandoned":
            offered = row.answered + row.abandoned
            lost, answered = ceil(offered * row.target_abandoned), code == "answered"
            target = offered - lost if answered else lost
            return Figure(code=code, value=getattr(row, code), target=target, least=answered)
        case "ready":
            target = row.target_ready if _crew(row) or row.waiting else 0
            return Figure(code=code, value=row.ready, target=target, least=True)
        case "busy":
            busy = row.ringing + row.talking + row.wrap_up
            at_most = ceil((row.ready + busy) * row.target_occupancy)
            return Figure(code=code, value=busy, target=at_most)
        case "callbacks_late":
            return Figure(code=code, value=row.callbacks_late, target=0.0)


def _crew(row: FigureRow) -> int:
    return row.ready + row.ringing + row.talking + row.wrap_up + row.not_ready
