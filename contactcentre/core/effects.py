"""Orders, imperative. Adapters carry them out; the outcome comes back as an event.

`step` numbers the orders of one call; an answer that carries an older number is dropped.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from contactcentre.core.acts import Mode
from contactcentre.core.timers import Timer
from routing.model import Device


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """An order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEffect(Effect):
    """An order for the leash of one call; orders of one call are carried out in sequence."""

    call_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Play(CallEffect):
    """Play prompts, then report `PromptsPlayed`.

    `waits`: said to somebody who waits; it is cut short as soon as an agent's phone is to ring.
    `hurries`: whatever else is being said to somebody who waits is cut short for it.
    """

    step: int
    prompts: tuple[str, ...]
    language: str
    waits: bool = False
    hurries: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask(CallEffect):
    """Play prompts and take keys, then report `DigitsEntered`."""

    step: int
    prompts: tuple[str, ...]
    language: str
    max_digits: int
    terminator: str
    timeout_s: float
    barge_in: bool
    accept: str = "0123456789*#"


@dataclass(frozen=True, slots=True, kw_only=True)
class AskScore(CallEffect):
    """Ask for a key of 1 to 5, count it for the queue, thank whoever has pressed one, then report
    `PromptsPlayed`: the key itself is told to nobody."""

    step: int
    queue: str
    prompts: tuple[str, ...]
    thanks: tuple[str, ...]
    language: str
    timeout_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Record(CallEffect):
    """Record a voice message, then report `MessageRecorded`."""

    step: int
    max_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Music(CallEffect):
    """Let the caller hear music until the next order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepPlace(CallEffect):
    """Write the caller's place on the channel itself, so that it outlives this process."""

    queue: str
    language: str
    queued_at: float
    arrived_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepHoldWord(CallEffect):
    """Write on the channel itself how often the caller, who is on hold, is spoken to (0 is never):
    for whoever has the caller while no process of ours is there."""

    every_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Phone:
    """What rings at an agent: a phone that registers, or a mobile at its `number` (E.164)."""

    device: Device
    endpoint: str
    number: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring(CallEffect):
    """Ring an agent's phone and bridge on answer; report `DialEnded` when it is over.

    `auto` asks the browser to answer by itself (the agent comes back into the talk). Whoever
    answers a mobile must say so by a key before being bridged. `records`: the talk, into a file of
    the leg's name.
    """

    offer_id: str
    phone: Phone
    timeout_s: float
    auto: bool = False
    records: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer(CallEffect):
    """Dial an outside number of the allow-list and leave the call to it."""

    step: int
    number: str
    offer_id: str = ""  # of a leg whose answer is to be told
    timeout_s: float = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Join(CallEffect):
    """Let the caller and that leg hear each other; `DialEnded` when it is over.

    `adds`: the leg is in a talk, and stays there: the caller joins it.
    """

    offer_id: str
    leg: str
    adds: bool = False


@dataclass(frozen=True, kw_only=True)
class LegEffect(Effect):
    """An order for the leash of a leg that is alone; its orders are carried out in sequence."""

    __slots__ = ()
    offer_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RingAside(LegEffect):
    """Ring somebody for this leg, and let both hear each other; `LegDialEnded` when it is over.

    Who rings is an agent's phone, or a number outside (`phone` None), which sees `shown`, a number
    of ours.
    """

    rung_id: str  # the id of the leg that is made
    phone: Phone | None
    number: str = field(default="", repr=False)
    shown: str
    timeout_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinLegs(LegEffect):
    """Let this leg and another hear each other; `adds` as in `Join`."""

    leg: str
    adds: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LegMusic(LegEffect):
    """Let whoever is at the end of this leg hear music until the next order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listen(LegEffect):
    """Let this leg hear another one's talk, as the mode says, until that one ends; `LegDialEnded`
    when it has."""

    leg: str
    mode: Mode


@dataclass(frozen=True, slots=True, kw_only=True)
class RingListener(Effect):
    """Ring a supervisor's phone, whose leg then has a leash of its own; `LegHungUp` where that
    fails."""

    call_id: str
    offer_id: str
    phone: Phone
    timeout_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TryPhone(Effect):
    """Ring a phone that is free, say something to whoever answers, and repeat what comes back."""

    endpoint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Park(Effect):
    """Take an agent's leg out of whatever it is in, onto a leash of its own; `LegLeashed` follows.

    `fetches`: should no service be there, it takes its caller back by itself. Without a caller it
    is of somebody who only listens.
    """

    call_id: str
    offer_id: str
    leg: str
    caller: str  # the caller's channel
    fetches: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class HangUp(CallEffect):
    """End the call on purpose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recall(Effect):
    """Take the caller out of the talk and back on the leash."""

    call_id: str
    channel: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HangUpLeg(Effect):
    """Stop the agent's phone ringing, or end that leg."""

    offer_id: str
    leg: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerLeg(Effect):
    """Ask the telephone that rings there to answer by itself; one that can't rings on."""

    leg: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MuteLeg(Effect):
    """What is said on that leg is heard by nobody from now on, or is again."""

    leg: str
    muted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PressKey(Effect):
    """Let whoever is at the end of that leg hear the tone of a key."""

    leg: str
    digit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MuteRecording(Effect):
    """What is said on that leg is silence in its recording from now on, or is not any more."""

    offer_id: str
    leg: str
    muted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StopRecording(Effect):
    """Nothing of that leg is recorded: its caller has said no while it rang."""

    offer_id: str
    leg: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RingBack(Effect):
    """Ring a citizen, who is then put on the leash; report `DialBackEnded` when that fails.

    `dial` names the channel, so that the same order given twice rings once. Carried out only when
    the journal has it: whoever starts after a crash knows of every dial that there may have been.
    """

    call_id: str
    dial: str
    number: str = field(repr=False)  # E.164
    shown: str  # the hotline's number
    timeout_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SetMember(Effect):
    """Let the fallback queue ring this phone, or not (`paused`)."""

    endpoint: str
    paused: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawPhone(Effect):
    """Make the phone's secret worthless and forget where it is registered: its agent has logged out
    of the browser."""

    endpoint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StartTimer(Effect):
    """Report `TimerFired(kind, key)` in so many seconds; replaces one of the same name."""

    kind: Timer
    key: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelTimer(Effect):
    """Forget that timer."""

    kind: Timer
    key: str
