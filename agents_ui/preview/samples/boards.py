"""A sample board."""

from __future__ import annotations

from agents_ui.board.port import AgentRow, AlarmRow, BoardView, CallbackRow, CallRow, QueueRow
from agents_ui.preview.samples.people import AGENTS
from agents_ui.preview.samples.topics import BENEFITS, DOCUMENTS, TAXES


def board(now: float, seq: int = 1) -> BoardView:
    """A busy morning: one queue over its targets."""
    return BoardView(
        seq=seq,
        at=now,
        telephony=True,
        target_waiting=8,
        total=_row(now, "", {}, 14, 252, 9, 376, 12, 0.78),
        queues=(
            _row(now, "taxes", TAXES, 6, 252, 0, 88, 7, 0.41),
            _row(now, "benefits", BENEFITS, 5, 72, 2, 141, 3, 0.77),
            _row(now, "documents", DOCUMENTS, 3, 22, 4, 147, 2, 0.88),
        ),
        agents=_agent_rows(now),
        calls=_call_rows(now),
        callbacks=_callback_rows(now),
        callbacks_waiting=4,
        alarms=(
            AlarmRow(code="callback-overdue", since=now - 600, place="taxes", detail="1"),
            AlarmRow(code="database-behind", since=now - 95, place="", detail=""),
        ),
    )


def _row(
    now: float,
    queue: str,
    label: dict[str, str],
    waiting: int,
    longest_s: float,
    ready: int,
    answered: int,
    abandoned: int,
    level: float,
) -> QueueRow:
    return QueueRow(
        queue=queue,
        label=label,
        waiting=waiting,
        longest_since=now - longest_s,
        ready=ready,
        answered=answered,
        abandoned=abandoned,
        short_abandoned=1,
        gave_up=2 if queue in ("", "taxes") else 0,
        informed={"": 9, "benefits": 5}.get(queue, 0),
        turned_away=1 if queue in ("", "taxes") else 0,
        service_level=level,
        service_level_today=level + 0.06,
        average_wait_s=31.5,
        target_wait_s=120,
        target_service_level=0.8,
        answer_within_s=30,
    )


def _agent_rows(now: float) -> tuple[AgentRow, ...]:
    states = (
        ("idle", "READY", None, 40, None),
        ("ringing", "RESERVED", None, 6, "benefits"),
        ("talking", "TALKING", None, 1120, "taxes"),
        ("held", "TALKING", None, 204, "benefits"),
        ("wrapup", "WRAP_UP", None, 130, "documents"),
        ("start", "NOT_READY", "counter", 1440, None),
        ("unsaved", "NOT_READY", "lunch", 610, None),
        ("lost", "NOT_READY", "phone", 90, None),
    )
    return tuple(
        AgentRow(
            agent_id=f"a-{name}",
            name=AGENTS[name].name,
            centre=AGENTS[name].centre,
            state=state,  # type: ignore[arg-type]
            reason=reason,
            since=now - since_s,
            queue=queue,
            languages=("lv", "ru") if since_s % 20 else ("lv", "ru", "en"),
        )
        for name, state, reason, since_s, queue in states
    )


def _call_rows(now: float) -> tuple[CallRow, ...]:
    states = (
        ("c-9", "taxes", "ru", "waiting", 260, None, None, None, ""),
        ("c-8", "benefits", "lv", "offered", 101, None, None, None, "Māra Kļaviņa"),
        ("c-7", "benefits", "lv", "talking", 309, 204, None, None, "Jana Vītola"),
        ("c-6", "documents", "en", "ended", 900, 850, 620, "answered", "Juris Zariņš"),
        ("c-5", "taxes", "ru", "ended", 1300, None, 1190, "abandoned", ""),
    )
    return tuple(
        CallRow(
            call_id=call_id,
            queue=queue,
            language=language,
            phase=phase,
            arrived_at=now - arrived_s,
            queued_at=now - arrived_s + 28,
            answered_at=None if answered_s is None else now - answered_s,
            ended_at=None if ended_s is None else now - ended_s,
            outcome=outcome,
            agent=agent,
        )
        for (
            call_id,
            queue,
            language,
            phase,
            arrived_s,
            answered_s,
            ended_s,
            outcome,
            agent,
        ) in states
    )


def _callback_rows(now: float) -> tuple[CallbackRow, ...]:
    rows = (
        ("cb-1", "taxes", "ru", "callback", -600, 0, None, ""),
        ("cb-2", "benefits", "lv", "calling", 5400, 2, None, "Toms Lagzdiņš"),
        ("cb-3", "benefits", "lv", "callback", 30_000, 1, 540, ""),
        ("cb-4", "documents", "en", "callback", 80_000, 0, None, ""),
    )
    return tuple(
        CallbackRow(
            call_id=call_id,
            queue=queue,
            language=language,
            phase=phase,
            asked_at=now + due_s - 90_000,
            due_at=now + due_s,
            attempts=attempts,
            most=3,
            not_before=None if pause_s is None else now + pause_s,
            agent=agent,
        )
        for call_id, queue, language, phase, due_s, attempts, pause_s, agent in rows
    )
