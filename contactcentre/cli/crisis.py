"""`contactcentre crisis`: the running service's crisis mode, switched from a shell."""

from __future__ import annotations

import getpass
from datetime import datetime
from typing import Annotated, Literal

from cyclopts import Parameter

from contactcentre import paths
from contactcentre.app.control import Answer, NotRunning, ask
from contactcentre.cli import console
from contactcentre.cli.command import program
from contactcentre.settings import Settings
from routing.calendar import LOCAL

app = program("crisis")


@app.default
async def crisis(
    act: Literal["on", "off", "status"],
    /,
    *,
    plan: Annotated[str | None, Parameter(help="which one, where there are several")] = None,
    hours: Annotated[float | None, Parameter(help="for how long")] = None,
    reason: Annotated[str | None, Parameter(help="why: it stays on record")] = None,
    settings: Settings,
) -> int:
    """Ask the running service; 0 when it did what was asked."""
    request = {"do": f"crisis-{act}", "plan": plan, "hours": hours, "why": reason}
    try:
        answer = await ask(paths.control(settings), {**request, "by": getpass.getuser()})
    except NotRunning:
        console.complain("no service is running with this CC_HOME, or it is another user's")
        return 1
    if "error" in answer:
        console.complain(answer["error"])
        return 1
    console.say(_words(answer))
    return 0


def _words(answer: Answer) -> str:
    current = answer["current"]
    plans = "\n".join(f"  {key:<16} {label}" for key, label in answer["plans"].items())
    if current is None:
        return f"crisis mode is off; prepared plans:\n{plans or '  none'}"
    until = datetime.fromtimestamp(current["until"], LOCAL)
    return (
        f"crisis mode is ON: {current['label'].get('lv', '')}\n"
        f"  until {until:%d.%m.%Y. %H:%M}, switched on by {current['by']}: {current['why']}"
    )
