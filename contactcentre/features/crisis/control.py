"""The switch of crisis mode as the command line turns it, over the running service's socket."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from agents_ui.crisis.port import CrisisRoom
from agents_ui.shell.port import Grant, Person

Answer = dict[str, Any]

LONGEST_H = 168.0


class CrisisCommands:
    """What the running service does for the command."""

    def __init__(self, crisis: CrisisRoom) -> None:
        self._crisis = crisis

    async def status(self, request: Mapping[str, Any]) -> Answer:
        """Whether a crisis is on, and the plans there are."""
        plans = {plan.plan_id: plan.label.get("lv", "") for plan in self._crisis.plans()}
        current = self._crisis.current()
        return {"ok": True, "plans": plans, "current": msgspec.to_builtins(current)}

    async def on(self, request: Mapping[str, Any]) -> Answer:
        """Switch on: `plan`, `hours`, `why`, `by`."""
        known = [plan.plan_id for plan in self._crisis.plans()]
        plan = request.get("plan") or (known[0] if len(known) == 1 else "")
        hours, why = request.get("hours"), str(request.get("why") or "").strip()
        if plan not in known:
            return {"error": f"--plan must be one of: {', '.join(known) or 'none is prepared'}"}
        if not (isinstance(hours, int | float) and 0 < hours <= LONGEST_H):
            return {"error": f"--hours must be more than 0 and at most {LONGEST_H:g}"}
        if not why:
            return {"error": "--reason must say why: it stays on record"}
        await self._crisis.switch_on(plan, hours=float(hours), why=why, person=_person(request))
        return await self.status(request)

    async def off(self, request: Mapping[str, Any]) -> Answer:
        """Switch off."""
        if not await self._crisis.switch_off(person=_person(request)):
            return {"error": "crisis mode is not on"}
        return await self.status(request)


def _person(request: Mapping[str, Any]) -> Person:
    name = str(request.get("by") or "command line")
    return Person(user_id="command-line", name=name, grants=frozenset({Grant(role="admin")}))
