"""What cards lack, behind its page: questions that wait, one that is late, answers, and errors."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from contactcentre.engine.clock import now
from contactcentre.storage import tables as models
from lab.pages.people import AGENTS

HOUR_S: Final = 3600.0
LONG: Final = (
    "Bērns no septembra dzīvo pie vecmāmiņas Augšdaugavas novadā, vecāki strādā Norvēģijā, un"
    " deklarētā dzīvesvieta visiem ir Latvijā. Vai kopšanas pabalstu var saņemt vecmāmiņa, un vai"
    " viņai vispirms jākļūst par aizbildni?"
)
ANSWER: Final = "Jā, ja vecmāmiņa ir bērna aizbildne.\nJāiesniedz bāriņtiesas lēmums un iesniegums."


async def lay(engine: AsyncEngine) -> None:
    """As desks and owners would have written them."""
    at = now()
    answered = {"answer": ANSWER, "answered_at": at - HOUR_S, "told_at": at - HOUR_S}
    over = {"over_at": at - HOUR_S, "over_why": "Atbilde ir kartītē, sadaļā „Nepieciešams”."}
    async with engine.begin() as connection:
        users = select(models.users.c.user_id).where(models.users.c.name == AGENTS["talking"].name)
        by = await connection.scalar(users)
        rows = [
            _asked(1, by, at - 60 * HOUR_S, at - 12 * HOUR_S, question=LONG, wants_call=True),
            _asked(2, by, at - HOUR_S, at + 30 * HOUR_S, service="PMLP-PASE", institution="PMLP"),
            _asked(3, by, at - 40 * HOUR_S, at - HOUR_S, **answered),
            _asked(4, by, at - 90 * HOUR_S, at - 50 * HOUR_S, **over),
        ]
        for row in rows:
            await connection.execute(models.enquiries.insert(), row)
        for number, (kind, text) in enumerate(
            [("outdated", "Summa no janvāra ir cita."), ("missing", "Nav teikts, kur pieteikties.")]
        ):
            await connection.execute(models.card_flags.insert(), _flag(number, by, at, kind, text))


def _asked(number: int, by: str | None, at: float, due_at: float, **more: Any) -> dict[str, Any]:
    row: dict[str, Any] = {
        "enquiry_id": f"{number:032x}",
        "service": "VSAA-KOPS",
        "institution": "VSAA",
        "call_id": f"asked-{number}",
        "agent_id": AGENTS["talking"].agent_id,
        "centre": AGENTS["talking"].place,
        "asked_by": by or "",
        "asked_at": at,
        "due_at": due_at,
        "language": "lv",
        "question": "Vai pabalstu var saņemt, ja abi vecāki studē pilna laika klātienē?",
        "wants_call": False,
        "expires_at": due_at,
    }
    return {**row, **more}


def _flag(number: int, by: str | None, at: float, kind: str, text: str) -> dict[str, Any]:
    return {
        "flag_id": f"{number:032x}",
        "service": "VSAA-KOPS",
        "institution": "VSAA",
        "agent_id": AGENTS["talking"].agent_id,
        "centre": AGENTS["talking"].place,
        "flagged_by": by or "",
        "at": at - (50 - number) * HOUR_S,
        "kind": kind,
        "text": text,
    }
