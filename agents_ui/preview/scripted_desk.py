"""What a desk looks like after a command, as far as pages and their tests have to see it."""

from __future__ import annotations

from dataclasses import replace

from agents_ui.desk import port
from agents_ui.shell.port import AgentState


def after(view: port.DeskView, command: port.Command) -> port.DeskView | None:
    """The desk after a command, None where the command does not fit."""
    match command:
        case port.GoReady():
            return _want(view, "READY", None)
        case port.GoNotReady(reason=reason):
            return _want(view, "NOT_READY", reason)
        case port.RingNow():
            return _ring_back(view)
        case port.WriteNote():
            return _write(view, command)
        case port.Identify(call_id=call_id, level=level):
            return _edit(view, call_id, identified_level=level)
        case port.OpenRecord():
            return view
        case port.SaveRecord(call_id=call_id):
            return _save(view, command)
    call = view.call
    match command:
        case port.Reject(offer_id=offer_id) if call and call.offer_id == offer_id:
            return replace(
                view, state="NOT_READY", reason="missed", since=view.at, wanted="NOT_READY",
                call=None,
            )  # fmt: skip
        case port.EndCall(call_id=call_id) if call and call.call_id == call_id:
            ended = replace(
                call, phase="wrap_up", ended_at=view.at, wrap_up_until=view.at + 60, end="agent",
                held_since=None,
            )  # fmt: skip
            return replace(view, state="WRAP_UP", since=view.at, call=ended)
        case port.PassOn(call_id=call_id) if call and call.call_id == call_id:
            free = replace(view, state=view.wanted, reason=view.wanted_reason)
            return replace(free, since=view.at, call=None)
        case port.TakeAgain(call_id=call_id) if call and call.call_id == call_id:
            return replace(view, phone=True, call=replace(call, phase="talking"))
        case port.ExtendWrapUp(call_id=call_id) if call and call.wrap_up_until:
            return _edit(view, call_id, wrap_up_until=call.wrap_up_until + 30)
    return None


def _ring_back(view: port.DeskView) -> port.DeskView | None:
    call = view.call
    if call is None or call.callback is None or call.callback.calling:
        return None
    promise = replace(call.callback, calling=True)
    return replace(view, call=replace(call, callback=promise, ring_until=None))


def _want(view: port.DeskView, wanted: AgentState, reason: str | None) -> port.DeskView:
    view = replace(view, wanted=wanted, wanted_reason=reason)  # type: ignore[arg-type]
    if view.state in {"RESERVED", "TALKING", "WRAP_UP"}:
        return view
    return replace(view, state=wanted, reason=reason, since=view.at)


def _edit(view: port.DeskView, call_id: str, **changes: object) -> port.DeskView | None:
    """The same desk with one of its calls changed."""
    calls = (view.call, *view.unsaved)
    if not any(call and call.call_id == call_id for call in calls):
        return None
    current, *unsaved = (
        replace(call, **changes)  # type: ignore[arg-type]
        if call and call.call_id == call_id
        else call
        for call in calls
    )
    return replace(view, call=current, unsaved=tuple(call for call in unsaved if call))


def _write(view: port.DeskView, note: port.WriteNote) -> port.DeskView | None:
    for call in (view.call, *view.unsaved):
        if call and call.call_id == note.call_id and call.note_version >= note.version:
            return view
    return _edit(view, note.call_id, note=note.text, note_version=note.version)


def _save(view: port.DeskView, record: port.SaveRecord) -> port.DeskView | None:
    edited = _edit(
        view,
        record.call_id,
        kind=record.kind,
        services=record.services,
        outcome=record.outcome,
        saved=True,
    )
    if edited is None:
        return None
    saved = replace(edited, unsaved=tuple(call for call in edited.unsaved if not call.saved))
    if record.finish and saved.state == "WRAP_UP":
        state, reason = saved.wanted, saved.wanted_reason
        return replace(saved, state=state, reason=reason, since=saved.at, call=None)
    return saved
