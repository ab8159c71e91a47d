"""A rule of alerts, as it is kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Final

from agents_ui.alerts.port import UNITS, AlertScope, Figure, Side
from contactcentre.core.config.document import Minute, Title
from contactcentre.core.config.mail_address import MailAddress
from routing.written import within

MOST_RULES: Final = 300
MOST_MAILS: Final = 10
LONGEST_S: Final = 3600.0
EVERY_DAY: Final = (1, 2, 3, 4, 5, 6, 7)
BY_PLACE: Final = frozenset({"network", "municipality", "centre"})
"""Where agents are counted one by one: those of a queue are those who could answer it."""

Held = Annotated[float, within(0, LONGEST_S, "seconds")]
Amount = Annotated[float, within(0, 1_000_000, "")]
Day = Annotated[int, within(1, 7, "(Monday is 1)")]


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRule:
    """When the `figure` of a `scope` has been beyond the threshold for `after_s`, the alert stands;
    when it has been within `clears` for `clears_after_s`, it is over. Seconds and percent are as
    people read them. It sleeps outside its days and hours (Europe/Riga; hours that end before they
    begin go on into the next day), and `open_only` where what it is of is closed, as on holidays.
    What nobody has looked after for `then_after_s` is told to `then_mail` as well."""

    name: Title
    figure: Figure
    dimension: str = "network"
    key: str = ""
    side: Side = "above"
    threshold: Amount
    clears: Amount
    after_s: Held = 60.0
    clears_after_s: Held = 60.0
    least_calls: Annotated[int, within(0, 10_000, "calls")] = 0
    days: tuple[Day, ...] = EVERY_DAY
    since: Minute = 0
    until: Minute = 24 * 60
    mail: tuple[MailAddress, ...] = ()
    open_only: bool = False
    webhook: str = ""
    then_mail: tuple[MailAddress, ...] = ()
    then_after_s: Held = 600.0
    urgent: bool = False
    active: bool = True

    @property
    def scope(self) -> AlertScope:
        """Of what the figure is."""
        return self.dimension, self.key

    def wakes(self, day: int, minute: int) -> bool:
        """Whether it watches at that minute of a day of the week (Monday is 1)."""
        if self.since < self.until:
            return day in self.days and self.since <= minute < self.until
        yesterday = day - 1 or 7
        return (day in self.days and minute >= self.since) or (
            yesterday in self.days and minute < self.until
        )


def faults(rule: AlertRule) -> Iterator[tuple[str, str]]:
    """What does not fit together: a field and a code each."""
    calm = rule.clears <= rule.threshold if rule.side == "above" else rule.clears >= rule.threshold
    if not calm:
        yield "clears", "wrong-side"
    if UNITS[rule.figure] == "%" and max(rule.threshold, rule.clears) > 100:
        yield "threshold", "over-100"
    if rule.figure == "agents_long" and rule.dimension not in BY_PLACE:
        yield "of", "not-by-place"
    if rule.figure == "enquiries_late" and rule.dimension != "network":
        yield "of", "not-whole"
    for name, given in (("mail", rule.mail), ("then_mail", rule.then_mail)):
        if len(given) > MOST_MAILS:
            yield name, "too-many"
    if not rule.days:
        yield "days", "no-day"
