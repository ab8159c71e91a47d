"""The configuration in force: what people edit, as one frozen value that events replace whole."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated

from contactcentre.core.config.assignment import Assignment
from contactcentre.core.config.call_limits import CallLimits
from contactcentre.core.config.callback_rules import CallbackRules, spellings
from contactcentre.core.config.crisis import Plan
from contactcentre.core.config.notice import Notice
from contactcentre.core.config.offer_rules import OfferRules
from contactcentre.core.config.trunk import Number, Trunk, WayOut, ways_out
from ivr.flow import Flow
from routing.calendar import Calendar
from routing.model import AgentProfile, Device, Queue
from routing.scope import NOWHERE, Place
from routing.written import Labels, within

DEFAULT_QUEUE = "general"
"""Takes every call that no other queue takes, even where nobody has made it."""

STATE_LANGUAGE = "lv"

FlowKey = tuple[str, int]
"""A menu's name and the number of one published version of it."""


# These are the documents that people edit, too: see `contactcentre.core.config.document`.


@dataclass(frozen=True, slots=True, kw_only=True)
class Centre:
    """One customer service centre."""

    centre_id: str
    name: str
    municipality: str  # its id
    short_name: str = ""  # where there is little room, as in a row of a table
    calendar_id: str | None = None  # None is always open
    # Calls of other centres that its agents take in an hour.
    afar_per_hour: Annotated[int, within(0, 10_000, unit="calls")] | None = None

    @property
    def brief(self) -> str:
        """The short name, or the whole where it has none."""
        return self.short_name or self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Municipality:
    """A municipality, in its planning region (an id)."""

    municipality_id: str
    name: str
    region: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A planning region."""

    region_id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hotline:
    """A number that citizens dial: the common one, or a centre's own."""

    number: Number
    labels: Labels
    flow: str
    centre_id: str | None = None
    calendar_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """Everything that routing and the menus go by."""

    version: int
    centres: Mapping[str, Centre] = field(default_factory=dict)
    hotlines: Mapping[str, Hotline] = field(default_factory=dict)
    queues: Mapping[str, Queue] = field(default_factory=dict)
    agents: Mapping[str, AgentProfile] = field(default_factory=dict)
    assignments: Mapping[str, Assignment] = field(default_factory=dict)  # for today, by agent
    flows: Mapping[str, Flow] = field(default_factory=dict)
    earlier: Mapping[FlowKey, Flow] = field(default_factory=dict)  # only what calls are still in
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    plans: Mapping[str, Plan] = field(default_factory=dict)  # for a crisis, prepared
    announcements: tuple[str, ...] = ()  # prompts said wherever a menu says what is known
    crisis_flow: str = ""  # the menu to which callers in any other one come at their next step
    municipalities: Mapping[str, Municipality] = field(default_factory=dict)
    regions: Mapping[str, str] = field(default_factory=dict)  # names by id
    trunks: Mapping[str, Trunk] = field(default_factory=dict)  # in the order of preference
    offers: OfferRules = field(default_factory=OfferRules)
    languages: tuple[str, ...] = ("lv", "ru", "en")
    queue_languages: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    default_flow: str = "hotline"
    default_queue: str = DEFAULT_QUEUE
    default_calendar: str = "hotline"
    notices: tuple[Notice, ...] = ()
    callbacks: CallbackRules = field(default_factory=CallbackRules)
    limits: CallLimits = field(default_factory=CallLimits)
    in_crisis: bool = False  # the plan of one lies over it
    recordings: bool = False  # whether this installation records talks at all

    def hotline(self, dialled: str) -> Hotline:
        """The hotline of a dialled number; an unknown number gets the common menu."""
        known = self.hotlines.get(dialled)
        return known or Hotline(
            number=dialled, labels={"lv": dialled, "en": dialled}, flow=self.default_flow
        )

    def calendar_of(self, centre_id: str | None) -> Calendar | None:
        """The centre's own calendar, if it has one."""
        centre = self.centres.get(centre_id or "")
        return self.calendars.get(centre.calendar_id or "") if centre is not None else None

    def own_calendar(self, dialled: str) -> Calendar | None:
        """The calendar of a dialled number: its centre's, else its own, else the common one."""
        hotline = self.hotline(dialled)
        own = self.calendars.get(hotline.calendar_id or self.default_calendar)
        return self.calendar_of(hotline.centre_id) or own

    def place(self, centre_id: str | None) -> Place:
        """Where a centre stands; nowhere where it is not known."""
        centre = self.centres.get(centre_id or "")
        if centre is None:
            return NOWHERE
        around = self.municipalities.get(centre.municipality)
        region = around.region if around is not None else ""
        return Place(centre.centre_id, centre.municipality, region)

    def notices_at(self, home: Place) -> tuple[Notice, ...]:
        """What callers who belong there are told of."""
        return tuple(one for one in self.notices if one.concerns(home))

    def device(self, agent_id: str) -> tuple[Device, str]:
        """What an agent answers on, and the number where that is a mobile."""
        profile = self.agents.get(agent_id)
        device = profile.device if profile is not None else "browser"
        return device, profile.mobile if profile is not None and device == "mobile" else ""

    def with_devices(self, chosen: Mapping[str, Device]) -> Network:
        """The same where agents answer on what they have chosen, as far as they have it."""
        agents = {
            agent_id: replace(profile, device=device)
            for agent_id, device in chosen.items()
            if (profile := self.agents.get(agent_id)) is not None
            and device != profile.device
            and device in profile.devices
        }
        return replace(self, agents={**self.agents, **agents}) if agents else self

    def agent_at(self, endpoint: str) -> str | None:
        """Whose phone that is."""
        profiles = self.agents.values()
        return next((one.agent_id for one in profiles if endpoint in one.phones), None)

    def callback_number(self, text: str | None) -> str | None:
        """The number in E.164 if citizens may be rung back there; never one of our own."""
        return self._foreign(self.callbacks.number(text))

    def dialable(self, text: str | None) -> str | None:
        """The same of a number that an agent dials, a citizen's or an institution's."""
        return self._foreign(self.callbacks.outside(text))

    def _foreign(self, number: str | None) -> str | None:
        if number is None or not self.limits.may_dial(number):
            return None
        return None if any(own in self.hotlines for own in spellings(number)) else number

    @property
    def municipality_names(self) -> tuple[tuple[str, str], ...]:
        """Of each its id and what it is called."""
        return tuple((one.municipality_id, one.name) for one in self.municipalities.values())

    def shown_number(self, dialled: str) -> str:
        """The number that a citizen sees who is rung: the one that was dialled, if it is ours."""
        return dialled if dialled in self.hotlines else next(iter(self.hotlines), dialled)

    def ways_out(self, dialled: str, down: Collection[str] = ()) -> tuple[WayOut, ...]:
        """By which trunks a call may go out on behalf of that number of ours, the best first; those
        that are `down` come last."""
        place = self.place(self.hotline(dialled).centre_id)
        return ways_out(self.trunks.values(), dialled, place, down)

    def language_in(self, queue_id: str, chosen: str) -> str:
        """The caller's language where policy lets that queue take it, else the state language."""
        taken = self.queue_languages.get(queue_id, self.languages)
        return chosen if chosen in taken else STATE_LANGUAGE

    def queue(self, queue_id: str) -> Queue:
        """The queue of that name, or the one that takes everything, even if nobody made it yet."""
        known = self.queues.get(queue_id) or self.queues.get(self.default_queue)
        return known or Queue(
            queue_id=self.default_queue, labels={"lv": "Tālrunis", "en": "Hotline"}
        )
