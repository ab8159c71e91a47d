"""What routing knows of queues and agents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from routing.circles import EVERYBODY, RingPlan
from routing.overflow import Overflow, Way
from routing.requirement import Capability, Levels, Requirement, levels
from routing.scope import NOWHERE, Place

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
    """

    queue_id: str
    labels: Mapping[str, str]
    skills: Levels = ()
    answer_within_s: float = 30.0
    short_abandon_s: float = 5.0
    ring_s: float = 20.0
    wrap_up_s: float = 60.0
    services: tuple[str, ...] = ()
    head_start_s: float = 0.0
    announce_s: float = 60.0  # position and wait are told so often; 0 is never
    rings: RingPlan = EVERYBODY
    level: Level = "state"  # municipal: the municipality's own agents know the answers
    keys: Mapping[str, Way] = field(default_factory=dict)  # what a waiting caller may press
    overflow: tuple[Overflow, ...] = ()  # the first that applies
    offer_callback_after_s: float = 0.0  # the key is told from this expected wait on
    keep_place_s: float = 600.0  # who rings again so soon after a dropped line stands as before


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentProfile:
    """An agent as configured; the living state is `contactcentre.core.agent.Agent`."""

    agent_id: str
    name: str
    centre_id: str
    endpoint: str
    capability: Capability = field(default_factory=Capability)
    device: Device = "browser"
    mobile: str = field(default="", repr=False)  # E.164; only of the device `mobile`
    place: Place = NOWHERE
    reserve: bool = False  # works only in a crisis whose plan names the agent
