"""Who may do what to which object: the one table. Pages, the API and `test_access` go by it.

A person has grants, each a role in a realm (the network, a municipality, an institution, a centre).
An object lies in realms too: an agent in its centre, in that centre's municipality and in the
network; a call in those where it started and where it is answered; a case in those of its owner and
where it was opened; a service card in those of its institution; a menu in the network alone. A
grant allows an act where the table has its role in the act's row and the object lies in its realm.
A route that has no row is closed to everybody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Literal, get_args

from agents_ui.shell.port import NETWORK, Grant, Person, Realm, Role
from routing.scope import Place

Thing = Literal["self", "all", "network", "agent", "call", "case", "account", "service", "centre"]
"""What an act is done to. `self`: one's own desk and account. `all`: what lies in every realm, such
as the figures of a queue, which is one for all. `network`: what is one for all and changed at once.
"""

SecondPerson = Literal["", "before", "after"]
"""Whether another person has to approve it before it is done, or to confirm it afterwards."""

WHOLE: Final[frozenset[Realm]] = frozenset({NETWORK})

EVERYBODY: Final[frozenset[Role]] = frozenset(get_args(Role))


class Act(StrEnum):
    """What can be done."""

    OPEN = "open"  # a page for everybody, also for who is not logged in
    OWN = "own"  # one's own log-in

    CALLS_ANSWER = "calls.answer"
    HISTORY_READ = "history.read"  # of who is calling
    MESSAGES_HEAR = "messages.hear"
    SERVICES_READ = "services.read"

    CASES_OPEN = "cases.open"  # a new one
    CASES_SEE = "cases.see"
    CASES_CHANGE = "cases.change"

    BOARD_SEE = "board.see"  # with the agents and calls of one's realms
    ALERTS_SEE = "alerts.see"  # of the figures that one sees on the board
    ALERTS_EDIT = "alerts.edit"  # rules on figures of one's own part of the network
    CALLS_EXPLAIN = "calls.explain"
    CALLS_LISTEN = "calls.listen"
    RECORDINGS_PLAY = "recordings.play"
    RECORDINGS_EXPORT = "recordings.export"  # a copy, to be taken away
    CALLS_LEAD = "calls.lead"  # move, put first, give to somebody, withdraw, end what is stuck
    AGENTS_TELL = "agents.tell"  # a message on their desks
    AGENTS_FORCE = "agents.force"  # into another state
    HELP_GIVE = "help.give"  # to an agent who asks for it
    RECORDS_CLOSE = "records.close"  # as not recorded
    QUALITY_ASSESS = "quality.assess"  # talks of agents, by scorecards
    QUALITY_OWN = "quality.own"  # what was found of one's own talks
    QUALITY_EDIT = "quality.edit"  # scorecards, how talks are drawn, scripts of test calls
    TESTS_CALL = "tests.call"  # ring as a citizen would, and see how such calls went
    STAFFING_SEE = "staffing.see"  # what is expected, and who is needed
    SHIFTS_EDIT = "shifts.edit"
    EVENTS_EDIT = "events.edit"  # what is known of days to come, and what is reckoned with

    SCREENS_SET = "screens.set"  # figures for whoever has the link

    CRISIS_SEE = "crisis.see"
    CRISIS_SWITCH = "crisis.switch"
    CRISIS_CONFIRM = "crisis.confirm"  # as the second person

    SERVICES_EDIT = "services.edit"
    CARDS_QUESTION = "cards.question"  # ask a card's owner, report an error in it
    UPKEEP_SEE = "upkeep.see"  # what was asked and reported
    NOTICES_EDIT = "notices.edit"  # told to the callers of one's own part of the network
    CENTRES_EDIT = "centres.edit"  # hours, numbers, skills of agents
    MENUS_PUBLISH = "menus.publish"
    NETWORK_EDIT = "network.edit"  # queues, trunks, rules

    ACCOUNTS_SEE = "accounts.see"
    ACCOUNTS_EDIT = "accounts.edit"
    WATCHERS_APPOINT = "watchers.appoint"  # auditors and data-protection officers
    ABUSE_ADD = "abuse.add"  # a caller whose calls are not taken
    ABUSE_LIFT = "abuse.lift"
    APPROVALS_SEE = "approvals.see"  # what waits for a second person

    FIGURES_EXPORT = "figures.export"  # no personal data
    CONTACTS_EXPORT = "contacts.export"  # of many citizens at once
    AUDIT_READ = "audit.read"
    AUDIT_EXPORT = "audit.export"
    CITIZENS_FIND = "citizens.find"
    CITIZENS_MERGE = "citizens.merge"  # that two records are one person's, or are not
    CITIZENS_EXPORT = "citizens.export"  # all that is known of one
    CITIZENS_ERASE = "citizens.erase"
    HOLDS_SET = "holds.set"  # what the law forbids to delete
    RETENTION_SET = "retention.set"


@dataclass(frozen=True, slots=True)
class Rule:
    """The roles that may, and what it is done to.

    `seconds` are the roles of the second person where one is asked for; else those that may do it.
    """

    on: Thing
    roles: frozenset[Role]
    second: SecondPerson = ""
    seconds: frozenset[Role] = frozenset()


def _by(*roles: Role) -> frozenset[Role]:
    return frozenset(roles)


_LEADING = _by("supervisor", "admin")
_WATCHING = _by("auditor", "dpo")

TABLE: Final[Mapping[Act, Rule]] = MappingProxyType(
    {
        Act.OPEN: Rule("all", EVERYBODY),
        Act.OWN: Rule("self", EVERYBODY),
        # whoever answers calls
        Act.CALLS_ANSWER: Rule("self", _by("agent")),
        Act.HISTORY_READ: Rule("self", _by("agent")),
        Act.MESSAGES_HEAR: Rule("self", _by("agent")),
        Act.SERVICES_READ: Rule("all", _by("agent", "editor")),
        # what citizens wait for; an institution's people are those who edit its services
        Act.CASES_OPEN: Rule("all", _by("agent", "supervisor", "editor")),
        Act.CASES_SEE: Rule("case", _by("agent", "supervisor", "editor")),
        Act.CASES_CHANGE: Rule("case", _by("agent", "supervisor", "editor")),
        # whoever leads them
        Act.BOARD_SEE: Rule("all", _LEADING),
        Act.ALERTS_SEE: Rule("all", _LEADING),
        Act.ALERTS_EDIT: Rule("centre", _LEADING),
        Act.CALLS_EXPLAIN: Rule("call", _LEADING),
        Act.CALLS_LISTEN: Rule("call", _by("supervisor")),
        Act.RECORDINGS_PLAY: Rule("call", _by("supervisor")),
        Act.RECORDINGS_EXPORT: Rule(
            "call", _by("supervisor"), "before", _by("supervisor", "dpo", "auditor")
        ),
        Act.CALLS_LEAD: Rule("call", _LEADING),
        Act.AGENTS_TELL: Rule("agent", _LEADING),
        Act.AGENTS_FORCE: Rule("agent", _LEADING),
        Act.HELP_GIVE: Rule("agent", _LEADING),
        Act.RECORDS_CLOSE: Rule("agent", _LEADING),
        Act.QUALITY_ASSESS: Rule("agent", _by("supervisor")),
        Act.QUALITY_OWN: Rule("self", _by("agent")),
        Act.QUALITY_EDIT: Rule("network", _LEADING),
        Act.TESTS_CALL: Rule("all", _by("supervisor", "editor", "admin")),
        Act.STAFFING_SEE: Rule("all", _LEADING),
        Act.SHIFTS_EDIT: Rule("centre", _LEADING),
        Act.EVENTS_EDIT: Rule("network", _LEADING),
        Act.SCREENS_SET: Rule("all", _LEADING),
        # a crisis
        Act.CRISIS_SEE: Rule("all", _LEADING),
        Act.CRISIS_SWITCH: Rule("network", _LEADING, second="after"),
        Act.CRISIS_CONFIRM: Rule("network", _LEADING),
        # whose calls are not taken
        Act.ABUSE_ADD: Rule("network", _LEADING, "before"),
        Act.ABUSE_LIFT: Rule("network", _LEADING, "before"),
        # what people publish
        Act.SERVICES_EDIT: Rule("service", _by("editor", "admin")),
        Act.CARDS_QUESTION: Rule("self", _by("agent")),
        Act.UPKEEP_SEE: Rule("all", _by("supervisor", "editor", "admin")),
        Act.NOTICES_EDIT: Rule("centre", _by("supervisor", "editor", "admin")),
        Act.CENTRES_EDIT: Rule("centre", _by("admin")),
        Act.MENUS_PUBLISH: Rule("network", _by("admin")),
        Act.NETWORK_EDIT: Rule("network", _by("admin")),
        # who may log in, and what waits for a second person
        Act.ACCOUNTS_SEE: Rule("account", _by("admin", "auditor")),
        Act.ACCOUNTS_EDIT: Rule("account", _by("admin")),
        Act.WATCHERS_APPOINT: Rule("network", _by("admin")),
        Act.APPROVALS_SEE: Rule("all", _by("supervisor", "admin", "auditor", "dpo")),
        # data of citizens, and what was done with it
        Act.FIGURES_EXPORT: Rule("all", _LEADING | _WATCHING),
        Act.CONTACTS_EXPORT: Rule("network", _by("admin", "dpo"), "before", _WATCHING),
        Act.AUDIT_READ: Rule("network", _WATCHING),
        Act.AUDIT_EXPORT: Rule("network", _by("auditor"), "before", _WATCHING),
        Act.CITIZENS_FIND: Rule("network", _by("dpo")),
        Act.CITIZENS_MERGE: Rule("network", _by("dpo")),
        Act.CITIZENS_EXPORT: Rule("network", _by("dpo")),
        Act.CITIZENS_ERASE: Rule("network", _by("dpo"), "before", _by("dpo", "auditor", "admin")),
        Act.HOLDS_SET: Rule("network", _by("dpo")),
        Act.RETENTION_SET: Rule("network", _by("dpo")),
    }
)

ROUTES: Final[Mapping[str, Act]] = MappingProxyType(
    {
        "GET /": Act.OPEN,
        "GET /login": Act.OPEN,
        "POST /login": Act.OPEN,
        "POST /language": Act.OPEN,
        "GET /static/{version}/{path}": Act.OPEN,
        "GET /demo/phone": Act.OPEN,  # where the demonstration is on
        "GET /demo/sip": Act.OPEN,
        "GET /healthz": Act.OPEN,
        "GET /readyz": Act.OPEN,
        "GET /metrics": Act.OPEN,  # to neighbours
        "GET /login/code": Act.OPEN,
        "POST /login/code": Act.OPEN,
        "POST /login/passkey": Act.OPEN,
        "POST /login/passkey/offer": Act.OPEN,
        "GET /login/oidc/{provider}": Act.OPEN,
        "GET /login/oidc/{provider}/callback": Act.OPEN,
        "GET /entered": Act.OWN,
        "POST /logout": Act.OWN,
        "POST /lock": Act.OWN,
        "GET /account": Act.OWN,
        "POST /account/password": Act.OWN,
        "POST /account/app": Act.OWN,
        "POST /account/app/finish": Act.OWN,
        "POST /account/app/remove": Act.OWN,
        "POST /account/codes": Act.OWN,
        "POST /account/passkeys": Act.OWN,
        "POST /account/passkeys/offer": Act.OWN,
        "POST /account/passkeys/remove": Act.OWN,
        "POST /account/sessions/end": Act.OWN,
        "POST /account/sessions/end-others": Act.OWN,
        # the desk
        "GET /desk": Act.CALLS_ANSWER,
        "GET /desk/live": Act.CALLS_ANSWER,
        "GET /desk/sip": Act.CALLS_ANSWER,
        "POST /desk/command": Act.CALLS_ANSWER,
        "POST /desk/leave": Act.CALLS_ANSWER,
        "POST /desk/laid-aside": Act.CALLS_ANSWER,
        "POST /desk/onward": Act.CALLS_ANSWER,
        "GET /desk/day": Act.CALLS_ANSWER,
        "POST /desk/colleagues": Act.CALLS_ANSWER,
        "POST /desk/services": Act.CALLS_ANSWER,
        "POST /desk/cards": Act.CALLS_ANSWER,
        "POST /desk/from-note": Act.CALLS_ANSWER,
        "POST /desk/missing": Act.CALLS_ANSWER,
        "POST /desk/send": Act.CALLS_ANSWER,
        "GET /desk/history/{call_id}": Act.HISTORY_READ,
        "GET /desk/callers/{call_id}": Act.HISTORY_READ,
        "POST /desk/callers/choose": Act.HISTORY_READ,
        "POST /desk/callers/add": Act.HISTORY_READ,
        "POST /desk/callers/code": Act.HISTORY_READ,
        "GET /desk/messages/{call_id}": Act.MESSAGES_HEAR,
        "GET /desk/cases/{call_id}": Act.HISTORY_READ,
        # cases
        "GET /cases": Act.CASES_SEE,
        "POST /cases/find": Act.CASES_SEE,
        "GET /cases/figures": Act.FIGURES_EXPORT,
        "GET /cases/new": Act.CASES_OPEN,
        "POST /cases/new": Act.CASES_OPEN,
        "GET /cases/{number}": Act.CASES_SEE,
        "POST /cases/join": Act.CASES_OPEN,
        "POST /cases/{number}/event": Act.CASES_CHANGE,
        "POST /cases/{number}/take": Act.CASES_CHANGE,
        "POST /cases/{number}/told": Act.CASES_CHANGE,
        "POST /cases/{number}/files": Act.CASES_CHANGE,
        "GET /cases/{number}/files/{file}": Act.CASES_SEE,
        "POST /cases/{number}/files/{file}/remove": Act.CASES_CHANGE,
        "POST /cases/{number}/write": Act.CASES_CHANGE,
        "POST /cases/{number}/hand-on": Act.CASES_CHANGE,
        "POST /cases/{number}/turn": Act.CASES_CHANGE,
        "POST /cases/{number}/dictate": Act.CASES_CHANGE,
        "POST /cases/{number}/confirm": Act.CASES_CHANGE,
        # the board
        "GET /board": Act.BOARD_SEE,
        "GET /board/live": Act.BOARD_SEE,
        "GET /board/why/{call_id}": Act.CALLS_EXPLAIN,
        "POST /board/close-records": Act.RECORDS_CLOSE,
        "POST /board/help": Act.HELP_GIVE,
        "GET /supervision/call/{call_id}": Act.CALLS_LEAD,
        "GET /supervision/agent/{agent_id}": Act.AGENTS_FORCE,
        "POST /supervision/candidates": Act.CALLS_LEAD,
        "POST /supervision/call": Act.CALLS_LEAD,
        "POST /supervision/agent": Act.AGENTS_FORCE,
        "POST /supervision/queues": Act.AGENTS_FORCE,
        "POST /supervision/listen": Act.CALLS_LISTEN,
        "GET /supervision/memos": Act.AGENTS_TELL,
        "POST /supervision/memo": Act.AGENTS_TELL,
        "POST /board/views/save": Act.BOARD_SEE,
        "POST /board/views/remove": Act.BOARD_SEE,
        # alerts: of each it is looked at of whose part of the network its figure is
        "GET /alerts": Act.ALERTS_SEE,
        "POST /alerts/seen": Act.ALERTS_SEE,
        "GET /alerts/new": Act.ALERTS_EDIT,
        "GET /alerts/{rule_id}": Act.ALERTS_EDIT,
        "POST /alerts/save": Act.ALERTS_EDIT,
        "POST /alerts/remove": Act.ALERTS_EDIT,
        "POST /alerts/begin": Act.ALERTS_EDIT,
        # big screens
        "GET /wallboards": Act.SCREENS_SET,
        "POST /wallboards/add": Act.SCREENS_SET,
        "POST /wallboards/revoke": Act.SCREENS_SET,
        "GET /wallboard": Act.OPEN,
        "GET /wallboard/live": Act.OPEN,  # to whoever says the secret of a screen
        # reports
        "GET /reports": Act.FIGURES_EXPORT,
        "GET /reports/export": Act.FIGURES_EXPORT,
        "GET /reports/month": Act.FIGURES_EXPORT,
        "GET /reports/schedules": Act.FIGURES_EXPORT,  # one's own
        "GET /reports/schedules/new": Act.FIGURES_EXPORT,
        "GET /reports/schedules/{schedule_id}": Act.FIGURES_EXPORT,
        "POST /reports/schedules/save": Act.FIGURES_EXPORT,
        "POST /reports/schedules/remove": Act.FIGURES_EXPORT,
        "GET /reports/calls": Act.CALLS_EXPLAIN,
        "GET /reports/call": Act.CALLS_EXPLAIN,
        # recordings of talks
        "POST /recordings/open": Act.RECORDINGS_PLAY,
        "GET /recordings/{ticket}": Act.RECORDINGS_PLAY,
        "GET /recordings/{ticket}/sound": Act.RECORDINGS_PLAY,
        "POST /recordings/{ticket}/ask": Act.RECORDINGS_EXPORT,
        "POST /recordings/{ticket}/copy": Act.RECORDINGS_EXPORT,
        # quality: of each assessment it is looked at whose agent's it is
        "GET /quality": Act.QUALITY_ASSESS,
        "POST /quality/draw": Act.QUALITY_ASSESS,
        "POST /quality/next": Act.QUALITY_ASSESS,
        "POST /quality/second": Act.QUALITY_ASSESS,
        "GET /quality/assessments/{assessment}": Act.QUALITY_ASSESS,
        "POST /quality/assessments/{assessment}": Act.QUALITY_ASSESS,
        "GET /quality/own": Act.QUALITY_OWN,
        "GET /quality/own/{own}": Act.QUALITY_OWN,
        "POST /quality/own/{own}": Act.QUALITY_OWN,
        "GET /quality/documents": Act.QUALITY_EDIT,
        "POST /quality/begin": Act.QUALITY_EDIT,
        "GET /quality/documents/{what}/{document}": Act.QUALITY_EDIT,
        "POST /quality/documents/{what}/{document}": Act.QUALITY_EDIT,
        "GET /quality/tests": Act.TESTS_CALL,
        "POST /quality/tests": Act.TESTS_CALL,  # one is begun
        "GET /quality/tests/{test}": Act.TESTS_CALL,
        "POST /quality/tests/{test}": Act.TESTS_CALL,
        # forecast and staffing; of each shift it is looked at whose centre it is
        "GET /staffing": Act.STAFFING_SEE,
        "GET /staffing/export": Act.STAFFING_SEE,
        "GET /staffing/day": Act.BOARD_SEE,
        "POST /staffing/simulate": Act.STAFFING_SEE,
        "POST /staffing/shift": Act.SHIFTS_EDIT,
        "POST /staffing/shift/remove": Act.SHIFTS_EDIT,
        "POST /staffing/suggest": Act.EVENTS_EDIT,
        "POST /staffing/event": Act.EVENTS_EDIT,
        "POST /staffing/event/remove": Act.EVENTS_EDIT,
        "POST /staffing/rules": Act.EVENTS_EDIT,
        # crisis mode
        "GET /crisis": Act.CRISIS_SEE,
        "POST /crisis/on": Act.CRISIS_SWITCH,
        "POST /crisis/off": Act.CRISIS_SWITCH,
        "POST /crisis/confirm": Act.CRISIS_CONFIRM,
        # notices: of each it is looked at whose callers are told
        "GET /notices": Act.NOTICES_EDIT,
        "POST /notices/publish": Act.NOTICES_EDIT,
        "POST /notices/end": Act.NOTICES_EDIT,
        "POST /notices/hear": Act.NOTICES_EDIT,
        # whose calls are not taken
        "GET /abuse": Act.ABUSE_ADD,
        "POST /abuse/add": Act.ABUSE_ADD,
        "POST /abuse/lift": Act.ABUSE_LIFT,
        # the carriers' lines
        "GET /trunks": Act.NETWORK_EDIT,
        "GET /trunks/{trunk_id}": Act.NETWORK_EDIT,
        "POST /trunks/save": Act.NETWORK_EDIT,
        "POST /trunks/remove": Act.NETWORK_EDIT,
        "GET /limits": Act.NETWORK_EDIT,
        "POST /limits/save": Act.NETWORK_EDIT,
        # what people edit: of each document it is looked at in whose part of the network it lies
        "GET /network": Act.CENTRES_EDIT,
        "POST /network": Act.CENTRES_EDIT,  # a search: names stand in no address
        "GET /network/tables": Act.CENTRES_EDIT,
        "GET /network/export": Act.CENTRES_EDIT,
        "POST /network/review": Act.CENTRES_EDIT,
        "POST /network/load": Act.CENTRES_EDIT,
        "GET /network/new": Act.CENTRES_EDIT,
        "POST /network/new": Act.CENTRES_EDIT,
        "GET /network/{kind}/{key}": Act.CENTRES_EDIT,
        "POST /network/{kind}/{key}": Act.CENTRES_EDIT,
        "POST /network/{kind}/{key}/active": Act.CENTRES_EDIT,
        "POST /network/agents/{key}/phone": Act.CENTRES_EDIT,
        "POST /network/agents/{key}/phone/revoke": Act.CENTRES_EDIT,
        # what callers hear
        "GET /menus": Act.MENUS_PUBLISH,
        "POST /menus": Act.MENUS_PUBLISH,  # a new one is begun
        "GET /menus/{name}": Act.MENUS_PUBLISH,
        "POST /menus/{name}/back": Act.MENUS_PUBLISH,
        "GET /menus/{name}/try": Act.MENUS_PUBLISH,
        "POST /menus/{name}/try": Act.MENUS_PUBLISH,
        "GET /menus/sound/{language}/{prompt}": Act.MENUS_PUBLISH,
        "GET /menus/{name}/file": Act.MENUS_PUBLISH,
        "GET /menus/{name}/edit": Act.MENUS_PUBLISH,
        "POST /menus/{name}/edit": Act.MENUS_PUBLISH,
        # who may log in
        "GET /accounts": Act.ACCOUNTS_SEE,
        "POST /accounts": Act.ACCOUNTS_SEE,  # a search: names stand in no address
        "GET /accounts/new": Act.ACCOUNTS_EDIT,
        "POST /accounts/new": Act.ACCOUNTS_EDIT,
        "GET /accounts/{user_id}": Act.ACCOUNTS_SEE,
        "POST /accounts/{user_id}/give": Act.ACCOUNTS_EDIT,
        "POST /accounts/{user_id}/take": Act.ACCOUNTS_EDIT,
        "POST /accounts/{user_id}/active": Act.ACCOUNTS_EDIT,
        "POST /accounts/{user_id}/sessions": Act.ACCOUNTS_EDIT,
        "GET /services": Act.SERVICES_READ,
        "POST /services/drop": Act.SERVICES_EDIT,
        "POST /services/not-ours": Act.SERVICES_EDIT,
        "GET /services/export": Act.SERVICES_EDIT,
        "POST /services/review": Act.SERVICES_EDIT,
        "POST /services/load": Act.SERVICES_EDIT,
        "GET /catalogue.jsonld": Act.OPEN,  # where an installation opens its cards to everybody
        "GET /catalogue.csv": Act.OPEN,
        # what cards lack: of each it is looked at whose card it is, or whose agent
        "POST /desk/enquiry": Act.CARDS_QUESTION,
        "POST /desk/flag": Act.CARDS_QUESTION,
        "GET /desk/upkeep": Act.CARDS_QUESTION,
        "GET /upkeep": Act.UPKEEP_SEE,
        "POST /upkeep/answer": Act.SERVICES_EDIT,
        "POST /upkeep/accept": Act.SERVICES_EDIT,
        "POST /upkeep/close": Act.SERVICES_EDIT,
        "POST /upkeep/send": Act.SERVICES_EDIT,
        "POST /upkeep/revoke": Act.SERVICES_EDIT,
        "POST /upkeep/settle": Act.SERVICES_EDIT,
        "POST /upkeep/owner": Act.SERVICES_EDIT,
        "GET /answer": Act.OPEN,
        "POST /answer/read": Act.OPEN,  # to whoever says the secret of a link
        "POST /answer/give": Act.OPEN,
        # what was done, and what is known of a citizen
        "GET /audit": Act.AUDIT_READ,
        "POST /audit": Act.AUDIT_READ,  # a search: names stand in no address
        "POST /audit/ask": Act.AUDIT_EXPORT,
        "POST /audit/export": Act.AUDIT_EXPORT,
        "GET /person": Act.CITIZENS_FIND,
        "POST /person/find": Act.CITIZENS_FIND,
        "POST /person/merge": Act.CITIZENS_MERGE,
        "POST /person/split": Act.CITIZENS_MERGE,
        "POST /person/undo": Act.CITIZENS_MERGE,
        "POST /person/export": Act.CITIZENS_EXPORT,
        "POST /person/ask": Act.CITIZENS_ERASE,
        "POST /person/erase": Act.CITIZENS_ERASE,
        # what waits for a second person
        "GET /approvals": Act.APPROVALS_SEE,
        "POST /approvals/decide": Act.APPROVALS_SEE,  # and what it is asked for has its own row
    }
)

LINKS: Final = frozenset({"GET /desk/live", "GET /board/live"})
"""Live links, which tell by their closing code who is refused (`agents_ui.shell.links`)."""

HOMES: Final[Mapping[str, Act]] = MappingProxyType(
    {
        "/board": Act.BOARD_SEE,
        "/desk": Act.CALLS_ANSWER,
        "/accounts": Act.ACCOUNTS_SEE,
        "/audit": Act.AUDIT_READ,
        "/approvals": Act.APPROVALS_SEE,
        "/services": Act.SERVICES_READ,
        "/cases": Act.CASES_SEE,
    }
)
"""Where work starts: the first page that is allowed."""


def reach(grants: Iterable[Grant], act: Act) -> frozenset[Realm]:
    """The realms in which these grants allow the act; in the whole network: that alone."""
    realms = frozenset(grant.realm for grant in grants if grant.role in TABLE[act].roles)
    return WHOLE if NETWORK in realms else realms


def may(person: Person, act: Act, lies_in: AbstractSet[Realm] | None = None) -> bool:
    """Whether the person may do that to an object which lies in these realms.

    Without them: whether there may be anything that it may be done to, as far as the table knows.
    """
    rule, realms = TABLE[act], reach(person.grants, act)
    if act in (Act.OPEN, Act.OWN):
        return True
    if rule.on == "self":
        return bool(realms) and person.agent_id is not None
    if rule.on == "network":
        return NETWORK in realms
    if lies_in is None or rule.on == "all":
        return bool(realms)
    return bool(realms & {NETWORK, *lies_in})


def may_second(person: Person, act: Act, lies_in: AbstractSet[Realm]) -> bool:
    """Whether the person may be the second one for it; that it is another is not looked at."""
    rule = TABLE[act]
    realms = {one.realm for one in person.grants if one.role in (rule.seconds or rule.roles)}
    return bool(rule.second) and bool(realms & {NETWORK, *lies_in})


def may_give(person: Person, grant: Grant, lies_in: AbstractSet[Realm]) -> bool:
    """Whether the person may give that role, or take it, whose realm lies in these.

    Nobody makes those who watch but who has the whole network.
    """
    act = Act.WATCHERS_APPOINT if grant.role in _WATCHING else Act.ACCOUNTS_EDIT
    return may(person, act, lies_in)


def around(place: Place) -> frozenset[Realm]:
    """The realms in which something lies that stands at that place."""
    known: tuple[Realm, ...] = (("municipality", place.municipality), ("centre", place.centre))
    return frozenset((NETWORK, *(realm for realm in known if realm[1])))


def home(person: Person) -> str:
    """The page to start from; "/" for somebody to whom none is open."""
    return next((path for path, act in HOMES.items() if may(person, act)), "/")
