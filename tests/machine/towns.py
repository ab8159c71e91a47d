"""Networks for histories: four centres, five agents, four queues with rings and head starts.

They differ in what an administrator may change while calls are under way.
"""

from __future__ import annotations

from dataclasses import replace

from contactcentre.core.config.callback_rules import DAY_MIN, CallbackRules
from contactcentre.core.config.crisis import Plan, Volunteer
from contactcentre.core.config.network import Centre, Hotline, Network
from contactcentre.core.config.notice import Notice
from contactcentre.core.config.offer_rules import OfferRules
from contactcentre.testing import START, capability, municipalities
from ivr.flow import parse
from routing.calendar import Calendar
from routing.circles import EVERYBODY, Circle, CirclePlan, Relax
from routing.listening import ListeningPolicy
from routing.model import AgentProfile, Queue
from routing.overflow import Overflow, Way
from routing.recording import RecordingPolicy
from routing.requirement import Capability
from routing.survey import SurveyPolicy

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
      2: {goto: urgent}
      3: {goto: own}
      4: {goto: callback}
      5: {goto: more}
  taxes:
    type: enqueue
    queue: taxes
    label: state
    prompts: []
  urgent:
    type: enqueue
    queue: urgent
    label: state
    prompts: []
  own:
    type: enqueue
    queue: own
    label: state
    prompts: []
  person:
    type: enqueue
    queue: general
    prompts: []
  more:
    type: menu
    prompts: [menu.matter]
    options:
      1: {goto: message}
      2: {goto: institution}
      3: {goto: bye}
      4: {goto: callback-why}
  callback: {type: callback, queue: general}
  callback-why: {type: callback, queue: general, question_s: 30}
  message: {type: voicemail, queue: general, max_s: 90, prompts: [voicemail.leave]}
  institution: {type: transfer, number: "64507020", prompts: [wait.connect]}
  bye: {type: hangup, prompts: [goodbye]}
"""

CHOICES = ("1", "1", "", "2", "3", "4", "4", "5", None)
"""What a citizen presses in the menu; None is nothing as yet."""

SHORT = """
schema: 1
version: 1
languages:
  lv: {}
start: news
default: person
nodes:
  news: {type: play, notices: true, prompts: [crisis.greeting], then: choice}
  choice: {type: menu, prompts: [crisis.menu], options: {1: {goto: taxes}, 4: {goto: callback}}}
  person: {type: enqueue, queue: general}
  taxes: {type: enqueue, queue: taxes}
  callback: {type: callback, queue: general}
"""

HOMEWARD = CirclePlan(
    circles=(
        Circle(kind="agent", lasts_s=5.0),
        Circle(kind="centre", lasts_s=8.0),
        Circle(kind="municipality", lasts_s=8.0),
        Circle(kind="region", lasts_s=8.0),
        Circle(kind="network", lasts_s=15.0),
        Circle(kind="network", relax=Relax(languages=("ru",))),
    )
)

STEPWISE = CirclePlan(
    circles=(
        Circle(kind="centre", lasts_s=6.0),
        Circle(kind="region", lasts_s=6.0),
        Circle(kind="network", lasts_s=10.0),
        Circle(kind="network", lasts_s=10.0, relax=Relax(skills_at_most=1)),
        Circle(kind="network", relax=Relax(skills_at_most=0, language_at_most=0)),
    )
)

AUTHORITY = CirclePlan(
    circles=(
        Circle(kind="municipality", lasts_s=6.0),
        Circle(kind="region", lasts_s=6.0),
        Circle(kind="network", lasts_s=10.0),
        Circle(kind="network", relax=Relax(any_authority=True)),
    )
)

NUMBERS = ("60000100", "60000101", "60000104")  # the common one, and those of c1 and c4
CALLERS = ("+37120000001", "+37120000002", "+37120000003", None)


def _agent(number: int, centre_id: str, able: Capability, *authorities: str) -> AgentProfile:
    return AgentProfile(
        agent_id=f"a{number}",
        name=f"Agent {number}",
        centre_id=centre_id,
        endpoint=f"a-{number}",
        capability=replace(able, authorities=authorities),
    )


AGENTS = {
    agent.agent_id: agent
    for agent in (
        replace(_agent(1, "c1", capability({"taxes": 3}, {"lv": 3})), table="t-1"),
        replace(_agent(2, "c1", capability({}, {"lv": 3}), "m1"), device="desk", table="t-2"),
        _agent(3, "c2", capability({"taxes": 1}, {"lv": 1})),
        replace(_agent(4, "c3", capability({"taxes": 2}, {"ru": 3})), table="t-4"),
        _agent(5, "c4", capability({"taxes": 2}, {"lv": 2, "ru": 2}), "m2", "m3"),
        replace(_agent(6, "c2", capability({}, {"lv": 3})), reserve=True),
    )
}


FLOOD = Plan(
    plan_id="flood",
    labels={"lv": "Plūdi", "en": "Flood"},
    announcement={"lv": "Plūdi."},
    flow="short",
    limits={"*": {"wrap_up_s": 10.0}, "general": {"head_start_s": 90.0}},
    volunteers={"a3": Volunteer(skills={"taxes": 3}), "a6": Volunteer(skills={"taxes": 2})},
)

KEYS = {
    "4": Way(do="callback"),
    "5": Way(do="voicemail"),
    "6": Way(do="queue", queue="urgent"),
}

PATIENT = (
    Overflow(when="full", size=2, do="voicemail"),
    Overflow(when="waited", after_s=300.0, do="callback"),
    Overflow(when="waited", after_s=400.0, do="hang_up"),
)

IMPATIENT = (
    Overflow(when="nobody", do="queue", queue="general"),
    Overflow(when="waited", after_s=45.0, do="queue", queue="urgent"),
    Overflow(when="waited", after_s=60.0, do="callback"),
)

OVERHEARD = ListeningPolicy(basis="rules", notice="wait.listening")

SHUT = (Overflow(when="closed", calendar="evening", do="callback"),)


RECORDED = RecordingPolicy(basis="x", notice="wait.recording", key="3", share=0.7)


def _queue(queue_id: str, **rules: object) -> Queue:
    queue = Queue(queue_id=queue_id, labels={"lv": queue_id}, ring_s=10.0, wrap_up_s=20.0)
    return replace(queue, **rules)  # type: ignore[arg-type]


QUEUES = {
    queue.queue_id: queue
    for queue in (
        _queue(
            "general",
            circles=HOMEWARD,
            keys=KEYS,
            overflow=PATIENT,
            listening=OVERHEARD,
            recording=RECORDED,
        ),
        _queue(
            "taxes",
            circles=STEPWISE,
            skills=(("taxes", 2),),
            head_start_s=20.0,
            keys=KEYS,
            overflow=IMPATIENT,
            recording=RECORDED,
        ),
        _queue(
            "urgent",
            head_start_s=45.0,
            keys={"4": KEYS["4"]},
            overflow=SHUT,
            listening=OVERHEARD,
            survey=SurveyPolicy(share=0.5),
        ),
        _queue("own", circles=AUTHORITY, level="municipal"),
    )
}

BRISK = OfferRules(
    rejected_s=4.0,
    busy_s=4.0,
    missed_s=9.0,
    unreachable_s=6.0,
    misses=2,
    again_s=5.0,
    absent_s=100.0,
)

AROUND_THE_CLOCK = CallbackRules(
    from_minute=0, until_minute=DAY_MIN, retry_after_s=(40.0,), ring_s=30.0
)

ALL_DAY = ((0, DAY_MIN),)
MONDAY = 17 * 60  # histories begin thirteen minutes later

CALENDARS = {
    "pause": Calendar(weekly=(((0, MONDAY + 20), (MONDAY + 25, DAY_MIN)), *[ALL_DAY] * 6)),
    "evening": Calendar(weekly=(((0, MONDAY + 30),), *[ALL_DAY] * 6)),
}

STORM = Notice(notice_id="storm", texts={"lv": "Vētra."}, from_at=START - 60.0, queues=("taxes",))

FIRST = Network(
    version=1,
    municipalities=municipalities(m1="r1", m2="r1", m3="r2"),
    centres={
        key: Centre(
            centre_id=key,
            name=key,
            municipality=municipality,
            afar_per_hour=cap,
            calendar_id=hours,
        )
        for key, municipality, cap, hours in (
            ("c1", "m1", 3, None),
            ("c2", "m1", None, "pause"),
            ("c3", "m2", 0, None),
            ("c4", "m3", 1, "evening"),
        )
    },
    calendars=CALENDARS,
    offers=BRISK,
    callbacks=AROUND_THE_CLOCK,
    hotlines={
        number: Hotline(number=number, labels={"lv": number}, flow="hotline", centre_id=centre_id)
        for number, centre_id in zip(NUMBERS, (None, "c1", "c4"), strict=True)
    },
    queues=QUEUES,
    agents=AGENTS,
    flows={"hotline": parse(FLOW, name="hotline"), "short": parse(SHORT, name="short")},
    plans={FLOOD.plan_id: FLOOD},
    recordings=True,
)

LEARNED = replace(  # a2 has learned, a5 has left, a4 has no telephone on the table any more,
    # c1 takes less and c3 more from afar, a storm
    FIRST,
    version=2,
    notices=(STORM,),
    centres=FIRST.centres
    | {
        "c1": replace(FIRST.centres["c1"], afar_per_hour=1),
        "c3": replace(FIRST.centres["c3"], afar_per_hour=2),
    },
    agents={key: agent for key, agent in AGENTS.items() if key != "a5"}
    | {
        "a2": replace(AGENTS["a2"], capability=AGENTS["a1"].capability),
        "a4": replace(AGENTS["a4"], table=""),
    },
)

PLAIN = replace(  # no rings, caps or head starts, and nothing is urgent any more
    FIRST,
    version=3,
    centres={key: replace(one, afar_per_hour=None) for key, one in FIRST.centres.items()},
    offers=OfferRules(absent_s=150.0),
    callbacks=replace(AROUND_THE_CLOCK, until_minute=16 * 60),  # over for today
    queues={
        "general": replace(QUEUES["general"], circles=EVERYBODY, overflow=()),
        "taxes": replace(QUEUES["taxes"], circles=EVERYBODY, head_start_s=0.0, keys={}),
    },
)

MOVED = replace(  # rings the other way round, a centre closed for good, a3 moved, a2's phone new
    FIRST,
    version=4,
    callbacks=replace(AROUND_THE_CLOCK, until_minute=MONDAY + 40, retry_after_s=(20.0, 90.0)),
    centres={key: centre for key, centre in FIRST.centres.items() if key != "c1"},
    offers=replace(BRISK, misses=3, again_s=8.0),
    queues=QUEUES
    | {
        "general": replace(QUEUES["general"], circles=STEPWISE, head_start_s=60.0, keys={}),
        "taxes": replace(QUEUES["taxes"], circles=HOMEWARD, overflow=PATIENT[1:]),
        "urgent": replace(QUEUES["urgent"], circles=HOMEWARD),
    },
    agents=AGENTS
    | {
        "a2": replace(AGENTS["a2"], endpoint="b-2", table="v-2"),
        "a3": replace(AGENTS["a3"], centre_id="c4"),
    },
)

NETWORKS = {given.version: given for given in (FIRST, LEARNED, PLAIN, MOVED)}
