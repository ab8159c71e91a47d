"""What the page of alerts needs from the service: rules, what they have raised, who has seen it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal, Protocol

from agents_ui.shell.port import Person, Texts

Figure = Literal[
    "waiting",
    "longest_wait",
    "p90_wait",
    "unattended",
    "service_level",
    "service_level_today",
    "abandoned",
    "abandoned_share",
    "average_wait",
    "callbacks",
    "callbacks_late",
    "messages_late",
    "ready",
    "not_ready",
    "agents_long",
    "enquiries_late",
]
Unit = Literal["count", "s", "%"]

UNITS: Final[Mapping[Figure, Unit]] = MappingProxyType(
    {
        "waiting": "count",
        "longest_wait": "s",
        "p90_wait": "s",
        "unattended": "count",
        "service_level": "%",
        "service_level_today": "%",
        "abandoned": "count",
        "abandoned_share": "%",
        "average_wait": "s",
        "callbacks": "count",
        "callbacks_late": "count",
        "messages_late": "count",
        "ready": "count",
        "not_ready": "count",
        "agents_long": "count",
        "enquiries_late": "count",
    }
)
"""The live figures that a rule may be about. `unattended`: who waits while nobody is ready.
`agents_long`: who is longer in a state than its limit. `enquiries_late`: questions to the owners of
cards."""

Side = Literal["above", "below"]
AlertScope = tuple[str, str]
"""Of what figures are: a dimension of the board and a key; the network is `("network", "")`."""

HISTORY: Final = 100
"""Alerts of the page that are over."""
NOTE_LENGTH: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleText:
    """A rule in the fields of its form, as people write them."""

    name: str = ""
    figure: str = "waiting"
    of: str = "network:"  # dimension and key
    side: str = "above"
    threshold: str = ""
    clears: str = ""
    after: str = "60"
    clears_after: str = "60"
    least_calls: str = "0"
    days: str = "1234567"  # Monday is 1
    since: str = "00:00"
    until: str = "24:00"
    mail: str = ""
    open_only: str = ""  # yes, or nothing
    webhook: str = ""
    then_mail: str = ""
    then_after: str = "600"
    urgent: str = ""
    active: str = "yes"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleRow:
    """A rule as the page lists it. `broken`: whether it has an alert that stands."""

    rule_id: str
    name: str
    figure: Figure
    scope: AlertScope
    label: Texts
    side: Side
    threshold: float
    clears: float
    after_s: float
    active: bool
    urgent: bool
    mails: int
    webhook: bool
    mine: bool  # whether the person may change it
    broken: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertLine:
    """An alert that stands, or stood."""

    alert_id: str
    name: str
    figure: Figure
    scope: AlertScope
    label: Texts
    side: Side
    threshold: float
    urgent: bool
    raised_at: float
    cleared_at: float | None
    peak: float
    seen_at: float | None
    seen_by: str  # a name
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertPage:
    """All that the page shows to a person."""

    standing: Sequence[AlertLine]  # the latest first
    over: Sequence[AlertLine]
    rules: Sequence[RuleRow]
    sends_mail: bool  # whether a mail server is set up
    sends_hooks: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertNews:
    """What is told of an alert elsewhere than on the page."""

    alert_id: str
    name: str
    figure: Figure
    scope: AlertScope
    label: Texts
    side: Side
    threshold: float
    urgent: bool
    value: float | None  # now; the worst where it is over
    raised_at: float
    cleared_at: float | None
    again: bool = False  # it stands still, and nobody has looked after it


@dataclass(frozen=True, slots=True)
class AlertLetter:
    """Of e-mail."""

    subject: str
    body: str


class RuleRefused(ValueError):
    """It can't be so; `problems` are all faults: a field's name and a code each."""

    def __init__(self, problems: Sequence[tuple[str, str]]) -> None:
        self.problems = tuple(problems)
        super().__init__(", ".join(f"{field}: {what}" for field, what in problems))


class AlertRoom(Protocol):
    """Alerts and their rules, as far as the person's realms reach: what is of a queue, a language,
    a region or the network is everybody's. A database that is away raises `Unavailable`."""

    async def page(self, person: Person) -> AlertPage:
        """What stands, what stood, and the rules."""

    def scopes(self, person: Person) -> Mapping[AlertScope, Texts]:
        """Of what the person may make a rule, with what people call it."""

    async def rule(self, rule_id: str, *, person: Person) -> RuleText:
        """A rule that the person may change. Raises `LookupError`."""

    async def save(self, rule_id: str, written: RuleText, *, person: Person) -> None:
        """Go by it from now on; "" is a new one. Raises `RuleRefused`, and `LookupError` for none
        that the person may change."""

    async def remove(self, rule_id: str, *, person: Person) -> None:
        """No more; its alerts stay in the history. Raises `LookupError`."""

    async def begin(self, *, person: Person) -> None:
        """The usual rules, where there is none yet, for who leads in the whole network."""

    async def seen(self, alert_id: str, note: str, *, person: Person) -> None:
        """Somebody looks after it. Who was first stays. Raises `LookupError`."""
