"""What routing knows of queues and agents."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Literal

from routing.circles import EVERYBODY, Circles
from routing.listening import ListeningPolicy
from routing.overflow import Keys, Overflow
from routing.recording import RecordingPolicy
from routing.requirement import Capability, Graded, Levels, Requirement, levels
from routing.scope import NOWHERE, Place
from routing.survey import SurveyPolicy
from routing.targets import Targets
from routing.written import Labels, within

__all__ = ["AgentProfile", "Capability", "Levels", "Queue", "Requirement", "levels"]

Level = Literal["state", "municipal"]
"""Whose services a queue is about."""

Device = Literal["browser", "desk", "mobile"]
"""What an agent answers on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """A logical queue: a matter, what it asks of an agent, and its promises.

    Priority is a head start: its calls stand in line as if they had come `head_start_s` earlier,
    so whoever waits longer than the greatest head start is before all who come later.

    This is also the document that people edit (`contactcentre.core.config.document`): a field that
    is added here is in the table, in the seed file and in the network.
    """

    queue_id: str
    labels: Labels
    skills: Graded = ()
    answer_within_s: Annotated[float, within(1, 3600)] = 30.0
    short_abandon_s: Annotated[float, within(0, 3600)] = 5.0
    ring_s: Annotated[float, within(1, 300)] = 20.0
    wrap_up_s: Annotated[float, within(0, 3600)] = 60.0
    services: tuple[str, ...] = ()
    head_start_s: Annotated[float, within(0, 3600)] = 0.0
    announce_s: Annotated[float, within(0, 3600)] = 120.0  # so often is the place told; 0 is never
    # So often is a caller on hold told that nobody has forgotten them; 0 is never.
    hold_word_s: Annotated[float, within(0, 3600)] = 45.0
    # From then on the desk reminds its agent of whoever is on hold; 0 is never.
    hold_remind_s: Annotated[float, within(0, 3600)] = 60.0
    circles: Circles = EVERYBODY
    level: Level = "state"  # municipal: the municipality's own agents know the answers
    keys: Keys = field(default_factory=dict)  # what a waiting caller may press
    overflow: tuple[Overflow, ...] = ()  # the first that applies
    # The key is told from this expected wait on.
    offer_callback_after_s: Annotated[float, within(0, 3600)] = 0.0
    # Who rings again so soon after a dropped line stands as before.
    keep_place_s: Annotated[float, within(0, 24 * 3600)] = 600.0
    targets: Targets = field(default_factory=Targets)  # from when on a supervisor should look
    listening: ListeningPolicy = field(default_factory=ListeningPolicy)
    recording: RecordingPolicy = field(default_factory=RecordingPolicy)
    survey: SurveyPolicy = field(default_factory=SurveyPolicy)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentProfile:
    """An agent as configured; the living state is `contactcentre.core.agent.Agent`."""

    agent_id: str
    name: str
    centre_id: str
    endpoint: str
    capability: Capability = field(default_factory=Capability)
    device: Device = "browser"  # the usual one, until the agent chooses
    table: str = ""  # the name of the telephone on the table at the exchange, where there is one
    mobile: str = field(default="", repr=False)  # E.164, where there is one
    place: Place = NOWHERE
    reserve: bool = False  # works only in a crisis whose plan names the agent

    @property
    def devices(self) -> tuple[Device, ...]:
        """What the agent has to answer on; a browser is everywhere."""
        table: tuple[Device, ...] = ("desk",) if self.table else ()
        mobile: tuple[Device, ...] = ("mobile",) if self.mobile else ()
        return ("browser", *table, *mobile)

    @property
    def phones(self) -> tuple[str, ...]:
        """What registers for the agent: the names at the exchange, the one in use first. (A mobile
        does not: beside it the browser's stands by.)"""
        both = (self.table, self.endpoint) if self.device == "desk" else (self.endpoint, self.table)
        return tuple(filter(None, both))
