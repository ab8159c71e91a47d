"""Citizens are rung: by one trunk after another until one has a line, in one codec at a time.

The call has two halves (`Local`), and what several sources say comes together in the first: music,
an agent, the next agent. What is recoded only after that the citizen may not hear: Asterisk's
recoder drops what is numbered lower than what came before (Debian's, that is, with its patch for
lost packets). So both halves speak what the citizen's line does, and since that is known only when
the carrier has answered, the carrier is offered nothing else. One that refuses it (SIP 488) and a
trunk without it are tried in the next codec, by a call of the same name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from contactcentre.core import effects, events
from contactcentre.core.config.trunk import Codec, WayOut
from contactcentre.core.outcomes import DialResult
from contactcentre.telephony.translation import NO_CODEC, trunk_endpoint

Action = Mapping[str, str | tuple[str, ...]]
"""The fields of an `Originate`."""

RING_BACK: Final = "Local/s@cc-ring-back/n"
"""Its second half rings the citizen by `Dial`, which forwards no call; the first is the leash's."""

LATER_S: Final = 3.0
"""The order to ring gives up so much later than the dial in it, which knows why."""

RETURN: Final = {"Context": "cc-return", "Exten": "s", "Priority": "1"}

FIRST: Final[Codec] = "alaw"
"""As inside: nothing is recoded then."""


@dataclass(slots=True)
class _Dial:
    """One citizen who is being rung."""

    order: effects.RingBack
    ways: Sequence[WayOut]
    codecs: list[Codec]  # not tried yet
    tried: set[str] = field(default_factory=set)  # trunks
    ends: int = 0  # of attempts that another followed
    failures: int = 0  # of attempts, as the answers to our orders tell them

    def next(self, *, refused: bool) -> Action | None:
        """The next codec, by whoever speaks it and has not said no: or to the last one only."""
        while self.codecs:
            codec = self.codecs.pop(0)
            lines = [way for way in self.ways if codec in way.codecs]
            if not refused:
                lines = [way for way in lines if way.trunk_id not in self.tried]
            if lines:
                self.tried |= {way.trunk_id for way in lines}
                return _originate(self.order, codec, lines)
        return None


class RingBacks:
    """Who is being rung, by the dial's name, and what is left to try."""

    def __init__(self) -> None:
        self._dials: dict[str, _Dial] = {}

    def begin(self, order: effects.RingBack, ways: Sequence[WayOut]) -> Action:
        """What to try first."""
        named = dict.fromkeys(codec for way in ways for codec in sorted(way.codecs, key=_recodes))
        self._dials[order.dial] = dial = _Dial(order, ways, list(named))
        return dial.next(refused=False) or _originate(order, FIRST, ())

    def again(self, ended: events.DialBackEnded, cause: int) -> Action | None:
        """What to try next, when a channel's end says that there was no line; None if nothing."""
        dial, action = self._dials.get(ended.dial), None
        if dial is not None and ended.result is DialResult.UNREACHABLE:
            dial.ends += 1
            action = dial.next(refused=cause == NO_CODEC)
        if action is None:
            self.forget(ended.dial)
        return action

    def failed(self, name: str) -> int:
        """An order's answer says that it came to nothing; which of them it was, from 1."""
        dial = self._dials.get(name)
        if dial is None:
            return 0
        dial.failures += 1
        return dial.failures

    def tries_on(self, name: str, failure: int) -> bool:
        """Whether the channel of that order has told its end, and the next attempt is made."""
        dial = self._dials.get(name)
        return dial is not None and failure <= dial.ends

    def forget(self, name: str) -> None:
        """The citizen has been reached, or is to be rung no more."""
        self._dials.pop(name, None)

    def forget_all(self) -> None:
        """The link is lost: how they end nobody tells us."""
        self._dials.clear()


def _recodes(codec: Codec) -> bool:
    return codec != FIRST


def _originate(order: effects.RingBack, codec: Codec, ways: Sequence[WayOut]) -> Action:
    lines = "&".join(f"{trunk_endpoint(way.trunk_id)}:{way.shown}" for way in ways)
    return {
        "Channel": RING_BACK,
        "ChannelId": order.dial,
        "Account": order.call_id,
        "CallerID": f"<{order.number}>",
        "Timeout": str(round((order.timeout_s + LATER_S) * 1000)),
        "Async": "true",
        "Codecs": codec,
        "Variable": (
            f"CC_CALL={order.call_id}",
            f"CC_HOTLINE={order.shown}",
            f"CC_LINES={lines}",
            f"CC_CODEC={codec}",
            f"CC_RING_S={round(order.timeout_s)}",
        ),
        **RETURN,
    }
