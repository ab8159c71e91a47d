"""Why a sample call is where it is."""

from __future__ import annotations

from agents_ui.board.port import CallRow, Moment, Why
from agents_ui.preview.samples.people import AGENTS
from agents_ui.preview.samples.topics import TAXES
from routing.circles import Stage
from routing.explanation import Candidate, Digest, Explanation, Reason
from routing.requirement import Requirement
from routing.scope import Scope

ASKED = Requirement(skills=(("taxes", 1),), language="ru")
STAGE = Stage(circle=2, opens_s=35.0, scope=Scope("region", "latgale"), requirement=ASKED)
PASSED_OVER = (
    Candidate(agent_id="a-idle", name="", passed_over=Reason(code="language", detail="ru")),
    Candidate(agent_id="a-talking", name="", passed_over=Reason(code="busy", detail="talking")),
)


def why(call: CallRow) -> Why:
    """It waited for a wider circle, was missed once, and then answered, or waits still."""
    began, waits = call.arrived_at, call.phase == "waiting"
    seen = Digest(waited_s=20.0, asked=ASKED, stage=STAGE, nearest=PASSED_OVER)
    told = [
        Moment(at=began, kind="arrived"),
        Moment(at=began + 28, kind="queued", decision=seen),
        Moment(at=began + 48, kind="widened", decision=seen),
    ]
    if not waits:
        told.append(Moment(at=began + 50, kind="offered", agent_id="a-start", decision=seen))
        told.append(Moment(at=began + 70, kind="missed", agent_id="a-start"))
    if call.ended_at is not None:
        told.append(Moment(at=call.ended_at, kind="ended", outcome=call.outcome or "unknown"))
    return Why(
        now=_now(call) if waits else None,
        moments=tuple(told),
        names={person.agent_id or "": person.name for person in AGENTS.values()},
        labels={"taxes": TAXES},
    )


def _now(call: CallRow) -> Explanation:
    return Explanation(
        call_id=call.call_id,
        waited_s=40.0,
        asked=ASKED,
        stage=STAGE,
        skipped=(),
        candidates=PASSED_OVER,
    )
