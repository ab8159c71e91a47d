"""Facts, past tense. Every one carries `at`: seconds since the epoch, UTC.

Calls and offers are known by our own ids, which travel on the exchange's channels:
`call_id` on the caller's leg, `offer_id` (`call_id` + "-" + number) on the agent's.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from contactcentre.core.config.network import Network
from contactcentre.core.outcomes import DialResult
from contactcentre.core.timers import Timer


class Illegal(Exception):
    """An event that does not fit the phase, or an agent's state. Counted; nothing changes."""


class Undeclared(Illegal):
    """A move that led where its table does not say. A fault of ours; nothing changes either."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A fact."""

    at: float


@dataclass(frozen=True, kw_only=True)
class CallEvent(Event):
    """A fact about one call. (Of the bases, an event may have several: they hold no slots.)"""

    __slots__ = ()
    call_id: str


@dataclass(frozen=True, kw_only=True)
class LegEvent(Event):
    """A fact about one offer, or the agent's leg that came of it."""

    __slots__ = ()
    offer_id: str

    @property
    def call_id(self) -> str:
        """The call that was offered."""
        return self.offer_id.rpartition("-")[0]


@dataclass(frozen=True, kw_only=True)
class AgentEvent(Event):
    """A fact about one agent, or an agent's word on a call."""

    __slots__ = ()
    agent_id: str


# --- the caller's leg, from the leash ------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class CallArrived(CallEvent):
    """A caller reached us for the first time. `listed`: the number is on the abuse list."""

    channel: str
    channel_id: str
    caller: str | None
    dialled: str
    listed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CallReturned(CallEvent):
    """A caller whom we knew is on the leash again: after a restart, a redirect or the fallback.

    `queue`, `language` and `queued_at` were read back from the channel; empty in the menu.
    `talked`: an agent has answered, and that talk has come to its end: it was neither broken off by
    us nor lost with the agent's audio.
    """

    channel: str
    channel_id: str
    caller: str | None
    dialled: str
    queue: str = ""
    language: str = ""
    queued_at: float | None = None
    arrived_at: float | None = None
    talked: bool = False
    municipality: str = ""  # chosen in the menu
    listed: bool = False  # on the abuse list


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptsPlayed(CallEvent):
    """An order of ours to play was carried out."""

    step: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DigitsEntered(CallEvent):
    """The answer to a question by keypad; "" is silence."""

    step: int
    digits: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRecorded(CallEvent):
    """A voice message was left, in a file of that name.

    `sounds`: it is not mere silence. `full`: there was no room for it, and nothing was recorded.
    """

    step: int
    recording: str
    seconds: float
    sounds: bool = True
    full: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DialEnded(CallEvent):
    """The ringing for an offer (or a transfer, `offer_id` "") is over, or the talk after it, and
    the caller is on the leash.
    """

    offer_id: str
    result: DialResult


@dataclass(frozen=True, slots=True, kw_only=True)
class LeashLost(CallEvent):
    """The caller's socket closed with no word of a hang-up; the channel may still be there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerHungUp(CallEvent):
    """The caller's channel is gone. `cause` is Q.850, 0 where unknown."""

    cause: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CitizenDialed(CallEvent):
    """The call to a citizen whom we ring back has left the exchange. `dial` is `RingBack`'s."""

    dial: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DialBackEnded(CallEvent):
    """A citizen whom we rang was not reached; UNREACHABLE: no line led there, so nothing rang."""

    dial: str
    result: DialResult = DialResult.NO_ANSWER


# --- the agent's leg and phones ------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class LegDialed(LegEvent):
    """The agent's leg exists: the phone is about to ring."""

    leg: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LegRang(LegEvent):
    """The agent's phone rings, or the network that looks for a mobile lets itself be heard."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LegAnswered(LegEvent):
    """The agent's phone was answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LegHungUp(LegEvent):
    """The agent's leg is gone. `cause` is Q.850; 44 is a phone whose audio stopped."""

    cause: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LegLeashed(LegEvent):
    """The leg is alone on a leash of its own: taken there, or whatever it was in has ended."""

    leg: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LegDialEnded(LegEvent):
    """What another leg has rung this one for is over: it was not answered, or has gone."""

    result: DialResult


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldStarted(LegEvent):
    """The agent put the caller on hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldEnded(LegEvent):
    """The agent is back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DigitPressed(CallEvent):
    """The caller pressed a key outside a question."""

    digit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneSeen(Event):
    """Whether an endpoint is registered and can be reached, at which contact ("" if not told)."""

    endpoint: str
    reachable: bool
    contact: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneBusy(Event):
    """The phone is in (or out of) a call that the hotline did not offer."""

    endpoint: str
    busy: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundTalking(CallEvent, AgentEvent):
    """A caller was found in a talk that we know nothing of.

    The fallback queue rang the agent while we were away, or we did in our last moment.
    """

    leg: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FallbackEnded(CallEvent):
    """The exchange alone had a caller while we were away, and the caller has gone.

    `call_id` is a new one where we never had that caller. `endpoint` is the phone that answered.
    """

    channel_id: str
    caller: str | None
    dialled: str
    arrived_at: float
    queued_at: float
    answered_at: float | None
    endpoint: str
    ended_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TelephonyLost(Event):
    """The link to the exchange is down; calls go on there."""


class Where(StrEnum):
    """What a channel is in, as far as it matters."""

    FALLBACK_QUEUE = "fallback_queue"  # served by the exchange itself while we were away
    FALLBACK_MUSIC = "fallback_music"  # the same, where nobody was logged in
    WORDS = "words"  # something is being said, or asked
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One channel in a snapshot; `channel` and `channel_id` are the exchange's names for it."""

    channel: str
    channel_id: str
    our_id: str  # the call's or the offer's; "" where it is none of ours
    bridge: str  # those of one bridge hear each other; "" alone
    rung: bool  # for the call of another channel
    endpoint: str = ""  # the phone at its end; "" of the carrier's lines
    where: Where = Where.ELSEWHERE
    rings: bool = False  # the phone at its end


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotTaken(Event):
    """The link is up and this is all that the exchange has now."""

    channels: tuple[Channel, ...]
    reachable: tuple[str, ...]  # the endpoints that have a contact; all others have none
    restarted: bool = False  # the exchange itself is younger than our last snapshot


# --- the clock and the configuration -------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerFired(Event):
    """A timer that `StartTimer` set. `kind` says what for, `key` of what."""

    kind: Timer
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkPublished(Event):
    """A new configuration is in force, whole."""

    network: Network


@dataclass(frozen=True, slots=True, kw_only=True)
class CrisisSwitched(Event):
    """Somebody (`by` a name, `by_id` a log-in) put a plan in force until then, or ended it."""

    crisis_id: str
    on: bool
    by: str
    by_id: str
    plan_id: str = ""
    until: float = 0.0
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureAsked(Event):
    """A citizen's data are to be erased; nothing of that citizen's may be under way."""

    caller: str = field(default="", repr=False)  # E.164
    call_ids: tuple[str, ...] = ()  # of who shares the number with others


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceStarted(Event):
    """We are here (again); what was open in the journal has been laid out."""
