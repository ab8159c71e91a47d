"""What people call the things of the network, their fields and what is wrong with them.

The one table of words: a field more in a document is a line more here (a test says so).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from agents_ui.network.port import Kind, PhoneMake
from agents_ui.shell import faults
from agents_ui.shell.texts import mark

Words = tuple[str, str]
"""The name of a field, and a hint."""

MAKES: Final[Mapping[PhoneMake, str]] = MappingProxyType(
    {
        "yealink": mark("a file for Yealink"),
        "snom": mark("a file for Snom"),
        "sheet": mark("a sheet to type from"),
    }
)
"""In whose words a telephone's settings are given out."""

KINDS: Final[Mapping[Kind, str]] = MappingProxyType(
    {
        "hotlines": mark("Numbers"),
        "queues": mark("Queues"),
        "centres": mark("Centres"),
        "agents": mark("Agents"),
        "calendars": mark("Hours"),
        "days_off": mark("Days off"),
        "municipalities": mark("Municipalities"),
        "regions": mark("Regions"),
    }
)

NEW: Final[Mapping[Kind, str]] = MappingProxyType(
    {
        "hotlines": mark("New number"),
        "queues": mark("New queue"),
        "centres": mark("New centre"),
        "agents": mark("New agent"),
        "calendars": mark("New hours"),
        "days_off": mark("New day off"),
        "municipalities": mark("New municipality"),
        "regions": mark("New region"),
    }
)

ABOUT: Final[Mapping[Kind, str]] = MappingProxyType(
    {
        "hotlines": mark("The numbers that citizens ring, and the menu that answers there."),
        "queues": mark("What callers wait for: whom it asks, and what it promises."),
        "centres": mark("Where the agents are, and when somebody is there."),
        "agents": mark("Who answers, what they know, and on what they answer."),
        "calendars": mark("Opening hours, which centres and numbers go by."),
        "days_off": mark(
            "Holidays for once, and working days that the Cabinet moves. The law's own are known."
        ),
        "municipalities": mark("Whose centres they are, and who answers about their services."),
        "regions": mark("Planning regions: the circle around a municipality."),
    }
)

WORDS: Final[Mapping[str, Words]] = MappingProxyType(
    {
        # numbers
        "Hotline.number": (mark("Number"), mark("As the carrier sends it, only digits.")),
        "Hotline.labels": (mark("What people call it"), ""),
        "Hotline.flow": (mark("Menu"), mark("What callers hear first.")),
        "Hotline.centre_id": (
            mark("Centre"),
            mark("Whose own number it is; blank: a number of the whole network."),
        ),
        "Hotline.calendar_id": (
            mark("Hours"),
            mark(
                "Of a number without a centre; blank: the hours called „hotline”, if there are any."
            ),
        ),
        # queues
        "Queue.labels": (mark("What people call it"), ""),
        "Queue.skills": (
            mark("What it asks of an agent"),
            mark("Skills and how well, from 1 to 5. None: everybody may answer."),
        ),
        "Queue.skills.key": (mark("Skill"), ""),
        "Queue.skills.value": (mark("At least"), ""),
        "Queue.answer_within_s": (
            mark("Answered within"),
            mark("So soon a call should be answered: the service level is reckoned by it."),
        ),
        "Queue.short_abandon_s": (
            mark("Hung up at once"),
            mark("Who leaves sooner does not count as lost."),
        ),
        "Queue.ring_s": (mark("Rings at one agent"), mark("Then the next one is asked.")),
        "Queue.wrap_up_s": (
            mark("Time for the record"),
            mark("After a call, before the next one."),
        ),
        "Queue.services": (
            mark("Service cards"),
            mark("Codes, with blanks between: they are offered first."),
        ),
        "Queue.head_start_s": (
            mark("Head start"),
            mark("Its callers stand as if they had come so much earlier."),
        ),
        "Queue.announce_s": (
            mark("The place is told every"),
            mark("0: never."),
        ),
        "Queue.hold_word_s": (
            mark("Whoever is on hold is told so every"),
            mark("Between the words there is music. 0: never."),
        ),
        "Queue.hold_remind_s": (
            mark("The agent is reminded of a hold after"),
            mark("By colour and a short tone at the desk. 0: never."),
        ),
        "Queue.circles": (
            mark("Who is asked, and for how long"),
            mark(
                "One circle after another, the last one the whole network. None: everybody at once."
            ),
        ),
        "Queue.level": (mark("Whose services"), ""),
        "Queue.keys": (mark("What a waiting caller may press"), ""),
        "Queue.keys.key": (mark("Key"), ""),
        "Queue.overflow": (
            mark("When waiting is no use"),
            mark("The first that applies is done."),
        ),
        "Queue.offer_callback_after_s": (
            mark("A callback is offered from a wait of"),
            mark("0: always."),
        ),
        "Queue.keep_place_s": (
            mark("The place is kept"),
            mark("For who rings again after a line was dropped."),
        ),
        "Queue.listening": (
            mark("Whether supervisors may listen"),
            mark("Only where both are filled in."),
        ),
        "ListeningPolicy.basis": (mark("By what right"), mark("The law or decision.")),
        "ListeningPolicy.notice": (
            mark("What callers hear before they wait"),
            mark("The name of a prompt."),
        ),
        "Queue.recording": (
            mark("Whether talks are recorded"),
            mark("Only where basis and notice are filled in, and CC_RECORDINGS is on."),
        ),
        "RecordingPolicy.basis": (mark("By what right"), mark("The law or decision.")),
        "RecordingPolicy.notice": (
            mark("What callers hear before they wait"),
            mark("The name of a prompt, which also tells the key."),
        ),
        "RecordingPolicy.key": (mark("Key by which a caller says no"), ""),
        "RecordingPolicy.share": (
            mark("Share of calls that is recorded"),
            mark("0 to 1; chance chooses them."),
        ),
        "Queue.survey": (
            mark("Whether callers are asked how it was"),
            mark("After the talk, by one key; nobody in a crisis. No answer is tied to a call."),
        ),
        "SurveyPolicy.share": (mark("Share of callers that is asked"), mark("0: nobody.")),
        "SurveyPolicy.prompt": (
            mark("The question"),
            mark("The name of a prompt that asks for a key of 1 to 5."),
        ),
        "Queue.targets": (mark("When a supervisor should look"), ""),
        "Targets.longest_wait_s": (mark("Somebody waits longer than"), ""),
        "Targets.service_level": (
            mark("Share that is answered in time"),
            mark("From 0 to 1: 0.75 is three of four."),
        ),
        "Targets.waiting": (mark("More callers wait at the same time than"), ""),
        "Targets.abandoned_share": (
            mark("Greatest share that hangs up while waiting"),
            mark("Of a day, those who hung up at once apart. From 0 to 1: 0.05 is one of twenty."),
        ),
        "Targets.ready": (mark("Fewer agents are ready than"), ""),
        "Targets.occupancy": (
            mark("Greatest share of agents with a caller"),
            mark("Of those who are ready or busy. From 0 to 1: 0.85 is 17 of 20."),
        ),
        "Targets.wrap_up_s": (mark("A wrap-up lasts longer than"), mark("Seconds.")),
        "Targets.hold_s": (mark("A caller is on hold longer than"), mark("Seconds.")),
        "Targets.message_s": (
            mark("A voice message waits longer than"),
            mark("In opening hours; 86400 is a day."),
        ),
        "Circle.kind": (mark("Circle"), ""),
        "Circle.lasts_s": (mark("Alone for"), mark("Seconds, before the next circle opens.")),
        "Circle.relax": (mark("What it asks less"), ""),
        "Relax.skills_at_most": (mark("No skill above"), mark("0: none is asked for.")),
        "Relax.drop": (mark("Skills not asked for"), mark("With blanks between.")),
        "Relax.language_at_most": (mark("Language no better than"), mark("0: any will do.")),
        "Relax.languages": (mark("These languages will do, too"), mark("As in: ru en")),
        "Relax.any_authority": (mark("Everybody answers for the municipality"), ""),
        "Way.do": (mark("What is done"), ""),
        "Way.queue": (mark("To the queue"), mark("Only where callers go to another one.")),
        "Way.relax": (mark("What it asks less"), ""),
        "Way.prompts": (
            mark("Said before"),
            mark("Names of prompts, with blanks between; blank: the usual words."),
        ),
        "Way.max_s": (mark("Longest message"), mark("Seconds, from 5 to 600.")),
        "Overflow.when": (mark("When"), ""),
        "Overflow.after_s": (
            mark("After so many seconds"),
            mark("Only of: somebody waits so long."),
        ),
        "Overflow.size": (mark("Callers in the queue"), mark("Only of: so many are waiting.")),
        "Overflow.calendar": (
            mark("By these hours"),
            mark("Only of: it is closed. Blank: the common ones."),
        ),
        # centres
        "Centre.name": (mark("What it is called"), mark("In full, as citizens know it.")),
        "Centre.municipality": (mark("Municipality"), ""),
        "Centre.short_name": (
            mark("Short name"),
            mark("Where there is little room; blank: the name."),
        ),
        "Centre.calendar_id": (mark("Hours"), mark("Blank: always open.")),
        "Centre.afar_per_hour": (
            mark("Calls of other centres in an hour"),
            mark("More are not given to its agents. Blank: no limit."),
        ),
        # agents
        "AgentDocument.name": (mark("Name and surname"), ""),
        "AgentDocument.centre_id": (mark("Centre"), ""),
        "AgentDocument.endpoint": (
            mark("Telephone"),
            mark("The name by which the exchange knows it; blank: a fitting one is made."),
        ),
        "AgentDocument.skills": (
            mark("What the agent knows"),
            mark("From 1 to 5; calls are given to who knows enough."),
        ),
        "AgentDocument.skills.key": (mark("Skill"), ""),
        "AgentDocument.skills.value": (mark("How well"), ""),
        "AgentDocument.languages": (mark("Languages"), mark("From 1 to 5.")),
        "AgentDocument.languages.key": (mark("Language"), ""),
        "AgentDocument.languages.value": (mark("How well"), ""),
        "AgentDocument.device": (
            mark("Usually answers on"),
            mark("Until the agent chooses another on the desk, for that log-in."),
        ),
        "AgentDocument.table": (mark("Has a telephone on the table, too"), ""),
        "AgentDocument.mobile": (
            mark("Mobile number"),
            mark("With its country, as +37120000000. Blank: no calls there."),
        ),
        "AgentDocument.reserve": (
            mark("Only in a crisis"),
            mark("In reserve, until a plan that names the agent is switched on."),
        ),
        # hours
        "CalendarDocument.name": (mark("What it is called"), ""),
        "CalendarDocument.weekly": (
            mark("Week"),
            mark("As in 08:30-12:00, 12:30-17:00; a day that is blank is closed."),
        ),
        "CalendarDocument.exceptions": (
            mark("Other hours on single days"),
            mark("Blank hours: closed all day."),
        ),
        "CalendarDocument.exceptions.key": (mark("Day"), mark("As in 2026-12-30")),
        "CalendarDocument.exceptions.value": (mark("Hours"), ""),
        "CalendarDocument.public_holidays": (mark("Closed on public holidays"), ""),
        "CalendarDocument.moved_days": (mark("Follows working days that are moved"), ""),
        "CalendarDocument.eve_shorter_min": (
            mark("Shorter on the eve of a holiday by"),
            mark("Minutes; 60 by the Labour Law."),
        ),
        # days off
        "DayOff.day": (mark("Day off"), mark("As in 2026-12-24")),
        "DayOff.worked_on": (
            mark("Worked on instead"),
            mark("As in 2026-12-19; blank: a holiday for once."),
        ),
        # municipalities and regions
        "Municipality.name": (mark("What it is called"), ""),
        "Municipality.region": (mark("Planning region"), ""),
        "Region.name": (mark("What it is called"), ""),
        # parts
        "labels.lv": (mark("In Latvian"), ""),
        "labels.en": (mark("In English"), ""),
        "labels.ru": (mark("In Russian"), ""),
        "day.mon": (mark("Monday"), ""),
        "day.tue": (mark("Tuesday"), ""),
        "day.wed": (mark("Wednesday"), ""),
        "day.thu": (mark("Thursday"), ""),
        "day.fri": (mark("Friday"), ""),
        "day.sat": (mark("Saturday"), ""),
        "day.sun": (mark("Sunday"), ""),
    }
)
"""By document and field."""

CHOICES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "Queue.level=state": mark("the state's"),
        "Queue.level=municipal": mark("the municipality's own"),
        "Circle.kind=agent": mark("the agent of the last talk"),
        "Circle.kind=centre": mark("the centre that was rung"),
        "Circle.kind=municipality": mark("its municipality"),
        "Circle.kind=region": mark("its region"),
        "Circle.kind=network": mark("the whole network"),
        "Way.do=stay": mark("goes on waiting"),
        "Way.do=callback": mark("is promised a call"),
        "Way.do=voicemail": mark("leaves a message"),
        "Way.do=queue": mark("goes to another queue"),
        "Way.do=hang_up": mark("is told good-bye"),
        "Overflow.when=waited": mark("somebody waits so long"),
        "Overflow.when=full": mark("so many are waiting"),
        "Overflow.when=nobody": mark("nobody is at work"),
        "Overflow.when=closed": mark("it is closed"),
        "AgentDocument.device=browser": mark("the browser"),
        "AgentDocument.device=desk": mark("a telephone on the table"),
        "AgentDocument.device=mobile": mark("a mobile"),
    }
)
"""By field and value."""

UNITS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "seconds": mark("seconds"),
        "minutes": mark("minutes"),
        "calls": mark("calls"),
        "agents": mark("agents"),
        "(a share)": mark("(a share)"),
    }
)

LACKS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "no-number": mark("There is no number yet: nobody can ring."),
        "no-menu": mark("There is no menu yet: it is published with „contactcentre flow publish”."),
        "no-queue": mark("There is no queue yet."),
        "no-agent": mark("There is no agent yet: nobody answers."),
        "unanswered": mark(
            "Nobody can answer this queue: no agent has its skills and speaks Latvian."
        ),
        "no-hours": mark("This centre has no hours: it counts as always open."),
    }
)

BECOMES: Final[Mapping[str, str]] = MappingProxyType(
    {"added": mark("new"), "changed": mark("changed"), "retired": mark("retired")}
)
"""What becomes of a row of a table."""

_FAULTS: Final[faults.Table] = (
    (
        r"an archive has YAML files alone, in no folder: take one from here",
        mark("a ZIP has YAML files alone, in no folder: take one from here"),
    ),
    (
        r"(?P<name>\w+) is not brought in here: „contactcentre network load” does that",
        mark("„{name}” is not brought in here: „contactcentre network load” does that"),
    ),
    (
        r"(?P<name>\w+) stands in another file already",
        mark("„{name}” stands in another file already"),
    ),
    (
        r"the first line has neither agent_id nor centre_id",
        mark("the first line names neither agent_id nor centre_id: take the table from here"),
    ),
    (
        r"can't be read; is a quote left open\?",
        mark("cannot be read: perhaps a quotation mark is left open"),
    ),
    (r"stands in line (?P<line>\d+) already", mark("stands in line {line} already")),
    (r"write it like: benefits 3, taxes 1", mark("write it like: benefits 3, taxes 1")),
    (r"is there already", mark("is there already")),
    (r"say of what", mark("say of what")),
    (
        r"'(?P<language>\w+)' is missing, people read it",
        mark("is missing in one language: „{language}”"),
    ),
    (r"write it like 08:30-12:00, 12:30-17:00", mark("write it like 08:30-12:00, 12:30-17:00")),
    (r"hours overlap from (?P<a>\S+) to (?P<b>\S+)", mark("hours overlap from {a} to {b}")),
    (r"(?P<a>\S+) to (?P<b>\S+) ends before it begins", mark("{a} to {b} ends before it begins")),
    (
        r"'(?P<text>[^']*)' is no time of day; write it like 08:30",
        mark("„{text}” is no time of day; write it like 08:30"),
    ),
    (r"no such date; write it like 2026-06-27", mark("no such date; write it like 2026-06-27")),
    (
        r"a number with its country is needed, as \+37120000000",
        mark("a number with its country is needed, as +37120000000"),
    ),
    (
        r"begins with no prefix of the setting limits",
        mark("the limits of calls do not allow this number"),
    ),
    (
        r"lies outside the part of the network that you look after",
        mark("lies outside the part of the network that you look after"),
    ),
    (
        r"'(?P<phone>[^']*)' is (?P<agent>\S+)'s already",
        mark("„{phone}” belongs to {agent} already"),
    ),
    (r"leads to itself", mark("leads to itself")),
    (r"the last circle must be the network", mark("the last circle must be the whole network")),
    (
        r"a circle may not be narrower than the one before it",
        mark("a circle may not be narrower than the one before it"),
    ),
    (r"a level is from 0 to 5", mark("a level is from 0 to 5")),
    (
        r"'queue' is given where, and only where, 'do' is queue",
        mark("a queue is named where, and only where, callers go to another queue"),
    ),
    (
        r"'after_s' is given where, and only where, 'when' is waited",
        mark("seconds are given where, and only where, somebody waits so long"),
    ),
    (
        r"'size' is given where, and only where, 'when' is full",
        mark("a number of callers is given where, and only where, so many are waiting"),
    ),
    (r"'calendar' belongs to 'when: closed'", mark("hours are given only where it is closed")),
    (r"'max_s' is from 5 to 600 seconds", mark("a message lasts from 5 to 600 seconds")),
    (
        r"'prompts' are said to who is moved, not to who stays",
        mark("nothing is said to who goes on waiting"),
    ),
    (r"key '(?P<key>.*)': leads nowhere", mark("this key leads nowhere")),
    (r"no (?P<kind>[a-z ]+) named '(?P<name>[^']*)'.*", mark("there is nothing called „{name}”")),
    (r"small letters, digits and -, 40 at most", mark("small letters, digits and -, 40 at most")),
    (r"is a name of the hotline's own", mark("this name is the hotline's own")),
    (r"3 to 15 digits, as the carrier signals it", mark("3 to 15 digits, as the carrier sends it")),
)
"""What the service says of a field, and the same for translation."""

_DAYS: Final = re.compile(r"\b(mon|tue|wed|thu|fri|sat|sun) ")

_PLACES: Final = re.compile(
    r"(?P<noun>hotline|queue|centre|agent|calendar|day off|municipality|region|trunk|notice|menu"
    r"|crisis plan|setting) (?P<key>[^,:]+)(, (?P<place>[^:]+))?: (?P<what>.+)",
    re.DOTALL,
)

NOUNS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "hotline": mark("number"),
        "queue": mark("queue"),
        "centre": mark("centre"),
        "agent": mark("agent"),
        "calendar": mark("hours"),
        "day off": mark("day off"),
        "municipality": mark("municipality"),
        "region": mark("region"),
        "trunk": mark("trunk"),
        "notice": mark("notice"),
        "menu": mark("menu"),
        "crisis plan": mark("crisis plan"),
        "setting": mark("setting"),
    }
)


def shown(say: Callable[..., str], word: str, text: str) -> str:
    """What a field holds, as people read it: a choice by its words, days of the week by name."""
    if f"{word}={text}" in CHOICES:
        return say(CHOICES[f"{word}={text}"])
    if word != "CalendarDocument.weekly":
        return text
    return _DAYS.sub(lambda day: f"{say(WORDS[f'day.{day[1]}'][0])} ", text)


def name_of_field(say: Callable[..., str], name: str) -> str:
    """What people call a field of a document; its own name where nobody has another."""
    if name.endswith(".active"):
        return say(mark("in use"))
    known = WORDS.get(name)
    return say(known[0]) if known is not None else name.partition(".")[2]


def fault(say: Callable[..., str], problem: str) -> str:
    """A fault in the reader's words; what is in no table stays as the service has said it."""
    if (said := faults.told(say, (*_FAULTS, *faults.GENERAL), problem)) is not None:
        return said
    if found := _PLACES.fullmatch(problem):
        return f"{say(NOUNS[found['noun']])} „{found['key']}”: {fault(say, found['what'])}"
    return problem
