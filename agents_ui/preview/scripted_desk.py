"""What a desk looks like after a command, as far as pages and their tests have to see it."""

from __future__ import annotations

from dataclasses import replace

from agents_ui import ports


def after(view: ports.DeskView, command: ports.Command) -> ports.DeskView | None:
    """The desk after a command, None where the command does not fit."""
    match command:
        case ports.GoReady():
            return _want(view, "READY", None)
        case ports.GoNotReady(reason=reason):
            return _want(view, "NOT_READY", reason)
        case ports.RingBack():
            return _ring_back(view)
        case ports.WriteNote():
            return _write(view, command)
        case ports.Identify(call_id=call_id, level=level):
            return _edit(view, call_id, identified_level=level)
        case ports.SaveRecord(call_id=call_id):
            return _save(view, command)
    call = view.call
    match command:
        case ports.Reject(offer_id=offer_id) if call and call.offer_id == offer_id:
            return replace(
                view, state="NOT_READY", reason="missed", since=view.at, wanted="NOT_READY",
                call=None,
            )  # fmt: skip
        case ports.EndCall(call_id=call_id) if call and call.call_id == call_id:
            ended = replace(
                call, phase="wrap_up", ended_at=view.at, wrap_up_until=view.at + 60, end="agent",
                held_since=None,
            )  # fmt: skip
            return replace(view, state="WRAP_UP", since=view.at, call=ended)
        case ports.PassOn(call_id=call_id) if call and call.call_id == call_id:
            free = replace(view, state=view.wanted, reason=view.wanted_reason)
            return replace(free, since=view.at, call=None)
        case ports.TakeAgain(call_id=call_id) if call and call.call_id == call_id:
            return replace(view, phone=True, call=replace(call, phase="talking"))
        case ports.ExtendWrapUp(call_id=call_id) if call and call.wrap_up_until:
            return _edit(view, call_id, wrap_up_until=call.wrap_up_until + 30)
    return None


def _ring_back(view: ports.DeskView) -> ports.DeskView | None:
    call = view.call
    if call is None or call.callback is None or call.callback.calling:
        return None
    promise = replace(call.callback, calling=True)
    return replace(view, call=replace(call, callback=promise, ring_until=None))


def _want(view: ports.DeskView, wanted: ports.AgentState, reason: str | None) -> ports.DeskView:
    view = replace(view, wanted=wanted, wanted_reason=reason)  # type: ignore[arg-type]
    if view.state in {"RESERVED", "TALKING", "WRAP_UP"}:
        return view
    return replace(view, state=wanted, reason=reason, since=view.at)


def _edit(view: ports.DeskView, call_id: str, **changes: object) -> ports.DeskView | None:
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


def _write(view: ports.DeskView, note: ports.WriteNote) -> ports.DeskView | None:
    for call in (view.call, *view.unsaved):
        if call and call.call_id == note.call_id and call.note_version >= note.version:
            return view
    return _edit(view, note.call_id, note=note.text, note_version=note.version)


def _save(view: ports.DeskView, record: ports.SaveRecord) -> ports.DeskView | None:
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
