"""The supervisor's board, made from World."""

from __future__ import annotations

import asyncio
from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Mapping,
    Sequence,
)
from contextlib import AbstractContextManager, suppress
from typing import Any

from agents_ui.board import port
from agents_ui.shell.permissions import Act, reach
from agents_ui.shell.port import Person, Realm, Texts, Unavailable
from contactcentre.core.agent.signals import HelpGiven
from contactcentre.core.call.state import Call
from contactcentre.core.events import AgentEvent
from contactcentre.core.explanation import why
from contactcentre.core.world import World
from contactcentre.engine.alarms import Alarm
from contactcentre.engine.clock import now
from contactcentre.engine.figures import Figures
from contactcentre.engine.inbox import SAFE_WITHIN_S, Crowded, NotSafeYet
from contactcentre.engine.live import BOARD, Live
from contactcentre.features.board.agents import AgentRows, earlier
from contactcentre.features.board.by_realm import ByRealm
from contactcentre.features.board.calls import (
    CallRows,
    SeenCall,
    centre_of,
    latest,
    seen_promise,
    waits,
)
from contactcentre.features.board.demands import Demands
from contactcentre.features.board.groups import Groups
from contactcentre.features.board.own_figures import OwnFigures
from contactcentre.features.board.picture import Picture
from contactcentre.features.board.sight import BoardSight
from contactcentre.features.callbacks.overdue import open_promises
from contactcentre.features.crisis.service import notice
from contactcentre.features.explanations.service import DecisionLog
from contactcentre.features.explanations.timeline import moments
from contactcentre.storage.audit import Action, AuditEntry

LISTED_PROMISES = 500
FRESH_S = 1.5
"""A page that comes between two rounds is shown what was made for the others, if it is so new:
longer than a round takes, so that whoever is woken last in it is shown the same."""


Submit = Callable[[AgentEvent], Awaitable[bool]]
"""Puts a fact into the inbox; see `Inbox.submit`."""

GiveUp = Callable[[Sequence[str], str], Awaitable[int]]
"""Closes the records of these calls, on whose word; answers how many there were."""


Note = Callable[[Sequence[AuditEntry]], Awaitable[None]]
"""Writes into the audit log. Raises `Unavailable`."""


async def _unnoted(entries: Sequence[AuditEntry]) -> None:
    return None


async def _unheard(event: AgentEvent) -> bool:
    return False


async def _none(call_ids: Sequence[str], by: str) -> int:
    return 0


class BoardService:
    """Keeps `agents_ui.board.port.Board`."""

    def __init__(
        self,
        world: World,
        figures: Figures,
        live: Live,
        decisions: DecisionLog,
        *,
        submit: Submit = _unheard,
        give_up: GiveUp = _none,
        note: Note = _unnoted,
        alarms: Callable[[], tuple[Alarm, ...]] = tuple,
        checked: Callable[[], port.FigureCheck | None] = lambda: None,
    ) -> None:
        self._checked = checked
        self._give_up = give_up
        self._note = note
        self._submit = submit
        self._alarms = alarms
        self._world = world
        self._figures = figures
        self._live = live
        self._decisions = decisions
        self._views: dict[frozenset[Realm], port.BoardView] = {}  # the latest, by realms
        self._own: dict[frozenset[Realm], OwnFigures] = {}  # the same realms, but for everything
        self._round = -1
        self._seq = 0
        self._picture = Picture(network=world.network)
        self._agents = AgentRows(world)
        self._calls = CallRows(world)
        self._demands = Demands(world)
        self._groups = Groups(world, figures)

    def changes(self) -> AbstractContextManager[AsyncIterator[None]]:
        """See `Board`."""
        return self._live.watch(BOARD)

    def nudge(self) -> None:
        """Whoever watches looks once more, though nothing of the network has changed."""
        self._live.nudge(BOARD)

    async def close_records(self, agent_id: str, *, person: Person) -> int:
        """See `Board`. The one of the call at hand stays."""
        agent = self._world.agents.get(agent_id)
        if agent is None or not self._sight(person, Act.RECORDS_CLOSE).agent(agent_id):
            raise LookupError(agent_id)
        try:
            async with asyncio.timeout(SAFE_WITHIN_S):
                return await self._give_up(earlier(agent), person.user_id)
        except TimeoutError:
            raise Unavailable from None

    async def give_help(self, agent_id: str, *, person: Person) -> None:
        """See `Board`."""
        if not self._sight(person, Act.HELP_GIVE).agent(agent_id):
            raise LookupError(agent_id)
        given = HelpGiven(at=now(), agent_id=agent_id, by=person.user_id, name=person.name)
        try:
            await self._submit(given)
        except Crowded:
            raise Unavailable from None
        except NotSafeYet:
            pass  # it counts already
        entry = AuditEntry(
            at=given.at,
            who=person.user_id,
            action=Action.AGENT_LED,
            object=agent_id,
            details={"act": "help", **self._concerned(agent_id)},
        )
        with suppress(Unavailable):  # then the journal alone has who it was
            await self._note([entry])

    def _concerned(self, agent_id: str) -> Mapping[str, Any]:
        agent = self._world.agents.get(agent_id)
        return {"calls": list(agent.calls)} if agent is not None and agent.calls else {}

    async def why(self, call_id: str, *, person: Person) -> port.Why:
        """See `Board`."""
        call, sight = self._known(call_id), self._sight(person, Act.CALLS_EXPLAIN)
        if not sight.call(call):
            raise LookupError(call_id)
        return port.Why(
            now=why(self._world, call, now()) if waits(call) else None,
            moments=moments(call, await self._decisions.of(call_id)),
            names={agent_id: self._name(agent_id, sight) for agent_id in self._world.agents},
            labels=self._labels(),
        )

    def _sight(self, person: Person, act: Act) -> BoardSight:
        return BoardSight(self._world, reach(person.grants, act))

    def _known(self, call_id: str) -> Call:
        """Open, or among the latest that ended; `LookupError` for any other."""
        ended = (call for call in self._world.ended if call.call_id == call_id)
        call = self._world.calls.get(call_id) or next(ended, None)
        if call is None:
            raise LookupError(call_id)
        return call

    def _labels(self) -> dict[str, Texts]:
        """What people call queues and places; a place has one name in every language."""
        network = self._world.network
        centres = {f"centre:{key}": each.name for key, each in network.centres.items()}
        around = {f"municipality:{key}": each.name for key, each in network.municipalities.items()}
        regions = {f"region:{key}": name for key, name in network.regions.items()}
        places = {key: {"lv": name} for key, name in (centres | around | regions).items()}
        return {key: queue.labels for key, queue in network.queues.items()} | places

    def view(self, person: Person) -> port.BoardView:
        """See `Board`. One for everybody who sees the same realms, made once in a round."""
        picture, sight = self.picture(), self._sight(person, Act.BOARD_SEE)
        if len(self._views) >= port.REACHES and sight.realms not in self._views:
            self._views.clear()
            self._own.clear()
        made = self._views.get(sight.realms)
        if made is None or made.at != picture.at:
            made = self._views[sight.realms] = self._made(picture, sight)
        return made

    def picture(self) -> Picture:
        """Everything there is to be seen in this round."""
        at, this_round = now(), self._live.round(BOARD)
        if this_round != self._round or not 0.0 <= at - self._picture.at < FRESH_S:
            self._round = this_round
            self._picture = self._look(at)
        return self._picture

    def _look(self, at: float) -> Picture:
        """Everything once, for all who look in this round."""
        calls = self._calls.seen(at)
        open_calls = self._world.calls.values()
        promises = open_promises(open_calls, "callback", "message")
        waiting = [one for one in calls if one.asked is not None]
        self._seq += 1
        return Picture(
            seq=self._seq,
            at=at,
            network=self._world.network,
            telephony=self._world.telephony,
            figures=dict(self._groups.rows(at, waiting, promises)),
            agents=ByRealm(self._agents.seen()),
            calls=ByRealm(calls),
            demands=tuple(self._demands.rows(one.asked for one in waiting if one.asked)),
            promises=ByRealm(seen_promise(self._world, one, at) for one in promises),
            alarms=tuple(self._alarms()),
            checked=self._checked(),
        )

    def _made(self, picture: Picture, sight: BoardSight) -> port.BoardView:
        """What of it is seen from there."""
        calls = picture.calls.seen(sight.realms)
        promises = picture.promises.seen(sight.realms)
        total, *rest = self._seen_figures(picture, sight, calls)
        queues = len(picture.network.queues)
        return port.BoardView(
            seq=picture.seq,
            at=picture.at,
            telephony=picture.telephony,
            total=total,
            queues=tuple(rest[:queues]),
            groups=tuple(rest[queues:]),
            demands=picture.demands,
            agents=tuple(one.row for one in picture.agents.seen(sight.realms)),
            calls=tuple(one.told(sight) for one in latest(calls)),
            callbacks=tuple(one.told(sight) for one in promises[:LISTED_PROMISES]),
            callbacks_waiting=len(promises),
            alarms=tuple(_alarm(one) for one in picture.alarms if sight.figure(one.scope)),
            crisis=notice(self._world.crisis.crisis),
            checked=picture.checked,
            realms=sight.names(),
        )

    def _seen_figures(
        self, picture: Picture, sight: BoardSight, calls: Sequence[SeenCall]
    ) -> list[port.FigureRow]:
        """The network's first, then those of all queues. Who sees a part of it is told of the
        waiting how many are theirs."""
        if sight.whole:
            return list(picture.figures.values())
        own = self._own.setdefault(sight.realms, OwnFigures(sight))
        return own.rows(picture, (one for one in calls if one.asked is not None))

    def _name(self, agent_id: str, sight: BoardSight) -> str:
        """Of an agent of other realms, the centre's."""
        agent = self._world.agents.get(agent_id)
        if agent is None:
            return ""
        return agent.name if sight.agent(agent_id) else centre_of(agent_id, self._world.network)


def _alarm(alarm: Alarm) -> port.AlarmRow:
    return port.AlarmRow(code=alarm.code, since=alarm.since, place=alarm.place, detail=alarm.detail)
