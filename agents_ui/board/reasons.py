"""Why a call is where it is, as the board's page is told it."""

from __future__ import annotations

from typing import Any

from agents_ui.board.port import Why
from agents_ui.shell.decisions import Teller
from agents_ui.shell.texts import Language


def tell(why: Why, language: Language) -> dict[str, Any]:
    """The whole answer for the page: why a call waits now, and each moment with its reasons."""
    teller = Teller(language=language, names=why.names, labels=why.labels)
    moments = [
        {
            "at": moment.at,
            "kind": moment.kind,
            "agent": why.names.get(moment.agent_id, moment.agent_id),
            "by": why.names.get(moment.by, moment.by),
            "outcome": moment.outcome,
            "sentences": teller.sentences(moment.decision),
        }
        for moment in why.moments
    ]
    return {"sentences": teller.sentences(why.now), "moments": moments}
