"""A leg: one party whom we have rung in a contact, from the ringing to the end of its talk.

A contact has its legs beneath it, side by side, and several may be open at once. The citizen who
rang in has none here: that leg is the call itself.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from msgspec import Struct

from contactcentre.core.call.listening import Listening
from contactcentre.core.call.recorded import Recorded
from contactcentre.core.outcomes import Result
from contactcentre.core.values import replace
from routing.model import Device


class Party(StrEnum):
    """Who was rung."""

    AGENT = "agent"
    CITIZEN = "citizen"  # to be rung back
    OUTSIDE = "outside"  # a number that is not the hotline's
    SUPERVISOR = "supervisor"  # who listens to the talk


class Purpose(StrEnum):
    """What for."""

    ARRIVAL = "arrival"  # nobody was rung: the citizen rang in
    OFFER = "offer"  # an agent, out of the line
    REJOIN = "rejoin"  # an agent, back into the talk that was interrupted
    CALLBACK = "callback"  # the citizen, as promised
    TRANSFER = "transfer"  # somebody outside, to whom the caller goes
    CONSULT = "consult"  # whom the agent asks, while the caller hears music
    PASSED = "passed"  # rung for the caller by its agent's choice; the agent waits for the outcome
    LISTEN = "listen"  # a supervisor, to the talk: nobody need speak with that one
    HANDED = "handed"  # an agent, who has the caller from another: asked or rung before


OFFERS = (Purpose.OFFER, Purpose.REJOIN, Purpose.HANDED)
"""By these an agent comes to talk to the caller."""

ASIDE = (Purpose.CONSULT, Purpose.PASSED)
"""Beside the talk of caller and agent. Who takes the caller over has another purpose then."""


class Leg(Struct, frozen=True, kw_only=True):
    """Hold is the agent's: so long as this agent lets the caller hear music."""

    leg_id: str  # Asterisk's channel carries it as its account code; of an offer, the offer's id
    party: Party = Party.AGENT
    purpose: Purpose = Purpose.OFFER
    device: Device | Literal["telephone"] = "browser"  # what rang
    agent_id: str = ""
    number: str = ""  # of somebody outside
    by: str = ""  # the agent who has chosen it
    channel: str = ""  # Asterisk's name of it, once it is told
    circle: int = 0  # of an offer: the number of the queue's circle that had opened
    at: float
    ring_until: float
    dialed_at: float | None = None
    rang_at: float | None = None
    answered_at: float | None = None
    ended_at: float | None = None
    result: Result | None = None  # why it ended
    held_since: float | None = None
    hold_s: float = 0.0
    muted: bool = False  # by us: nobody hears its agent
    phone_holds: bool = False  # by a key of its own: whoever it is joined with then hears nothing
    via: str = ""  # the leg of the agent's other call by which this one is heard
    away: bool = False  # with the other call just now: its agent has two
    leashed: bool = False  # it has a leash of its own: it does not end with the caller's
    alone: bool = False  # and is on it, in no talk
    listening: Listening | None = None  # of who listens
    recorded: Recorded | None = None  # of an agent's

    @property
    def name(self) -> str:
        """What the exchange calls it."""
        return self.via or self.leg_id

    @property
    def rings(self) -> bool:
        """Whether it is still to be answered."""
        return self.answered_at is None and self.ended_at is None

    @property
    def talks(self) -> bool:
        """Whether it was answered and goes on."""
        return self.answered_at is not None and self.ended_at is None

    @property
    def goes_out(self) -> bool:
        """Whether the carrier takes money for it: a telephone elsewhere, an agent's mobile too."""
        mobile = self.device == "mobile" and not self.via
        return self.party in (Party.CITIZEN, Party.OUTSIDE) or mobile

    @property
    def paid_since(self) -> float | None:
        """Since it was answered; when somebody outside has lifted nobody tells, so since it was
        dialled. None: no money is taken (yet)."""
        since = self.at if self.party is Party.OUTSIDE else self.answered_at
        return since if self.goes_out else None

    @property
    def rejoin(self) -> bool:
        """Whether its agent was in the talk before."""
        return self.purpose is Purpose.REJOIN

    def held_s(self, at: float) -> float:
        """How long the caller has been on hold until then, in all."""
        return self.hold_s + (at - self.held_since if self.held_since is not None else 0.0)

    def over(self, at: float, result: Result) -> Leg:
        """The leg once it has ended; what is over stays as it is."""
        if self.ended_at is not None:
            return self
        hold_s = self.held_s(at)
        return replace(self, ended_at=at, result=result, held_since=None, hold_s=hold_s)
