"""An agent at work: what is known. The transitions stand in `agent_table`."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from contactcentre.core.agent.memo import Memo
from contactcentre.core.outcomes import Result
from routing.model import Device


class State(StrEnum):
    """What the agent is doing, as the hotline sees it."""

    LOGGED_OUT = "LOGGED_OUT"
    NOT_READY = "NOT_READY"
    READY = "READY"
    RESERVED = "RESERVED"
    TALKING = "TALKING"
    WRAP_UP = "WRAP_UP"


class OtherCall(Struct, frozen=True, kw_only=True):
    """The other call of an agent who has two: its citizen waits, or is yet to be reached."""

    call_id: str
    offer_id: str
    rings: bool = True  # its card is read, or its citizen is rung


class AgentPhone(Struct, frozen=True, kw_only=True):
    """A phone that registers for the agent, as the exchange tells of it."""

    endpoint: str
    reachable: bool = False
    contact: str = ""  # where it registered last
    busy: bool = False  # in some call that is not ours


class Agent(Struct, frozen=True, kw_only=True):
    """The living state of one agent. `wanted_*` is the agent's last word and always wins."""

    agent_id: str
    endpoint: str
    name: str
    state: State = State.LOGGED_OUT
    reason: str | None = None
    since: float = 0.0
    idle_since: float = 0.0  # since the last call, or since the log-in
    wants_ready: bool = False
    wanted_reason: str = "shift"
    phone: bool = False
    contact: str = ""  # where the phone registered last
    unreachable_since: float | None = None  # free, and no phone can be rung
    gone_at: float | None = None  # logged out for that, and the agent has done nothing since
    busy: bool = False  # the phone is in some call that is not ours
    microphone: bool = False
    browser: bool = True  # a desk phone needs no microphone of ours
    mobile: bool = False  # reached over the carrier: taken for reachable while logged in
    chosen: Device | None = None  # what the agent answers on until the log-out, if not the usual
    spare: AgentPhone | None = None  # the other phone that registers, where there are two
    silent: bool = False  # was dialled and did not ring, and has shown no life since
    offer_id: str | None = None
    call_id: str | None = None
    beside: OtherCall | None = None
    last_dial: Result | None = None  # why nobody was reached, until the next call
    wrap_up_until: float | None = None
    unsaved: tuple[str, ...] = ()  # calls whose record is still open
    missed: int = 0  # in a row
    ready_at: float = 0.0  # when the agent last chose to be ready
    resting_until: float | None = None  # after an offer that came to nothing
    resting_for: str = ""  # why
    closed: bool = False  # the agent's centre
    help_since: float | None = None  # since when the agent asks a supervisor for help
    overtime: bool = False  # ready was chosen while it was closed
    memos: tuple[Memo, ...] = ()  # not seen yet

    @property
    def blocker(self) -> str | None:
        """Why calls can't come although the agent wants them; None when nothing is in the way."""
        if not self.connected:
            return "phone"
        if self.silent:
            return "silent"
        if self.browser and not self.microphone:
            return "microphone"
        if self.busy:
            return "busy"
        if self.closed and not self.overtime:
            return "closed"
        return self.resting_for if self.resting_until is not None else None

    @property
    def calls(self) -> tuple[str, ...]:
        """Those that the agent has, or is rung for: the one at hand first."""
        at_hand = (self.call_id,) if self.call_id else ()
        return (*at_hand, self.beside.call_id) if self.beside is not None else at_hand

    @property
    def connected(self) -> bool:
        """Whether there is a phone that could be dialled."""
        return self.phone or self.mobile

    @property
    def reachable(self) -> bool:
        """Whether there is a phone that can be rung."""
        return self.connected and not self.silent

    @property
    def in_use(self) -> AgentPhone:
        """The one that rings; beside a mobile the browser's stands by."""
        return AgentPhone(
            endpoint=self.endpoint, reachable=self.phone, contact=self.contact, busy=self.busy
        )

    @property
    def phones(self) -> tuple[AgentPhone, ...]:
        """All that register, the one in use first."""
        return (self.in_use, self.spare) if self.spare is not None else (self.in_use,)

    @property
    def leg_endpoint(self) -> str:
        """The phone at the end of the agent's leg; a mobile's leg is the carrier's line."""
        return "" if self.mobile else self.endpoint

    @property
    def works(self) -> bool:
        """Whether this agent is there for calls, if not for one more at this instant."""
        engaged = self.state in (State.RESERVED, State.TALKING, State.WRAP_UP)
        shut = self.closed and not self.overtime
        return self.state is not State.LOGGED_OUT and (engaged or (self.wants_ready and not shut))
