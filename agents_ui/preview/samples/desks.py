"""Sample desks: a scene for each state that an agent's page knows."""

from __future__ import annotations

from agents_ui.desk.port import CallbackView, CallView, DeskView, LineView, PastContact
from agents_ui.preview.samples.topics import BENEFITS, FAMILY, STATE, VIESITE


def call(now: float, **changes: object) -> CallView:
    """A call that has just been offered at `now`."""
    values: dict[str, object] = {
        "call_id": "c-1",
        "offer_id": "o-1",
        "phase": "ringing",
        "queue": "benefits",
        "queue_label": BENEFITS,
        "path": (STATE, FAMILY),
        "language": "lv",
        "caller": "+37129000045",
        "dialled": "+37160000100",
        "dialled_label": VIESITE,
        "arrived_at": now - 101,
        "queued_at": now - 72,
        "offered_at": now,
        "ring_until": now + 20,
        "answered_at": None,
        "held_since": None,
        "ended_at": None,
        "wrap_up_until": None,
        "note": "",
        "note_version": 0,
        "identified_level": 0,
        "suggested": ("child-care-benefit", "family-benefit", "birth-benefit"),
        "kind": "consultation",
        "services": (),
        "outcome": "",
        "saved": False,
    }
    return CallView(**{**values, **changes})  # type: ignore[arg-type]


def callback(now: float, *, calling: bool) -> CallView:
    """A promise of this morning, rung once before in vain."""
    promise = CallbackView(
        asked_at=now - 9000,
        due_at=now + 5400,
        attempt=2,
        attempts=3,
        calling=calling,
    )
    until = None if calling else now + 20
    return call(now, queued_at=now - 9000, ring_until=until, callback=promise)


def talk(now: float, **changes: object) -> CallView:
    """A call in its fourth minute, with the beginning of a note."""
    values: dict[str, object] = {
        "phase": "talking",
        "ring_until": None,
        "arrived_at": now - 309,
        "queued_at": now - 280,
        "offered_at": now - 208,
        "answered_at": now - 204,
        "note": "Jautā, vai bērna kopšanas pabalstu var pieprasīt par iepriekšējiem mēnešiem.",
        "note_version": 3,
        "services": ("child-care-benefit",),
    }
    return call(now, **{**values, **changes})


def wrap_up(now: float, **changes: object) -> CallView:
    """A call that ended eight seconds ago."""
    values: dict[str, object] = {
        "phase": "wrap_up",
        "ended_at": now - 8,
        "wrap_up_until": now + 52,
        "identified_level": 1,
        "outcome": "answered",
        "end": "caller",
    }
    return talk(now, **{**values, **changes})


def desk(now: float, **changes: object) -> DeskView:
    """The desk of an agent who is ready, with the phone and the microphone in order."""
    values: dict[str, object] = {
        "seq": 1,
        "at": now,
        "state": "READY",
        "reason": None,
        "since": now - 252,
        "wanted": "READY",
        "wanted_reason": None,
        "phone": True,
        "microphone": True,
        "telephony": True,
        "call": None,
        "unsaved": (),
        "line": LineView(waiting=3, longest_since=now - 107, service_level=0.86),
    }
    return DeskView(**{**values, **changes})  # type: ignore[arg-type]


def scene(name: str, now: float) -> DeskView:
    """The desk in a state of the agent's day; the names are those of `AGENTS`."""
    match name:
        case "start":
            return desk(now, state="NOT_READY", reason="shift", since=now - 5, wanted="NOT_READY")
        case "ringing":
            return desk(now, state="RESERVED", since=now, call=call(now))
        case "callback" | "calling":
            card = callback(now, calling=name == "calling")
            return desk(now, state="RESERVED", since=now, call=card)
        case "talking":
            return desk(now, state="TALKING", since=now - 204, call=talk(now))
        case "held":
            return desk(
                now,
                state="TALKING",
                since=now - 204,
                wanted="NOT_READY",
                wanted_reason="counter",
                call=talk(now, held_since=now - 35, identified_level=2),
            )
        case "rejoining":
            broken = talk(now, phase="rejoining")
            return desk(now, state="TALKING", since=now - 204, phone=False, call=broken)
        case "wrapup":
            return desk(now, state="WRAP_UP", since=now - 8, call=wrap_up(now))
        case "resting":
            return desk(
                now, state="NOT_READY", reason="rejected", since=now - 3, resting_until=now + 7
            )
        case "closed":
            return desk(now, state="NOT_READY", reason="closed", since=now - 600)
        case "mobile":
            return desk(now, state="RESERVED", since=now, call=call(now), device="mobile")
        case "unsaved":
            earlier = wrap_up(now - 900, call_id="c-0", offer_id="o-0", wrap_up_until=now - 840)
            return desk(now, unsaved=(earlier,))
        case "lost":
            return desk(now, state="NOT_READY", reason="phone", telephony=False, phone=False)
        case _:
            return desk(now)


def contacts(now: float, *, open_notes: bool) -> tuple[PastContact, ...]:
    """Three earlier contacts, with their notes where the agent has identified the caller."""
    day = 86_400.0
    rows = (
        (9, "consultation", "birth-benefit", "Bērna piedzimšanas pabalsts", "Childbirth benefit"),
        (9, "application", "family-benefit", "Ģimenes valsts pabalsts", "Family state benefit"),
        (171, "application", "residence", "Dzīvesvietas deklarēšana", "Declaring residence"),
    )
    return tuple(
        PastContact(
            at=now - days * day,
            kind=kind,
            services=(code,),
            topic={"lv": latvian, "en": english},
            centre="Ludzas KAC",
            outcome="answered",
            note="Iesniegums pieņemts, atbilde desmit darba dienās." if open_notes else "",
        )
        for days, kind, code, latvian, english in rows
    )
