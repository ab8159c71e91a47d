"""Where a sample call can be passed on to."""

from __future__ import annotations

from dataclasses import replace

from agents_ui.desk.port import Onward
from agents_ui.preview.samples.topics import BENEFITS, DOCUMENTS, TAXES

ONWARD = (
    Onward(queue="benefits", label=BENEFITS, suggested=False, ready=2, at_work=5, waiting=5),
    Onward(queue="documents", label=DOCUMENTS, suggested=False, ready=4, at_work=6, waiting=3),
    Onward(queue="taxes", label=TAXES, suggested=False, ready=0, at_work=0, waiting=6),
)
QUEUE_OF = {"residence": "documents"}
"""The queue of a sample service; all others are benefits."""


def onward(service: str) -> tuple[Onward, ...]:
    """Where a call can be passed on to, with the queue of the service."""
    chosen = QUEUE_OF.get(service, "benefits") if service else ""
    return tuple(replace(each, suggested=each.queue == chosen) for each in ONWARD)
