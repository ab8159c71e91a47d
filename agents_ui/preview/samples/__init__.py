"""Sample people, calls, service cards and figures: what the fakes of `testing` hold at first.

Nobody here exists; the numbers are from ranges that nobody has.
"""

from __future__ import annotations

from agents_ui.samples.boards import board
from agents_ui.samples.cards import CARDS
from agents_ui.samples.crisis import CRISIS_PLANS
from agents_ui.samples.desks import contacts, scene, talk
from agents_ui.samples.onward import onward
from agents_ui.samples.people import ADMIN, AGENTS, SUPERVISOR
from agents_ui.samples.reasons import why

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
