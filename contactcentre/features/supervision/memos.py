"""Messages to agents: to whom they may go, and who has not seen them yet.

They stand with the agents themselves until they are seen, so a restart forgets none.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from agents_ui.supervision import port
from contactcentre.core.agent.memo import Memo
from contactcentre.core.agent.state import Agent, State
from contactcentre.core.world import World
from contactcentre.features.board.sight import BoardSight

SHOWN: Final = 20
NAMES: Final = 12


def recipients(world: World, sight: BoardSight, to: str) -> tuple[str, ...]:
    """The agents of `agent:ID`, `centre:ID` or `all` who are seen and logged in."""
    kind, _, key = to.partition(":")
    there = _there(world, sight)
    match kind:
        case "all" if not key:
            return tuple(agent.agent_id for agent in there)
        case "centre":
            return tuple(a.agent_id for a in there if _centre_of(world, a) == key)
        case "agent":
            return tuple(agent.agent_id for agent in there if agent.agent_id == key)
        case _:
            return ()


def room(world: World, sight: BoardSight) -> port.MemoRoom:
    """Whom one may write to, and what of it is still to be seen."""
    there = tuple(_there(world, sight))
    centres = {_centre_of(world, agent) for agent in there} & world.network.centres.keys()
    named = ((key, world.network.centres[key].name) for key in centres)
    return port.MemoRoom(
        centres=tuple(sorted(named, key=lambda one: one[1])),
        agents=len(there),
        memos=tuple(_open(world, sight)),
    )


def _there(world: World, sight: BoardSight) -> Iterator[Agent]:
    for agent in world.agents.values():
        if agent.state is not State.LOGGED_OUT and sight.agent(agent.agent_id):
            yield agent


def _centre_of(world: World, agent: Agent) -> str:
    profile = world.network.agents.get(agent.agent_id)
    return profile.centre_id if profile is not None else ""


def _open(world: World, sight: BoardSight) -> Iterator[port.OpenMemo]:
    """Of those who are seen; the latest first."""
    unseen: dict[str, list[str]] = {}
    known: dict[str, Memo] = {}
    for agent in world.agents.values():
        for memo in agent.memos if sight.agent(agent.agent_id) else ():
            if memo.kind == "message":
                known[memo.memo_id] = memo
                unseen.setdefault(memo.memo_id, []).append(agent.name)
    latest = sorted(known.values(), key=lambda memo: memo.at, reverse=True)
    for memo in latest[:SHOWN]:
        names = sorted(unseen[memo.memo_id])
        yield port.OpenMemo(
            memo_id=memo.memo_id,
            at=memo.at,
            by=memo.by,
            text=memo.text,
            recipients=memo.recipients,
            unseen=len(names),
            names=tuple(names[:NAMES]),
        )
