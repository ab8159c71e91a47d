"""Builders and a driver for histories: given these events, expect this state and these orders."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TypeVar

from contactcentre.core import commands, effects, events
from contactcentre.core.agent.state import Agent
from contactcentre.core.call.leg import Leg
from contactcentre.core.call.state import Call
from contactcentre.core.clock_step import ClockStepped
from contactcentre.core.config.call_limits import CallLimits
from contactcentre.core.config.network import Centre, Hotline, Municipality, Network
from contactcentre.core.outcomes import DialResult
from contactcentre.core.timers import Timer
from contactcentre.core.world import World
from ivr.flow import Flow, parse
from routing.model import AgentProfile, Capability, Queue, levels

Order = TypeVar("Order", bound=effects.Effect)

START = 1_790_000_000.0

FLOW = """
schema: 1
version: 1
languages:
  lv: {}
labels:
  state: {lv: Valsts, en: State}
start: matter
default: person
nodes:
  matter:
    type: menu
    prompts: [menu.matter]
    options:
      1: {goto: taxes}
  taxes:
    type: enqueue
    queue: taxes
    label: state
    prompts: []
  person:
    type: enqueue
    queue: general
    prompts: []
"""

CALLBACK_FLOW = """
schema: 1
version: 1
languages:
  lv: {}
start: callback
default: callback
nodes:
  callback:
    type: callback
    queue: general
    prompts: []
"""

CALLBACK_HOTLINE = "60000109"
"""Whoever rings here asks to be rung back."""

MESSAGE_FLOW = """
schema: 1
version: 1
languages:
  lv: {}
start: message
default: message
nodes:
  message:
    type: voicemail
    queue: taxes
    prompts: [voicemail.leave]
"""

MESSAGE_HOTLINE = "60000108"
"""Whoever rings here leaves a voice message about taxes."""


def capability(skills: Mapping[str, int], languages: Mapping[str, int]) -> Capability:
    """What an agent can do."""
    return Capability(skills=levels(skills), languages=levels(languages))


def profile(number: int, *, taxes: bool = True, languages: str = "lv") -> AgentProfile:
    """Agent `a<number>` with phone `a-<number>`."""
    return AgentProfile(
        agent_id=f"a{number}",
        name=f"Agent {number}",
        centre_id="c1",
        endpoint=f"a-{number}",
        capability=capability(
            {"taxes": 1} if taxes else {}, dict.fromkeys(languages.split("+"), 3)
        ),
    )


def municipalities(**regions: str) -> dict[str, Municipality]:
    """Municipalities by their ids, each in its region."""
    return {
        key: Municipality(municipality_id=key, name=key, region=region)
        for key, region in regions.items()
    }


def network(*profiles: AgentProfile, ring_s: float = 20.0, wrap_up_s: float = 60.0) -> Network:
    """Two queues (taxes needs a skill, general does not), one centre, one hotline. In histories
    one telephone often rings for all."""
    queues = {
        "general": Queue(
            queue_id="general",
            labels={"lv": "Vispārīgi", "en": "General"},
            ring_s=ring_s,
            wrap_up_s=wrap_up_s,
        ),
        "taxes": Queue(
            queue_id="taxes",
            labels={"lv": "Nodokļi", "en": "Taxes"},
            skills=(("taxes", 1),),
            ring_s=ring_s,
            wrap_up_s=wrap_up_s,
        ),
    }
    return Network(
        version=1,
        limits=CallLimits(caller_in_ten_min=2_000, caller_at_once=2_000),
        regions={"r": "Zemgale"},
        municipalities=municipalities(m="r"),
        centres={"c1": Centre(centre_id="c1", name="Viesītes KAC", municipality="m")},
        hotlines={
            "60000100": Hotline(
                number="60000100", labels={"lv": "Tālrunis", "en": "Hotline"}, flow="hotline"
            ),
            CALLBACK_HOTLINE: Hotline(
                number=CALLBACK_HOTLINE,
                labels={"lv": "Atzvani", "en": "Call back"},
                flow="callback",
            ),
            MESSAGE_HOTLINE: Hotline(
                number=MESSAGE_HOTLINE,
                labels={"lv": "Balss ziņa", "en": "Voice message"},
                flow="message",
            ),
        },
        queues=queues,
        agents={one.agent_id: one for one in profiles},
        flows=_flows(),
    )


@cache
def _flows() -> Mapping[str, Flow]:
    return {
        "hotline": parse(FLOW, name="hotline"),
        "callback": parse(CALLBACK_FLOW, name="callback"),
        "message": parse(MESSAGE_FLOW, name="message"),
    }


def call_id(number: int) -> str:
    """A call id as the leash makes them."""
    return f"{number:032x}"


class History:
    """A World under test and a clock that moves only when told."""

    def __init__(self, given: Network) -> None:
        self.world = World(given)
        self.at = START
        self.orders: list[effects.Effect] = []

    def pass_s(self, seconds: float) -> None:
        """Let time go by."""
        self.at += seconds

    def clock_steps(self, by_s: float) -> None:
        """The wall clock is set, in no time."""
        self.at += by_s
        self.apply(ClockStepped(at=self.at, by_s=by_s))

    def apply(self, event: events.Event) -> list[effects.Effect]:
        """One event; its orders are also kept in `orders`."""
        made = self.world.apply(event)
        self.orders += made
        return made

    def ordered(self, kind: type[Order]) -> list[Order]:
        """All orders of a kind so far."""
        return [order for order in self.orders if isinstance(order, kind)]

    def call(self, number: int) -> Call:
        """A call, open or ended."""
        key = call_id(number)
        ended = {call.call_id: call for call in self.world.ended}
        return self.world.calls.get(key) or ended[key]

    def agent(self, number: int) -> Agent:
        """An agent."""
        return self.world.agents[f"a{number}"]

    # --- givens ----------------------------------------------------------------------------

    def ready(self, number: int) -> None:
        """The agent has logged in, the phone is registered, the microphone granted."""
        agent_id = f"a{number}"
        self.apply(commands.AgentLoggedIn(at=self.at, agent_id=agent_id))
        self.phone(number, reachable=True)
        self.apply(commands.MicrophoneReported(at=self.at, agent_id=agent_id, granted=True))
        self.apply(commands.ReadyChosen(at=self.at, agent_id=agent_id))

    def arrives(
        self, number: int, *, caller: str | None = "+37120000001", dialled: str = "60000100"
    ) -> None:
        """A call reaches the menu."""
        self.apply(
            events.CallArrived(
                at=self.at,
                call_id=call_id(number),
                channel=f"PJSIP/carrier-{number:08x}",
                channel_id=f"1.{number}",
                caller=caller,
                dialled=dialled,
            )
        )

    def presses(self, number: int, digits: str) -> None:
        """The caller answers the present question."""
        call = self.call(number)
        self.apply(
            events.DigitsEntered(
                at=self.at, call_id=call.call_id, step=call.channel.step, digits=digits
            )
        )

    def waits(self, number: int, digits: str = "1") -> None:
        """A call arrives and chooses its matter."""
        self.arrives(number)
        self.presses(number, digits)

    def leg_rings(self, number: int) -> Leg:
        """The agent's phone, for this call."""
        offer = self.call(number).offer
        assert offer is not None
        leg = f"PJSIP/a-{offer.agent_id[1:]}-{number:08x}"
        self.apply(events.LegDialed(at=self.at, offer_id=offer.leg_id, leg=leg))
        self.apply(events.LegRang(at=self.at, offer_id=offer.leg_id))
        return offer

    def leg_answers(self, number: int) -> None:
        """The agent's phone, rung for this call, is answered."""
        offer = self.leg_rings(number)
        self.apply(events.LegAnswered(at=self.at, offer_id=offer.leg_id))

    def dial_ends(self, number: int, result: DialResult) -> None:
        """The exchange's dial for the present offer comes back."""
        offer = self.call(number).offer
        assert offer is not None
        self.apply(
            events.DialEnded(
                at=self.at,
                call_id=call_id(number),
                offer_id=offer.leg_id,
                result=result,
            )
        )

    def hangs_up(self, number: int) -> None:
        """The caller is gone."""
        self.apply(events.CallerHungUp(at=self.at, call_id=call_id(number), cause=16))

    # --- callbacks -------------------------------------------------------------------------

    def asks_callback(self, number: int, *, caller: str = "+37120000001") -> str:
        """A caller asks to be rung back and hangs up; the id of the promise."""
        before = set(self.world.calls)
        self.arrives(number, caller=caller, dialled=CALLBACK_HOTLINE)
        self.hangs_up(number)
        (made,) = set(self.world.calls) - before
        return made

    def promise(self, key: str) -> Call:
        """A promise to ring back, open or ended."""
        ended = {call.call_id: call for call in self.world.ended}
        return self.world.calls.get(key) or ended[key]

    def leaves_message(self, number: int, *, caller: str | None = "+37120000001") -> str:
        """A caller says something after the tone and hangs up; the id of the message."""
        before = set(self.world.calls)
        self.arrives(number, caller=caller, dialled=MESSAGE_HOTLINE)
        self.message_recorded(number)
        self.hangs_up(number)
        (made,) = set(self.world.calls) - before
        return made

    def message_recorded(self, number: int, *, seconds: float = 12.5, sounds: bool = True) -> None:
        """What the caller has said is in a file."""
        call = self.call(number)
        self.apply(
            events.MessageRecorded(
                at=self.at,
                call_id=call.call_id,
                step=call.channel.step,
                recording=f"{call.call_id}-{call.channel.step}",
                seconds=seconds,
                sounds=sounds,
            )
        )

    def listens(self, agent: int, key: str) -> None:
        """The agent takes the message that was offered, and hears it."""
        offer = self.promise(key).offer
        assert offer is not None
        self.apply(commands.MessageOpened(at=self.at, agent_id=f"a{agent}", offer_id=offer.leg_id))

    def gives_back(self, agent: int, key: str) -> None:
        """The agent says no to a card, or has heard a message and leaves it for later."""
        offer = self.promise(key).offer
        assert offer is not None
        self.apply(commands.OfferRejected(at=self.at, agent_id=f"a{agent}", offer_id=offer.leg_id))

    def rings_back(self, agent: int, key: str) -> None:
        """The agent has read the card: the citizen is rung."""
        offer = self.promise(key).offer
        assert offer is not None
        self.apply(commands.RingBackChosen(at=self.at, agent_id=f"a{agent}", offer_id=offer.leg_id))

    def dialed(self, key: str) -> None:
        """The call to the citizen has left the exchange."""
        dial = self.promise(key).dial
        assert dial is not None
        self.apply(events.CitizenDialed(at=self.at, call_id=key, dial=dial.leg_id))

    def not_reached(self, key: str, result: DialResult = DialResult.NO_ANSWER) -> None:
        """The call to the citizen comes to nothing."""
        dial = self.promise(key).dial
        assert dial is not None
        self.apply(events.DialBackEnded(at=self.at, call_id=key, dial=dial.leg_id, result=result))

    def lifts(self, key: str, *, talked: bool = False) -> None:
        """The citizen who is rung back answers, and is on the leash."""
        self.apply(
            events.CallReturned(
                at=self.at,
                call_id=key,
                channel="PJSIP/carrier-000000cb",
                channel_id=self.promise(key).channel.unique_id or "1.99",
                caller="60000100",
                dialled="60000100",
                talked=talked,
            )
        )

    def links_up(self, *channels: events.Channel, reachable: tuple[str, ...] = ()) -> None:
        """The link to Asterisk is there, with these channels; all phones of agents at work too."""
        here = reachable or tuple(
            phone.endpoint
            for agent in self.world.agents.values()
            for phone in agent.phones
            if phone.reachable
        )
        self.apply(events.SnapshotTaken(at=self.at, channels=channels, reachable=here))

    # --- what agents and Asterisk do -------------------------------------------------------

    def talks(self, agent: int, number: int) -> None:
        """The agent logs in and answers a call of the general line, one second after it came."""
        self.ready(agent)
        self.waits(number, "")
        self.pass_s(1)
        self.leg_answers(number)

    def not_ready(self, number: int, reason: commands.ChosenReason) -> None:
        """The agent wants no calls."""
        self.apply(commands.NotReadyChosen(at=self.at, agent_id=f"a{number}", reason=reason))

    def phone(self, number: int, *, reachable: bool, contact: str = "") -> None:
        """The agent's phone in use registers, or is gone."""
        endpoint = self.agent(number).endpoint
        self.apply(
            events.PhoneSeen(at=self.at, endpoint=endpoint, reachable=reachable, contact=contact)
        )

    def rejects(self, agent: int, number: int) -> None:
        """The agent says no to the present offer of a call."""
        offer = self.call(number).offer
        assert offer is not None
        self.apply(commands.OfferRejected(at=self.at, agent_id=f"a{agent}", offer_id=offer.leg_id))

    def loses_audio(self, agent: int, number: int) -> None:
        """The agent's page leaves in mid-call."""
        self.apply(commands.AudioLost(at=self.at, agent_id=f"a{agent}", call_id=call_id(number)))

    def passes_on(self, agent: int, number: int, queue: str, service: str = "") -> None:
        """The agent passes the call on; the end of the talk is another fact."""
        self.apply(
            commands.QueueTransferChosen(
                at=self.at,
                agent_id=f"a{agent}",
                call_id=call_id(number),
                queue=queue,
                service=service,
            )
        )

    def saves(self, agent: int, call: int | str, *, finish: bool = True) -> None:
        """The agent saves the record of a call, by its number, or of a promise, by its id."""
        self.apply(
            commands.RecordSaved(
                at=self.at,
                agent_id=f"a{agent}",
                call_id=call_id(call) if isinstance(call, int) else call,
                kind="consultation",
                services=(),
                outcome="answered",
                finish=finish,
            )
        )

    def returns(
        self, number: int, *, queue: str = "", queued_at: float | None = None, talked: bool = False
    ) -> None:
        """The caller is on the leash again, with what the channel remembers."""
        self.apply(
            events.CallReturned(
                at=self.at,
                call_id=call_id(number),
                channel=f"PJSIP/carrier-{number:08x}",
                channel_id=f"1.{number}",
                caller="+37120000001",
                dialled="60000100",
                queue=queue,
                language="lv" if queue else "",
                queued_at=queued_at,
                arrived_at=queued_at,
                talked=talked,
            )
        )

    def fires(self, kind: str, key: str) -> None:
        """A timer is up."""
        self.apply(events.TimerFired(at=self.at, kind=Timer(kind), key=key))
