"""Sample people, calls, service cards and figures: what the fakes of `fakes` hold at first.

Nobody here exists; the numbers are from ranges that nobody has.
"""

from __future__ import annotations

from agents_ui.preview.samples.boards import board
from agents_ui.preview.samples.cards import CARDS
from agents_ui.preview.samples.crisis import CRISIS_PLANS
from agents_ui.preview.samples.desks import contacts, scene, talk
from agents_ui.preview.samples.onward import onward
from agents_ui.preview.samples.people import ADMIN, AGENTS, SUPERVISOR
from agents_ui.preview.samples.reasons import why

__all__ = [
    "ADMIN",
    "AGENTS",
    "CARDS",
    "CRISIS_PLANS",
    "SUPERVISOR",
    "board",
    "contacts",
    "onward",
    "scene",
    "talk",
    "why",
]
