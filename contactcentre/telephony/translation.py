"""Asterisk's manager events turned into ours: a pure table, no memory.

Our ids travel as account codes (`CHANNEL(accountcode)` on the caller's leg, and on the agent's
before it rings), so every message says whose it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from contactcentre.core import events
from contactcentre.core.events import Where
from contactcentre.core.outcomes import DialResult
from contactcentre.telephony.digits import KEYS, are_digits, number
from routing.model import Device

Message = Mapping[str, str]
"""Header names to values; names match as Asterisk writes them."""

_CALL = re.compile(r"[0-9a-f]{32}")
_OFFER = re.compile(r"[0-9a-f]{32}-[0-9]+")
_DIAL = re.compile(r"cb-([0-9a-f]{32})-[0-9]+")


def is_call(account: str) -> bool:
    """Whether an account code is one of our call ids."""
    return _CALL.fullmatch(account) is not None


def is_offer(account: str) -> bool:
    """Whether an account code is one of our offer ids."""
    return _OFFER.fullmatch(account) is not None


CARRIER = "carrier"


def trunk_endpoint(trunk_id: str) -> str:
    """What Asterisk knows a trunk by; no phone may be named so."""
    return f"{CARRIER}_{trunk_id}"


def trunk_of(endpoint: str) -> str | None:
    """The trunk of that name; None of a phone."""
    kind, _, trunk_id = endpoint.partition("_")
    return trunk_id if kind == CARRIER else None


AUDIO_STOPPED = 44
"""Q.850 cause of a leg that Asterisk ended because its audio had stopped."""

CALL_REJECTED = 21
"""Q.850 cause of a phone that said no for good (SIP 603)."""

NORMAL = (0, 16)
"""Q.850 causes of a leg that was ended in order; 0 is none."""

RINGING = "Ringing"
"""The state of a channel whose phone has said that it rings (SIP 180)."""

_DIALS = {
    "NOANSWER": DialResult.NO_ANSWER,
    "BUSY": DialResult.BUSY,
    "CONGESTION": DialResult.DECLINED,
    "CANCEL": DialResult.CANCELLED,
}


NO_CODEC = 58
"""Q.850 cause of a call whose codecs the other side speaks none of (SIP 488)."""

NO_LINE = (34, 38, 41, 42, 47, NO_CODEC)
"""Q.850 causes of a call for which the network had no line: no circuit, out of order, failure,
congestion, no resource, no codec in common. A telephone that is switched off (20, 27) was tried."""


def has_no_line(status: str, cause: str) -> bool:
    """Whether a `Dial` that ended so says nothing of the telephone: no call has left by that trunk
    (DIALSTATUS and HANGUPCAUSE, as context `cc-ring-back` asks too)."""
    code = number(cause)
    return code in NO_LINE or (status == "CHANUNAVAIL" and code == 0)


_ENDS = {17: DialResult.BUSY, CALL_REJECTED: DialResult.DECLINED}


def dial_back_result(cause: int) -> DialResult:
    """Why a citizen whom we rang was not reached."""
    return DialResult.UNREACHABLE if cause in NO_LINE else _ENDS.get(cause, DialResult.NO_ANSWER)


def dial_result(status: str, cause: str, device: Device) -> DialResult:
    """What DIALSTATUS and HANGUPCAUSE mean after a `Dial` of that device.

    Our page declines with 480 or 486, so its "busy" is a no; another phone that says so is in a
    call of its own. A mobile that was answered without the key that accepts comes back as
    congestion (context `cc-mobile`), and so does the carrier's own, with a cause that says so.
    """
    code = number(cause)
    if status == "ANSWER":
        return DialResult.AUDIO_LOST if code == AUDIO_STOPPED else DialResult.ANSWERED
    if code == CALL_REJECTED or (status == "BUSY" and device == "browser"):
        return DialResult.DECLINED
    if status == "CONGESTION" and device == "mobile":
        return DialResult.NO_ANSWER if code in NORMAL else DialResult.UNREACHABLE
    return _DIALS.get(status, DialResult.UNREACHABLE)


_WHERE = {
    "Queue": Where.FALLBACK_QUEUE,
    "MusicOnHold": Where.FALLBACK_MUSIC,
    "Read": Where.WORDS,
    "Playback": Where.WORDS,
}
"""The applications that tell something. By the last two menus, waits and the fallback speak."""


def channel(message: Message) -> events.Channel:
    """One item of `CoreShowChannels`."""
    name = message.get("Channel", "")
    return events.Channel(
        channel=name,
        channel_id=message.get("Uniqueid", ""),
        our_id=message.get("AccountCode", ""),
        bridge=message.get("BridgeId", ""),
        rung=_is_rung(message),
        endpoint=_endpoint(name),
        where=_WHERE.get(message.get("Application", ""), Where.ELSEWHERE),
        rings=message.get("ChannelStateDesc") == RINGING,
    )


def _is_rung(message: Message) -> bool:
    """A call's legs are linked to the channel that it began with. A citizen whom we ring begins
    one, though linked to the agent's other call once the agent's leg was in both."""
    unique_id = message.get("Uniqueid", "")
    return unique_id != message.get("Linkedid") and _DIAL.fullmatch(unique_id) is None


def _endpoint(channel: str) -> str:
    """`PJSIP/a-1-0000002a` -> `a-1`; "" for channels that are no agent's phone."""
    technology, _, rest = channel.partition("/")
    endpoint = rest.rpartition("-")[0] if technology == "PJSIP" else ""
    return "" if trunk_of(endpoint) is not None else endpoint


def caller_of(text: str) -> str | None:
    """The caller's number in E.164; None when it is withheld or no number at all."""
    digits = text.removeprefix("+").removeprefix("00")
    if not are_digits(digits) or not 3 <= len(digits) <= 15:
        return None
    return (
        f"+371{digits}" if len(digits) == 8 and not text.startswith(("+", "00")) else f"+{digits}"
    )


def told_at(message: Message, now: float) -> float:
    """`timestampevents` gives Asterisk's own time of the event, by a wall clock that may be set
    while ours is not yet: nothing is of the future."""
    try:
        return min(float(message["Timestamp"]), now)
    except (KeyError, ValueError):
        return now


def _dial_begin(message: Message, at: float) -> events.Event | None:
    account = message.get("DestAccountCode", "")
    leg = message.get("DestChannel", "")
    dial = _DIAL.fullmatch(message.get("DestUniqueid", ""))
    if dial is not None:
        return events.CitizenDialed(at=at, call_id=dial[1], dial=dial[0])
    return events.LegDialed(at=at, offer_id=account, leg=leg) if is_offer(account) else None


def _new_state(message: Message, at: float) -> events.Event | None:
    account = message.get("AccountCode", "")
    rings = message.get("ChannelStateDesc") == RINGING
    return events.LegRang(at=at, offer_id=account) if rings and is_offer(account) else None


def _dial_state(message: Message, at: float) -> events.Event | None:
    """A network that lets us hear its own ringing (SIP 183) never says that the phone rings."""
    account = message.get("DestAccountCode", "")
    found = message.get("DialStatus") == "PROGRESS"
    return events.LegRang(at=at, offer_id=account) if found and is_offer(account) else None


def _dial_end(message: Message, at: float) -> events.Event | None:
    """Only the answer: how an unanswered dial ended comes from the leash, in its order."""
    account = message.get("DestAccountCode", "")
    answered = message.get("DialStatus") == "ANSWER"
    return events.LegAnswered(at=at, offer_id=account) if answered and is_offer(account) else None


def _hangup(message: Message, at: float) -> events.Event | None:
    account = message.get("AccountCode", "")
    cause = number(message.get("Cause", ""))
    if is_offer(account):
        return events.LegHungUp(at=at, offer_id=account, cause=cause)
    dial = _DIAL.fullmatch(message.get("Uniqueid", ""))
    if dial is not None and message.get("ChannelStateDesc") != "Up":
        result = dial_back_result(cause)
        return events.DialBackEnded(at=at, call_id=dial[1], dial=dial[0], result=result)
    if is_call(account) and not _is_rung(message):
        return events.CallerHungUp(at=at, call_id=account, cause=cause)
    return _foreign_leg(message, at, busy=False)


def _bridge_enter(message: Message, at: float) -> events.Event | None:
    """A phone in a call that the hotline did not offer: of the fallback queue, most likely."""
    return _foreign_leg(message, at, busy=True)


def _foreign_leg(message: Message, at: float, *, busy: bool) -> events.Event | None:
    if is_offer(message.get("AccountCode", "")):
        return None
    if not _is_rung(message):
        return None
    endpoint = _endpoint(message.get("Channel", ""))
    return events.PhoneBusy(at=at, endpoint=endpoint, busy=busy) if endpoint else None


def _hold(message: Message, at: float) -> events.Event | None:
    account = message.get("AccountCode", "")
    return events.HoldStarted(at=at, offer_id=account) if is_offer(account) else None


def _unhold(message: Message, at: float) -> events.Event | None:
    account = message.get("AccountCode", "")
    return events.HoldEnded(at=at, offer_id=account) if is_offer(account) else None


def is_callers_key(message: Message) -> bool:
    """Whether a caller has pressed a key, also one of whom we do not know yet."""
    pressed = message.get("Event") == "DTMFEnd" and message.get("Direction") == "Received"
    return pressed and message.get("Digit") in KEYS and not _is_rung(message)


def _dtmf_end(message: Message, at: float) -> events.Event | None:
    account = message.get("AccountCode", "")
    if not is_callers_key(message) or not is_call(account):
        return None
    return events.DigitPressed(at=at, call_id=account, digit=message.get("Digit", ""))


def _originate_response(message: Message, at: float) -> events.Event | None:
    """Only the failure: who has lifted is on the leash. Why, the channel's end says, before this or
    after it; where no channel was made nothing else is told, and no call has left.
    """
    unique_id = message.get("Uniqueid", "")
    failed = message.get("Response") == "Failure"
    if failed and is_offer(unique_id):
        return events.LegHungUp(at=at, offer_id=unique_id)
    dial = _DIAL.fullmatch(unique_id)
    if dial is None or not failed:
        return None
    result = DialResult.UNREACHABLE
    return events.DialBackEnded(at=at, call_id=dial[1], dial=dial[0], result=result)


_REACHABLE = {
    "Created": True,
    "Reachable": True,
    "NonQualified": True,
    "Removed": False,
    "Unreachable": False,
}


def _contact_status(message: Message, at: float) -> events.Event | None:
    reachable = _REACHABLE.get(message.get("ContactStatus", ""))
    endpoint = message.get("EndpointName", "") or message.get("AOR", "")
    if reachable is None or not endpoint:
        return None
    contact = message.get("URI", "")
    return events.PhoneSeen(at=at, endpoint=endpoint, reachable=reachable, contact=contact)


Translate = Callable[[Message, float], events.Event | None]

TABLE: Mapping[str, Translate] = {
    "DialBegin": _dial_begin,
    "Newstate": _new_state,
    "DialState": _dial_state,
    "DialEnd": _dial_end,
    "Hangup": _hangup,
    "BridgeEnter": _bridge_enter,
    "Hold": _hold,
    "Unhold": _unhold,
    "DTMFEnd": _dtmf_end,
    "ContactStatus": _contact_status,
    "OriginateResponse": _originate_response,
}


def translate(message: Message, now: float) -> events.Event | None:
    """The event that a manager message means for us; None where it means nothing.

    `now` stands in where the message carries no time of its own.
    """
    entry = TABLE.get(message.get("Event", ""))
    return entry(message, told_at(message, now)) if entry else None
