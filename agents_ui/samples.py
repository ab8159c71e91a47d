"""Sample people, calls, service cards and figures: what the fakes of `testing` hold at first.

Nobody here exists; the numbers are from ranges that nobody has.
"""

from __future__ import annotations

from dataclasses import replace

from agents_ui.ports import (
    AgentRow,
    Alarm,
    BoardView,
    CallbackRow,
    CallbackView,
    CallRow,
    CallView,
    CrisisLanguage,
    CrisisLimit,
    CrisisPlan,
    DeskView,
    LineView,
    Moment,
    Onward,
    PastContact,
    Person,
    QueueRow,
    ServiceCard,
    Why,
)

BENEFITS = {"lv": "Pabalsti un pensijas", "en": "Benefits and pensions"}
TAXES = {"lv": "Nodokļi", "en": "Taxes"}
DOCUMENTS = {"lv": "Personu dokumenti", "en": "Identity documents"}
STATE = {"lv": "Valsts", "en": "State"}
FAMILY = {"lv": "Ģimenei", "en": "Family"}
VIESITE = {"lv": "Viesītes KAC", "en": "Viesīte centre"}

AGENTS = {
    name: Person(
        user_id=f"u-{name}",
        name=full_name,
        role="agent",
        agent_id=f"a-{name}",
        centre=centre,
    )
    for name, full_name, centre in (
        ("start", "Anna Bērziņa", "Viesītes KAC"),
        ("idle", "Ilze Ozola", "Ludzas KAC"),
        ("ringing", "Māra Kļaviņa", "Salas KAC"),
        ("talking", "Pēteris Liepa", "Aknīstes KAC"),
        ("held", "Jana Vītola", "Alūksnes KAC"),
        ("rejoining", "Dace Kalniņa", "Preiļu KAC"),
        ("resting", "Sanita Egle", "Zilupes KAC"),
        ("closed", "Guna Bite", "Kārsavas KAC"),
        ("mobile", "Aija Roze", "Riebiņu KAC"),
        ("wrapup", "Juris Zariņš", "Krāslavas KAC"),
        ("unsaved", "Līga Eglīte", "Rēzeknes KAC"),
        ("lost", "Rasma Krūmiņa", "Balvu KAC"),
        ("callback", "Sandra Ābele", "Kārsavas KAC"),
        ("calling", "Toms Lagzdiņš", "Aglonas KAC"),
    )
}
SUPERVISOR = Person(user_id="u-board", name="Gunta Priede", role="supervisor", centre="Jēkabpils")
ADMIN = Person(
    user_id="u-admin", name="Andris Kārkliņš", role="admin", agent_id="a-admin", centre="Rīga"
)


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


CRISIS_PLANS = (
    CrisisPlan(
        plan_id="emergency",
        label={"lv": "Ārkārtas situācija", "en": "State of emergency"},
        announcement={
            "lv": "Svarīgs paziņojums. Izsludināta ārkārtas situācija.",
            "ru": "Важное сообщение. Объявлена чрезвычайная ситуация.",
            "en": "Important notice. A state of emergency has been declared.",
        },
        menu="short",
        languages=(
            CrisisLanguage(
                code="uk",
                basis="Ukrainas civiliedzīvotāju atbalsta likums",
                date="2026-01-15",
                approver="Tīkla vadītājs",
            ),
        ),
        limits=(
            CrisisLimit(queue=None, name="wrap_up_s", value=20.0),
            CrisisLimit(queue=BENEFITS, name="ring_s", value=15.0),
        ),
        volunteers=("Gunta Brīvprātīgā", "Normunds Talkotājs"),
    ),
    CrisisPlan(
        plan_id="storm",
        label={"lv": "Vētra", "en": "Storm"},
        announcement={"lv": "Vētras dēļ daudzviet nav elektrības."},
        menu="",
        languages=(),
        limits=(),
        volunteers=(),
    ),
)


ONWARD = (
    Onward(queue="benefits", label=BENEFITS, suggested=False, ready=2, at_work=5, waiting=5),
    Onward(queue="documents", label=DOCUMENTS, suggested=False, ready=4, at_work=6, waiting=3),
    Onward(queue="taxes", label=TAXES, suggested=False, ready=0, at_work=0, waiting=6),
)
QUEUE_OF = {"residence": "documents"}
"""The queue of a sample service; all others are benefits."""


def onward(service: str) -> tuple[Onward, ...]:
    """Where a call can be passed on to, with the queue of the service."""
    chosen = QUEUE_OF.get(service, "benefits") if service else ""
    return tuple(replace(each, suggested=each.queue == chosen) for each in ONWARD)


def board(now: float, seq: int = 1) -> BoardView:
    """A busy morning: one queue over its targets."""
    return BoardView(
        seq=seq,
        at=now,
        telephony=True,
        target_waiting=8,
        target_wait_s=120,
        target_service_level=0.8,
        answer_within_s=30,
        total=_row(now, "", {"lv": "Kopā", "en": "Total"}, 14, 252, 9, 376, 12, 0.78),
        queues=(
            _row(now, "taxes", TAXES, 6, 252, 0, 88, 7, 0.41),
            _row(now, "benefits", BENEFITS, 5, 72, 2, 141, 3, 0.77),
            _row(now, "documents", DOCUMENTS, 3, 22, 4, 147, 2, 0.88),
        ),
        agents=_agent_rows(now),
        calls=_call_rows(now),
        callbacks=_callback_rows(now),
        callbacks_waiting=4,
        alarms=(Alarm(code="database-behind", text="database-behind", since=now - 95),),
    )


def _row(
    now: float,
    queue: str,
    label: dict[str, str],
    waiting: int,
    longest_s: float,
    ready: int,
    answered: int,
    abandoned: int,
    level: float,
) -> QueueRow:
    return QueueRow(
        queue=queue,
        label=label,
        waiting=waiting,
        longest_since=now - longest_s,
        ready=ready,
        answered=answered,
        abandoned=abandoned,
        short_abandoned=1,
        service_level=level,
        service_level_today=level + 0.06,
        average_wait_s=31.5,
    )


def _agent_rows(now: float) -> tuple[AgentRow, ...]:
    states = (
        ("idle", "READY", None, 40, None),
        ("ringing", "RESERVED", None, 6, "benefits"),
        ("talking", "TALKING", None, 1120, "taxes"),
        ("held", "TALKING", None, 204, "benefits"),
        ("wrapup", "WRAP_UP", None, 130, "documents"),
        ("start", "NOT_READY", "counter", 1440, None),
        ("unsaved", "NOT_READY", "lunch", 610, None),
        ("lost", "NOT_READY", "phone", 90, None),
    )
    return tuple(
        AgentRow(
            agent_id=f"a-{name}",
            name=AGENTS[name].name,
            centre=AGENTS[name].centre,
            state=state,  # type: ignore[arg-type]
            reason=reason,
            since=now - since_s,
            queue=queue,
            languages=("lv", "ru") if since_s % 20 else ("lv", "ru", "en"),
        )
        for name, state, reason, since_s, queue in states
    )


def _call_rows(now: float) -> tuple[CallRow, ...]:
    states = (
        ("c-9", "taxes", "ru", "waiting", 260, None, None, None, ""),
        ("c-8", "benefits", "lv", "offered", 101, None, None, None, "Māra Kļaviņa"),
        ("c-7", "benefits", "lv", "talking", 309, 204, None, None, "Jana Vītola"),
        ("c-6", "documents", "en", "ended", 900, 850, 620, "answered", "Juris Zariņš"),
        ("c-5", "taxes", "ru", "ended", 1300, None, 1190, "abandoned", ""),
    )
    return tuple(
        CallRow(
            call_id=call_id,
            queue=queue,
            language=language,
            phase=phase,
            arrived_at=now - arrived_s,
            queued_at=now - arrived_s + 28,
            answered_at=None if answered_s is None else now - answered_s,
            ended_at=None if ended_s is None else now - ended_s,
            outcome=outcome,
            agent=agent,
        )
        for (
            call_id,
            queue,
            language,
            phase,
            arrived_s,
            answered_s,
            ended_s,
            outcome,
            agent,
        ) in states
    )


def _callback_rows(now: float) -> tuple[CallbackRow, ...]:
    rows = (
        ("cb-1", "taxes", "ru", "callback", -600, 0, None, ""),
        ("cb-2", "benefits", "lv", "calling", 5400, 2, None, "Toms Lagzdiņš"),
        ("cb-3", "benefits", "lv", "callback", 30_000, 1, 540, ""),
        ("cb-4", "documents", "en", "callback", 80_000, 0, None, ""),
    )
    return tuple(
        CallbackRow(
            call_id=call_id,
            queue=queue,
            language=language,
            phase=phase,
            asked_at=now + due_s - 90_000,
            due_at=now + due_s,
            attempts=attempts,
            most=3,
            not_before=None if pause_s is None else now + pause_s,
            agent=agent,
        )
        for call_id, queue, language, phase, due_s, attempts, pause_s, agent in rows
    )


def card(code: str, name: str, summary: str, term: str, **changes: object) -> ServiceCard:
    """A service card of the social insurance agency, free of charge."""
    values: dict[str, object] = {
        "code": code,
        "name": name,
        "institution": "VSAA",
        "level": "state",
        "summary": summary,
        "fee": "",
        "term": term,
        "channels": ("online", "in_person", "centre", "post"),
        "documents": "",
        "legal_act": "Valsts sociālo pabalstu likums",
        "checked_on": "2026-11-02",
    }
    return ServiceCard(**{**values, **changes})  # type: ignore[arg-type]


CARDS = {
    "lv": (
        card(
            "child-care-benefit",
            "Bērna kopšanas pabalsts",
            "Vecākam, kurš kopj bērnu līdz 2 gadu vecumam. Var pieprasīt par 6 mēnešiem atpakaļ.",
            "22 darba dienas",
            fee="bez maksas",
            documents="iesniegums; konta numurs",
        ),
        card(
            "family-benefit",
            "Ģimenes valsts pabalsts",
            "Ģimenei par katru bērnu no viena gada vecuma.",
            "10 darba dienas",
            fee="bez maksas",
            documents="iesniegums; konta numurs",
        ),
        card(
            "birth-benefit",
            "Bērna piedzimšanas pabalsts",
            "Vienreizējs pabalsts par katru jaundzimušo.",
            "8 darba dienas",
            fee="bez maksas",
            documents="iesniegums",
        ),
        card(
            "residence",
            "Dzīvesvietas deklarēšana",
            "Jauna adrese jādeklarē viena mēneša laikā.",
            "uzreiz",
            fee="4,27 EUR, tiešsaistē bez maksas",
            institution="Pašvaldība",
            level="municipal",
            documents="pase vai personas apliecība",
            legal_act="Dzīvesvietas deklarēšanas likums",
        ),
    ),
    "en": (
        card(
            "child-care-benefit",
            "Child care benefit",
            "For a parent who cares for a child under 2. Can be claimed 6 months back.",
            "22 working days",
            fee="free of charge",
            documents="application; account number",
        ),
        card(
            "family-benefit",
            "Family state benefit",
            "For the family, for every child from the age of one.",
            "10 working days",
            fee="free of charge",
            documents="application; account number",
        ),
        card(
            "birth-benefit",
            "Childbirth benefit",
            "Paid once for every newborn child.",
            "8 working days",
            fee="free of charge",
            documents="application",
        ),
        card(
            "residence",
            "Declaring residence",
            "A new address is to be declared within a month.",
            "at once",
            fee="4.27 EUR, online free of charge",
            institution="Municipality",
            level="municipal",
            documents="passport or identity card",
            legal_act="Declaration of Place of Residence Law",
        ),
    ),
}


WHY = {
    "lv": [
        "Zvans rindā gaida 40 s; tagad to piedāvā savam plānošanas reģionam.",
        "Prasības: krievu valoda, Nodokļi.",
        "Šobrīd nav brīva darbinieka, kas drīkst atbildēt.",
        "Ilze Ozola: nepietiek valodas prasmes: krievu valoda.",
        "Pēteris Liepa: sarunā.",
    ],
    "en": [
        "The call has waited 40 s in the queue and is now offered to its planning region.",
        "Required: Russian, Taxes.",
        "No agent who may answer is free at the moment.",
        "Ilze Ozola: does not know the language well enough: Russian.",
        "Pēteris Liepa: in a call.",
    ],
}
"""Why the sample call waits."""


def why(call: CallRow, locale: str) -> Why:
    """It waited for a wider ring, was missed once, and then answered, or waits still."""
    began, waits, reasons = call.arrived_at, call.phase == "waiting", tuple(WHY[locale])
    told = [
        Moment(at=began, kind="arrived"),
        Moment(at=began + 28, kind="queued", sentences=reasons),
        Moment(at=began + 48, kind="widened", sentences=reasons),
    ]
    if not waits:
        anna = "Anna Bērziņa"
        told.append(Moment(at=began + 50, kind="offered", agent=anna, sentences=reasons))
        told.append(Moment(at=began + 70, kind="missed", agent=anna))
    if call.ended_at is not None:
        told.append(Moment(at=call.ended_at, kind="ended", outcome=call.outcome or "unknown"))
    return Why(sentences=reasons if waits else (), moments=tuple(told))
