"""Quality behind its pages: talks that were drawn, assessed, answered to; and test calls."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from contactcentre.core.config.network import Network
from contactcentre.engine.clock import now
from contactcentre.features.quality.sampler import Sampler
from contactcentre.features.quality.sampler import number as month_of
from contactcentre.storage import tables as models
from lab.pages.people import AGENTS
from routing.calendar import local_day

DAY_S: Final = 86_400.0
MARKS: Final = {
    "greeting": "yes",
    "identified": "yes",
    "card": "yes",
    "plain": "4",
    "readback": "no",
    "record": "yes",
    "privacy": "yes",
}
REMARK: Final = "Nosauca maksu, bet ne to, ka jauniešiem līdz 20 gadiem tā ir mazāka."
COMMENT: Final = (
    "Saruna mierīga un skaidra. Pirms atvadām būtu vērts atkārtot, kuras divas lietas"
    " zvanītājam jāizdara un līdz kurai dienai."
)
REPLY: Final = "Zvanītāja pati atkārtoja visu līdz galam, tāpēc es vairs neatkārtoju."


async def lay(engine: AsyncEngine, network: Network) -> None:
    """As a month of reviewers and testers would have left it."""
    await Sampler(engine, network=lambda: network).draw(network.agents, by="")
    async with engine.begin() as connection:
        users = models.users.c
        query = select(users.username, users.user_id).where(users.username.in_(("admin", "board")))
        people = {row.username: row.user_id for row in await connection.execute(query)}
        drawn = models.samples.c
        first = await connection.scalar(
            select(drawn.call_id).where(drawn.agent_id == AGENTS["talking"].agent_id).limit(1)
        )
        rows = [
            _assessment(1, people["admin"], call_id=first or "assessed", reply=REPLY),
            _assessment(
                2, people["board"], call_id=first or "assessed", calibration=True, score=85
            ),
            *(_assessment(number, people["admin"], score=score) for number, score in _SCORES),
            _assessment(9, people["admin"], agent="idle", score=0, failed=True, seen=False),
        ]
        for row in rows:
            await connection.execute(models.assessments.insert(), row)
        for number in range(4):
            await connection.execute(
                models.scripted_calls.insert(), _scripted(number, people["board"])
            )


_SCORES: Final = ((3, 76), (4, 94), (5, 88), (6, 100))


def _assessment(
    number: int,
    reviewer: str,
    *,
    agent: str = "talking",
    call_id: str = "",
    score: int = 79,
    failed: bool = False,
    calibration: bool = False,
    reply: str = "",
    seen: bool = True,
) -> dict[str, Any]:
    at, who = now() - number * DAY_S, AGENTS[agent]
    marks = {**MARKS, "readback": "yes"} if calibration else MARKS
    return {
        "assessment_id": f"{number:032x}",
        "call_id": call_id or f"assessed-{number}",
        "leg_id": f"assessed-{number}-1",
        "agent_id": who.agent_id,
        "centre": who.place,
        "month": month_of(local_day(at)),
        "scorecard": "talk",
        "version": 1,
        "reviewer": reviewer,
        "calibration": calibration,
        "marks": {**marks, "privacy": "no"} if failed else marks,
        "remarks": {"card": REMARK},
        "comment": COMMENT,
        "begun_at": at - 900.0,
        "finished_at": at,
        "score": score,
        "failed": failed,
        "seen_at": at + 3600.0 if seen and number != 3 else None,
        "reply": reply,
        "replied_at": at + 3600.0 if reply else None,
    }


def _scripted(number: int, tester: str) -> dict[str, Any]:
    done = number > 0
    return {
        "scripted_id": f"{number:032x}",
        "script": "passport",
        "version": 1,
        "tester": tester,
        "begun_at": now() - number * 5 * DAY_S,
        "finished_at": now() - number * 5 * DAY_S + 600.0 if done else None,
        "reached": number < 3 if done else None,
        "wait_s": 17.0 * number if done else None,
        "answer": ("", "right", "partly", "")[number],
        "scorecard": "test",
        "scorecard_version": 1,
        "marks": {"greeting": "yes", "listens": "5", "plain": "3", "goodbye": "no"} if done else {},
        "remarks": {},
        "score": (None, 63, 50, None)[number],
    }


async def draft(
    engine: AsyncEngine, agent_id: str, centre: str, *, call_id: str, reviewer: str
) -> str:
    """One that its reviewer has not finished; its id."""
    row = {**_assessment(99, reviewer, call_id=call_id), "agent_id": agent_id, "centre": centre}
    blank: dict[str, Any] = {"finished_at": None, "score": None, "marks": {}, "remarks": {}}
    blank["begun_at"] = now() - 300.0
    async with engine.begin() as connection:
        await connection.execute(
            models.assessments.insert(), {**row, **blank, "comment": "", "seen_at": None}
        )
    return str(row["assessment_id"])
