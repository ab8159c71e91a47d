"""Hundreds of sites at work: 600 centres, 700 agents, 300 calls at once, by the second.

The same people and the same chance at every run. Nobody here exists.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from contactcentre.core.agent.state import State
from contactcentre.core.call.state import Call, Phase
from contactcentre.core.commands import ChosenReason
from contactcentre.core.config.call_limits import CallLimits
from contactcentre.core.config.network import Centre, Hotline, Municipality, Network
from contactcentre.testing import History, capability
from lab.pages.scenes import BENEFITS, DOCUMENTS, RUSSIAN, TAXES
from routing.model import AgentProfile

CENTRES: Final = 600
AGENTS: Final = 700
CALLS: Final = 300
MUNICIPALITIES: Final = 43
FIRST: Final = 1000
"""The number of the first agent, and of the first call."""

_REGIONS: Final = ("Kurzeme", "Latgale", "Rīga", "Vidzeme", "Zemgale")
_PLACES: Final = ("Aknīste", "Viesīte", "Kārsava", "Jaunjelgava", "Subate", "Ilūkste", "Mazsalaca")
_GIVEN: Final = ("Anna", "Ilze", "Māra", "Pēteris", "Dace", "Elīna", "Normunds", "Sandra", "Vizma")
_FAMILY: Final = ("Bērziņa", "Ozola", "Kļaviņa", "Liepa", "Grāvīte-Skujeniece", "Zālīte", "Ābele")
_AWAY: Final[tuple[ChosenReason, ...]] = ("counter", "counter", "break", "lunch")
_SKILLS: Final = ("benefits", "documents", "taxes", "municipal")


def network(given: Network) -> Network:
    """The given one's menus and queues, everywhere."""
    municipalities = [f"m{number}" for number in range(MUNICIPALITIES)]
    centres = [f"c{number}" for number in range(CENTRES)]
    common = next(iter(given.hotlines.values()))
    return replace(
        given,
        regions={name: f"{name}s plānošanas reģions" for name in _REGIONS},
        municipalities={
            key: Municipality(
                municipality_id=key,
                name=f"{_PLACES[number % len(_PLACES)]}s {number + 1}. novads",
                region=_REGIONS[number % len(_REGIONS)],
            )
            for number, key in enumerate(municipalities)
        },
        centres={
            key: Centre(
                centre_id=key,
                name=f"{_PLACES[number % len(_PLACES)]}s novada {number + 1}. VPVKAC",
                short_name=f"{number + 1}. VPVKAC",
                municipality=municipalities[number % MUNICIPALITIES],
            )
            for number, key in enumerate(centres)
        },
        hotlines={common.number: common, **{one.number: one for one in _hotlines(centres)}},
        agents={one.agent_id: one for one in _agents(centres)},
        limits=CallLimits(caller_in_ten_min=2_000, caller_at_once=2_000),
    )


def _hotlines(centres: list[str]) -> Iterator[Hotline]:
    for number, centre in enumerate(centres):
        text = f"{number + 1}. VPVKAC"
        yield Hotline(
            number=f"6{number:07}",
            labels={"lv": text, "en": text},
            flow="hotline",
            centre_id=centre,
            calendar_id="hotline",
        )


def _agents(centres: list[str]) -> Iterator[AgentProfile]:
    for number in range(FIRST, FIRST + AGENTS):
        languages = {"lv": 5} | ({"ru": 3} if number % 16 == 0 else {})
        yield AgentProfile(
            agent_id=f"a{number}",
            name=f"{_GIVEN[number % len(_GIVEN)]} {_FAMILY[number % len(_FAMILY)]} {number}",
            centre_id=centres[number % len(centres)],
            endpoint=f"a-{number}",
            capability=capability(dict.fromkeys(_SKILLS, 3), languages),
        )


@dataclass(slots=True)
class Throng:
    """Makes them come to work, ring, wait, talk and finish, by the clock of their history."""

    story: History
    chance: random.Random = field(default_factory=lambda: random.Random(1))  # noqa: S311 - a play
    called: int = FIRST

    def come(self) -> None:
        """Everybody is at work; the calls have come in over the last ten minutes."""
        began = self.story.at
        self.story.clock_steps(-3700.0)
        for number in range(FIRST, FIRST + AGENTS):
            self.story.at = began - 3600 + self.chance.random() * 1800
            self.story.ready(number)
        for index in range(CALLS):
            self.story.at = began - 600 + 590 * index / CALLS
            self.rings(russian=index % 2 == 0)
            self._answer()
        self.story.at = began
        for agent in self._in(State.READY)[:60]:
            self._leaves(agent)

    def second(self, calls: float = 1.0) -> None:
        """What one second brings: so many calls come, and as many talks end."""
        many = int(calls) + (self.chance.random() < calls % 1)
        for _ in range(many):
            self.rings(russian=self.chance.random() < 1 / 8)
            self._one_hangs_up()
        self._answer()
        for agent_id in self._in(State.WRAP_UP)[:many]:
            agent = self.story.world.agents[agent_id]
            self.story.saves(int(agent_id[1:]), agent.unsaved[0])
        if away := self._in(State.NOT_READY):
            self.story.ready(int(self.chance.choice(away)[1:]))
        if here := self._in(State.READY):
            self._leaves(self.chance.choice(here))

    def rings(self, *, russian: bool) -> None:
        """One more, at the common number or at a centre's own."""
        number, self.called = self.called, self.called + 1
        hotlines = tuple(self.story.world.network.hotlines)
        dialled = hotlines[0] if self.chance.random() < 0.5 else self.chance.choice(hotlines)
        self.story.arrives(number, caller=f"+3712{number % 10**7:07}", dialled=dialled)
        if russian:
            self.story.presses(number, RUSSIAN)
        self.story.presses(number, self.chance.choice((BENEFITS, DOCUMENTS, TAXES)))

    def _answer(self) -> None:
        for call in self._calls(Phase.OFFERED):
            self.story.leg_answers(int(call.call_id, 16))

    def _one_hangs_up(self) -> None:
        if talking := self._calls(Phase.TALKING):
            self.story.hangs_up(int(self.chance.choice(talking).call_id, 16))

    def _leaves(self, agent_id: str) -> None:
        self.story.not_ready(int(agent_id[1:]), self.chance.choice(_AWAY))

    def _in(self, state: State) -> list[str]:
        agents = self.story.world.agents.values()
        return [one.agent_id for one in agents if one.state is state]

    def _calls(self, phase: Phase) -> list[Call]:
        return [one for one in self.story.world.calls.values() if one.phase is phase]
