"""The caller in the menus: the interpreter's orders turned into ours."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from math import inf

from contactcentre.core import effects, events
from contactcentre.core.call import demand, menu_versions, notices, recording_moves
from contactcentre.core.call.leg import Leg, Party, Purpose
from contactcentre.core.call.move import Change, Moved, enter, into, next_leg_id, with_leg
from contactcentre.core.call.offers import on_leash
from contactcentre.core.call.state import Call, CallRecord, Phase
from contactcentre.core.config import municipalities, opening
from contactcentre.core.config.network import Network
from contactcentre.core.events import Illegal
from contactcentre.core.outcomes import Outcome
from contactcentre.core.timers import Timer
from contactcentre.core.values import replace
from ivr import interpreter
from routing.calendar import local_minute
from routing.model import Queue

FIRST_WORDS_S = 10.0
"""So soon after the entry the caller hears for the first time where he stands."""

GOODBYE = "goodbye"
PLACE_KEPT = "wait.resumed"
CALLBACK_IMPOSSIBLE = "callback.impossible"
QUESTION = "callback.question"

MUNICIPALITY = "municipality"
"""The value under which a flow keeps the municipality that the caller chose."""


def facts(call: Call, at: float, network: Network) -> interpreter.Facts:
    """What the menus may know of the world at this instant."""
    return known(call.dialled, call.heard.notices, at, network)


def known(dialled: str, heard: Collection[str], at: float, network: Network) -> interpreter.Facts:
    """The same for whoever has dialled that number and has heard those notices (ids)."""
    weekday, minute = local_minute(at)
    here = network.notices_at(network.place(network.hotline(dialled).centre_id))
    return interpreter.Facts(
        dialled=dialled,
        weekday=weekday,
        minute=minute,
        calendars=opening.States(network, dialled, at),
        languages=network.languages,
        notices=(*network.announcements, *notices.untold(here, heard, at)),
        name=opening.name(dialled) if dialled in network.hotlines else "",
        opening=lambda: opening.opening(network, dialled, at),
        choices=lambda _: municipalities.choices(network, dialled),
    )


def begin(call: Call, at: float, network: Network) -> Moved:
    """Enter the menus from the start, or straight into the queue where there is no flow."""
    flow = network.flows.get(network.hotline(call.dialled).flow)
    if flow is None:
        return _enqueue(call, _straight_to(network.default_queue), at, network)
    known = facts(call, at, network)
    return _obey(call, interpreter.start(flow, known, language=call.language), at, network)


def _straight_to(queue: str) -> interpreter.EnqueueOrder:
    return interpreter.EnqueueOrder(
        queue=queue, matter=queue, service=None, services=(), skills=(), prompts=()
    )


def again(call: Call, at: float, network: Network) -> Moved:
    """Repeat the present node: the caller is back after a restart of ours."""
    flow = menu_versions.flow_of(call, network)
    if flow is None or call.choice.cursor is None:
        return begin(call, at, network)
    step = interpreter.resume(flow, call.choice.cursor, facts(call, at, network))
    return _obey(call, step, at, network)


def returned(call: Call, event: events.CallReturned, network: Network) -> Moved:
    """Back on the leash."""
    return again(on_leash(call, event), event.at, network)


def answer(call: Call, event: events.Event, network: Network) -> Moved:
    """The caller has heard or answered: go on in the flow."""
    if not isinstance(event, events.PromptsPlayed | events.DigitsEntered):
        raise Illegal
    flow = menu_versions.flow_of(call, network)
    if event.step != call.channel.step or call.choice.cursor is None:
        raise Illegal
    if flow is None:
        return again(call, event.at, network)
    heard = (
        interpreter.Digits(digits=event.digits)
        if isinstance(event, events.DigitsEntered)
        else interpreter.Played()
    )
    step = interpreter.advance(flow, call.choice.cursor, heard, facts(call, event.at, network))
    if _is_overtaken(call.choice.cursor, step, network):
        return begin(call, event.at, network)
    return _obey(call, step, event.at, network)


def _is_overtaken(cursor: interpreter.Cursor, step: interpreter.Step, network: Network) -> bool:
    """A crisis has begun and the menu is not over: whoever has chosen already is let through."""
    goes_on = isinstance(step.order, interpreter.PlayOrder | interpreter.AskOrder)
    return goes_on and network.crisis_flow not in ("", cursor.flow)


def _obey(call: Call, step: interpreter.Step, at: float, network: Network) -> Moved:
    choice = replace(call.choice, cursor=step.cursor)
    channel = call.channel.stepped()
    call = replace(call, choice=choice, language=step.cursor.language, channel=channel)
    return replace(_ordered(call, step.order, at, network), passages=step.passages)


def _ordered(call: Call, order: interpreter.Order, at: float, network: Network) -> Moved:
    match order:
        case interpreter.PlayOrder():
            call = notices.told(call, order.prompts, at)
            return Moved(call, (say(call, order.prompts),))
        case interpreter.AskOrder():
            return Moved(call, (_ask(call, order),))
        case interpreter.EnqueueOrder():
            return _enqueue(call, order, at, network)
        case interpreter.VoicemailOrder():
            call = enter(call, Phase.RECORDING, at).settled(Outcome.VOICEMAIL)
            choice = replace(call.choice, municipality=_municipality(call))
            call = replace(call, queue=order.queue, choice=choice)
            step, max_s = call.channel.step, float(order.max_s)
            record = effects.Record(call_id=call.call_id, step=step, max_s=max_s)
            return Moved(call, (say(call, order.prompts), record))
        case interpreter.CallbackOrder():
            choice = replace(call.choice, matter=order.matter, municipality=_municipality(call))
            call = replace(call, queue=order.queue, choice=choice)
            number = network.callback_number(order.number or call.caller)
            if number is None:
                call = call.settled(Outcome.SERVED_BY_MENU)
                return farewell(call, at, (CALLBACK_IMPOSSIBLE, GOODBYE))
            if order.question_s:
                return _question_asked(call, number, order, at)
            return callback_asked(call, number, at, order.prompts)
        case interpreter.TransferOrder():
            return _transfer(call, order, at)
        case interpreter.HangUpOrder():
            why = "" if opening.is_answered(network, call.dialled, at) else "closed"
            return farewell(call.settled(Outcome.SERVED_BY_MENU, why), at, order.prompts)


def _question_asked(call: Call, number: str, order: interpreter.CallbackOrder, at: float) -> Moved:
    """It is promised already, whatever the caller says, or does not say."""
    call = enter(_wants_callback(call, number), Phase.RECORDING, at)
    max_s = float(order.question_s)
    record = effects.Record(call_id=call.call_id, step=call.channel.step, max_s=max_s)
    return Moved(call, (say(call, (*order.prompts, QUESTION)), record))


def _transfer(call: Call, order: interpreter.TransferOrder, at: float) -> Moved:
    leg = Leg(
        leg_id=next_leg_id(call),
        party=Party.OUTSIDE,
        purpose=Purpose.TRANSFER,
        device="telephone",
        number=order.number,
        at=at,
        ring_until=at,
    )
    call = with_leg(enter(call, Phase.TRANSFERRED, at), leg).settled(Outcome.TRANSFERRED)
    dial = effects.Transfer(call_id=call.call_id, step=call.channel.step, number=order.number)
    return Moved(call, (say(call, order.prompts), dial))


def tell_waiting(call: Call, prompts: tuple[str, ...]) -> effects.Play:
    """Words to a caller in line."""
    return say(call, prompts, waits=True)


def tell_later(
    call: Call, network: Network, *, within_s: float = inf
) -> tuple[effects.StartTimer, ...]:
    """The next words to whoever waits; none where the queue has none."""
    every_s = network.queue(call.queue).announce_s
    if every_s <= 0:
        return ()
    seconds = min(within_s, every_s)
    return (effects.StartTimer(kind=Timer.ANNOUNCE, key=call.call_id, seconds=seconds),)


def first_words(change: Change) -> tuple[effects.StartTimer, ...]:
    """Whoever comes from the menu hears soon where he stands; then as often as the queue says."""
    from_menu = change.before is None or change.before.phase is Phase.MENU
    if not from_menu or change.after.phase is not Phase.WAITING:
        return ()
    return tell_later(change.after, change.network, within_s=FIRST_WORDS_S)


def say(
    call: Call, prompts: tuple[str, ...], *, waits: bool = False, hurries: bool = False
) -> effects.Play:
    """Words that are to be heard to their end."""
    return effects.Play(
        call_id=call.call_id,
        step=call.channel.step,
        prompts=prompts,
        language=call.language,
        waits=waits,
        hurries=hurries,
    )


def _ask(call: Call, order: interpreter.AskOrder) -> effects.Ask:
    return effects.Ask(
        call_id=call.call_id,
        step=call.channel.step,
        prompts=order.prompts,
        language=call.language,
        max_digits=order.max_digits,
        terminator=order.terminator,
        timeout_s=order.timeout_s,
        barge_in=order.barge_in,
        accept=order.accept,
    )


def _enqueue(call: Call, order: interpreter.EnqueueOrder, at: float, network: Network) -> Moved:
    queue = network.queue(order.queue)
    certain = (order.service,) if order.service else ()
    skills = order.skills or queue.skills
    waiting = replace(
        into(enter(call, Phase.WAITING, at), queue, network),
        choice=replace(
            call.choice,
            matter=order.matter or queue.queue_id,
            queue=call.choice.queue or queue.queue_id,
            skills=call.choice.skills if call.choice.queue else skills,
            municipality=_municipality(call),
        ),
        queueing=call.queueing.entered(
            at, skills=skills, services=(*certain, *order.services, *queue.services)
        ),
        record=CallRecord(services=certain),
    )
    here = network.notices_at(demand.home(waiting, network))
    known = notices.of_queue(here, call, queue.queue_id, at)
    waiting = notices.told(waiting, known, at)
    waiting, warned = warnings(waiting, queue, at, network)
    orders: tuple[effects.Effect, ...] = (keep_place(waiting),)
    if known or order.prompts:
        orders += (tell_waiting(waiting, (*known, *order.prompts)),)
    return Moved(waiting, (*orders, *warned, effects.Music(call_id=call.call_id)))


def warnings(
    call: Call, queue: Queue, at: float, network: Network
) -> tuple[Call, tuple[effects.Play, ...]]:
    """The words by which a caller learns that somebody may listen, and that the talk is recorded,
    once; none where nobody may, and nothing is.

    They are heard to their end, also where somebody is free at once: the phone rings after them.
    """
    heard, prompts = call.heard, list[str]()
    if queue.listening.allows and not heard.listening:
        heard = replace(heard, listening=True)
        prompts.append(queue.listening.notice)
    if heard.recording_at is None and recording_moves.would_record(call, queue, network):
        heard = replace(heard, recording_at=at)
        prompts.append(queue.recording.notice)
    told = replace(call, heard=heard)
    return told, (say(told, tuple(dict.fromkeys(prompts))),) if prompts else ()


def _municipality(call: Call) -> str:
    """Chosen in the menu, now or before."""
    cursor = call.choice.cursor
    chosen = cursor.value(MUNICIPALITY) if cursor is not None else None
    return chosen or call.choice.municipality


def keep_place(call: Call) -> effects.KeepPlace:
    """The caller's place, to be written on the channel."""
    return effects.KeepPlace(
        call_id=call.call_id,
        queue=call.queue,
        language=call.language,
        queued_at=call.queueing.place_at or call.queueing.queued_at or call.arrived_at,
        arrived_at=call.arrived_at,
    )


def keep_places(calls: Iterable[Call]) -> Iterator[effects.KeepPlace]:
    """The places of all who are in line, or may be again soon, written anew."""
    for call in calls:
        in_line = call.phase in (Phase.WAITING, Phase.OFFERED, Phase.REJOINING)
        if in_line and call.channel.leashed:
            yield keep_place(call)


def callback_asked(call: Call, number: str | None, at: float, prompts: tuple[str, ...]) -> Moved:
    """The caller wants to be rung back, at this number or the one that is calling."""
    return farewell(_wants_callback(call, number or call.caller), at, prompts)


def _wants_callback(call: Call, number: str | None) -> Call:
    end = replace(call.end, outcome=Outcome.CALLBACK, callback_to=number)
    return replace(call, end=end)


def farewell(call: Call, at: float, prompts: tuple[str, ...]) -> Moved:
    """Say the last words and hang up."""
    closing = enter(call, Phase.CLOSING, at)
    words = (say(closing, prompts),) if prompts else ()
    return Moved(closing, (*words, effects.HangUp(call_id=call.call_id)))
