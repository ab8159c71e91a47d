"""What a contact comes to, what may be published, how time is split: pure."""

from __future__ import annotations

import itertools
from collections import Counter
from datetime import date, timedelta
from typing import get_args

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from agents_ui.reports.measures import BY_KEY, MEASURES, VIEWS
from agents_ui.reports.periods import chosen, period
from agents_ui.reports.port import Dimension, ReportQuestion
from agents_ui.reports.words import PERIODS
from contactcentre.core.outcomes import Outcome, Result
from contactcentre.features.reports import bands
from contactcentre.features.reports.facts import Beside, fact
from contactcentre.features.reports.presence import by_day, next_midnight, split, within
from contactcentre.features.reports.suppression import SMALL, PublishedCells, published, restated
from contactcentre.storage.tables.reports import COUNTED, DIMENSIONS, FAILURES, STATES
from routing.calendar import date_of, day_number, local_day, midnight
from routing.service_level import Queued, level

pytestmark = pytest.mark.unit

SPRING, AUTUMN = 1_774_735_200.0, 1_792_875_600.0  # midnights before the clock changes, 2026
times = st.floats(1_760_000_000, 1_800_000_000)
seconds = st.floats(0, 4000)


@st.composite
def contacts(draw):
    """Any contact that the projection may make, and any that it should not."""
    arrived = draw(times)
    queued = draw(st.none() | st.just(arrived + draw(seconds)))
    answered = draw(st.none() | st.just((queued or arrived) + draw(seconds)))
    ended = draw(st.none() | st.just((answered or queued or arrived) + draw(seconds)))
    return {
        "call_id": "c",
        "arrived_at": arrived,
        "queued_at": queued,
        "answered_at": answered,
        "ended_at": ended,
        "outcome": draw(st.none() | st.sampled_from([*Outcome, "rubbish"])),
        "why": draw(st.sampled_from(["", "closed", "nobody", "full", "waited"])),
        "direction": draw(st.sampled_from(["in", "in", "out"])),
        "came_by": draw(st.sampled_from(["phone", "phone", "callback", "voice_message", "visit"])),
        "within_s": draw(st.none() | st.just(30.0)),
        "short_s": draw(st.none() | st.just(5.0)),
        "hold_s": draw(seconds),
        "recorded_at": draw(st.none() | times),
        "identified_level": draw(st.integers(0, 3)),
        "due_at": draw(st.none() | times),
        "promised_by": draw(st.none() | st.just("a1")),
        "services": draw(st.sampled_from([[], ["VSAA-KOPS"]])),
        "home_centre_id": draw(st.none() | st.just("ludza")),
        "centre_id": None,
        "agent_id": None,
        "municipality": "",
        "matter_municipality": "",
        "left_queue": None,
        "queue": draw(st.sampled_from(["general", "taxes"])),
        "language": "lv",
        "dialled": "60000100",
        "path": "",
        "matter": "",
    }


def summed(stories, failure: str = "") -> Counter[str]:
    """Their facts, added up; each of that part of failure demand."""
    total: Counter[str] = Counter()
    for story in stories:
        row = fact(story, [], Beside(failure=failure))
        total.update({name: row[name] for name in COUNTED})
    return total


@given(st.lists(contacts(), max_size=20))
def test_the_sums_always_add_up(stories):
    """Received and queued are the sums of their parts, whatever has happened; nobody who rang in is
    in two parts, or in none."""
    got = summed(stories)
    assert got["rang_in"] == got["menu"] + got["received"]
    assert got["received"] == sum(got[n] for n in ("closed", "blocked", "saturated", "queued"))
    parts = ("answered", "abandoned", "timed_out", "flow_out", "callback", "technical", "unknown")
    assert got["queued"] == sum(got[name] for name in (*parts, "waiting"))
    assert got["short_abandoned"] <= got["abandoned"]
    assert got["within"] <= got["answered"]
    rang = [one for one in stories if (one["direction"], one["came_by"]) == ("in", "phone")]
    assert got["rang_in"] == len(rang)


@given(st.lists(contacts(), max_size=20), st.sampled_from(["", *FAILURES]))
def test_failure_demand_is_its_parts(stories, failure):
    """Of whoever rang in, and of nobody else."""
    got = summed(stories, failure)
    assert got["failure_demand"] == sum(got[part] for part in FAILURES)
    assert got["failure_demand"] == (got["rang_in"] if failure else 0)


@given(st.lists(contacts(), max_size=20))
def test_the_same_service_level_as_live(stories):
    """By the formulae of `routing/service_level.py`, of the same waits and promises."""
    queued = [
        one
        for one in stories
        if one["queued_at"] is not None
        and (one["direction"], one["came_by"]) == ("in", "phone")
        and one["within_s"]
        and one["short_s"]
    ]
    left = [
        Queued(
            queue="general",
            left_at=0.0,
            wait_s=(one["answered_at"] or one["ended_at"]) - one["queued_at"],
            answered=one["answered_at"] is not None,
            within_s=30.0,
            short_s=5.0,
        )
        for one in queued
        if one["answered_at"] is not None
        or (one["ended_at"] is not None and one["outcome"] is Outcome.ABANDONED)
    ]
    want, got = level(left), summed(queued)
    assert (got["answered"], got["within"]) == (want.answered, want.within)
    assert got["short_abandoned"] == want.short_abandoned
    assert got["abandoned"] == want.abandoned + want.short_abandoned
    assert BY_KEY["service_level"].value(got) == want.service_level
    assert got["wait_ms"] == pytest.approx(want.wait_sum_s * 1000, abs=len(left))


def test_talk_and_hold_are_of_legs():
    """A call that was passed on was talked of twice, handled once; hold is no talk, a consultation
    neither."""
    story = contact_at(1_770_000_000.0)
    legs = [
        leg("offer", 10, 70, Result.TRANSFERRED),
        leg("offer", 75, None, Result.MISSED, to=95),
        leg("offer", 100, 160, Result.HUNG_UP),
        leg("consult", 120, 130, Result.HUNG_UP),
    ]
    row = fact({**story, "hold_s": 20.0}, legs, Beside(acw_ms=30_000, again=True))
    assert (row["handled"], row["legs"], row["transferred"], row["consulted"]) == (1, 2, 1, 1)
    assert (row["talk_ms"], row["hold_ms"], row["acw_ms"]) == (100_000, 20_000, 30_000)
    assert (row["offers"], row["missed"]) == (3, 1)
    assert BY_KEY["aht"].value(row) == 150.0
    assert BY_KEY["resolved"].value(row) == 0.0


def contact_at(at: float) -> dict:
    """An answered call."""
    given_ = {
        **dict.fromkeys(("left_queue", "home_centre_id", "centre_id", "agent_id", "promised_by")),
        **dict.fromkeys(("municipality", "matter_municipality", "path", "matter", "why"), ""),
        "call_id": "c",
        "queue": "taxes",
        "language": "lv",
        "dialled": "60000100",
        "direction": "in",
        "came_by": "phone",
        "outcome": Outcome.ANSWERED,
        "services": [],
        "within_s": 30.0,
        "short_s": 5.0,
        "hold_s": 0.0,
        "recorded_at": None,
        "due_at": None,
        "identified_level": 0,
    }
    return {
        **given_,
        "arrived_at": at,
        "queued_at": at,
        "answered_at": at + 10,
        "ended_at": at + 160,
    }


def leg(purpose: str, answered: float, ended: float | None, why: str, to: float | None = None):
    """One party of it, in seconds after the arrival."""
    at = 1_770_000_000.0
    answers = ended is not None
    return {
        "party": "agent",
        "purpose": purpose,
        "why": why,
        "answered_at": at + answered if answers else None,
        "to_at": at + (ended if answers else to),
    }


@given(st.lists(seconds, min_size=1, max_size=60), st.sampled_from([50.0, 90.0]))
def test_percentiles_of_bands(waits, percent):
    """The share of people that it says waited no longer, and it is no more than a band too long;
    no wait is longer than the longest."""
    counts = Counter(map(bands.band, waits))
    said = bands.percentile_s(counts, percent, max(waits))
    assert said is not None
    assert sum(wait <= said for wait in waits) >= len(waits) * percent / 100
    assert said <= max(waits)
    assert bands.percentile_s({}, percent, 0.0) is None


@given(st.lists(seconds, max_size=60), st.sampled_from([0, 5, 10, 20, 30, 60, 300]))
def test_in_time_by_bands(waits, within_s):
    """Read off bands, as many waited at most so long as did."""
    counts = Counter(map(bands.band, waits))
    assert bands.within(counts, within_s) == sum(wait <= within_s for wait in waits)


@given(st.floats(SPRING - 3e5, AUTUMN + 3e5), st.floats(0.001, 400_000))
def test_time_is_split_without_loss(begins, lasts):
    """The parts of an interval are its length to the millisecond, each in its own day; days of 23
    and 25 hours too."""
    parts = list(split(begins, begins + lasts))
    assert sum(length for _, length in parts) == round((begins + lasts) * 1000) - round(
        begins * 1000
    )
    assert [day for day, _ in parts] == sorted({day for day, _ in parts})


@given(times, st.floats(0.001, 3 * 86_400))
def test_one_day_has_what_splitting_gives_it(begins, lasts):
    """Whether a day is reckoned alone or all of them are."""
    ends = begins + lasts
    for day, length_ms in split(begins, ends):
        since = midnight(date_of(day))
        found = within("TALKING", begins, ends, since, next_midnight(since))
        assert found == {"talking_ms": length_ms}
        assert within("TALKING", begins, None, since, next_midnight(since)) == {}
    assert within("LOGGED_OUT", begins, ends, begins, ends) == {}


@pytest.mark.parametrize(("at", "hours"), [(SPRING, 23), (AUTUMN, 25)])
def test_days_of_23_and_25_hours(at, hours):
    """Logged in from midnight to midnight is as long as the day."""
    ready = {"state": "READY", "from_at": at, "to_at": next_midnight(at)}
    assert by_day([ready]) == {day_number(at): Counter(ready_ms=hours * 3_600_000)}
    assert midnight(local_day(at)) == at


cells = st.dictionaries(
    st.tuples(st.sampled_from("abc"), st.sampled_from("xy")), st.integers(0, 12), max_size=6
)


@given(cells)
def test_nothing_can_be_subtracted_out(counts):
    """Whoever knows all that is published, and how it is chosen, still has several possibilities
    for each cell that is not; no cell that is shown is small."""
    told = published(counts)
    assert all(count >= SMALL for count in told.shown.values())
    assert {cell for cell, n in counts.items() if 0 < n < SMALL} <= told.hidden
    if told.total is not None:
        assert told.pool is not None
        assert told.total == sum(told.shown.values()) + told.pool == sum(counts.values())
    hidden = sorted(told.hidden)
    possible: dict = {cell: set() for cell in hidden}
    for values in itertools.product(range(1, 13), repeat=len(hidden)):
        if told.pool is not None and sum(values) != told.pool:
            continue
        guess = {**told.shown, **dict(zip(hidden, values, strict=True))}
        if published(guess) == told:
            for cell, value in zip(hidden, values, strict=True):
                possible[cell].add(value)
    assert all(len(values) > 1 for values in possible.values())


@given(cells)
@example({("a", "x"): 4, ("b", "x"): 10, ("c", "x"): 10})  # no larger one could be more than ten
@example({("a", "x"): 1, ("b", "x"): 5, ("c", "x"): 9})  # none of them could be less
def test_who_knows_the_other_months_subtracts_nothing_out(counts):
    """Which of the hidden cells is small stands in other months, where it is shown or not: for who
    knows that as well, each small one could still be another number."""
    told = published(counts)
    small = sorted(cell for cell, count in counts.items() if 0 < count < SMALL)
    if told.pool is None:
        return
    hidden = [*small, *sorted(told.hidden - {*small})]
    ranges = [range(1, SMALL) if cell in small else range(SMALL, 13) for cell in hidden]
    possible: dict = {cell: set() for cell in small}
    for values in itertools.product(*ranges):
        guess = {**told.shown, **dict(zip(hidden, values, strict=True))}
        if sum(values) == told.pool and published(guess) == told:
            for cell, value in zip(small, values, strict=False):
                possible[cell].add(value)
    assert all(len(values) > 1 for values in possible.values()), possible


few = st.dictionaries(st.sampled_from("abcd"), st.integers(0, 12), max_size=4)


def before_and_after(told: PublishedCells, again: PublishedCells):
    """All that the hidden cells may have been and become, for whoever has both files and knows how
    they are made."""
    hidden = sorted(told.hidden)

    def all_of(pool: int, most: int):
        for values in itertools.product(range(most), repeat=len(hidden)):
            if sum(values) == pool:
                yield dict(zip(hidden, values, strict=True))

    first = [one for one in all_of(told.pool, 13) if published({**told.shown, **one}) == told]
    second = [
        one for one in all_of(again.pool, 20) if restated({**again.shown, **one}, [told]) == again
    ]
    return first, second


@given(few, few)
@example({"a": 3, "b": 6}, {"a": 10, "b": 6})  # shown now, it would tell what b was, and so a
@example({"a": 3, "b": 6}, {"a": 4, "b": 6})
@example({"a": 8, "b": 9}, {"a": 3, "b": 9})
@example({"a": 8}, {"a": 8, "b": 2})
@example({"a": 3, "b": 6}, {"a": 9, "b": 12})  # what is hidden has grown
@example({"a": 1, "b": 2, "c": 7, "d": 12}, {"a": 4, "b": 6, "c": 9, "d": 12})
@example({"a": 4, "b": 9, "c": 12}, {"a": 1, "b": 6, "c": 12})  # and shrunk
@settings(deadline=None)
def test_two_files_of_one_month_tell_no_small_difference(counts, later):
    """Late facts in between: no number of either file, and no difference of two, is one to four;
    and whoever subtracts all that there is, also knowing that facts only ever come, has several
    possibilities left of what each hidden cell was, is, and by how much it grew."""
    told = published(counts)
    again = restated(later, [told])
    assert all(count >= SMALL for count in again.shown.values())
    if told.pool is None:
        assert again == published(later)
        return
    for cell in {*told.shown, *again.shown}:
        moved = abs(again.shown.get(cell, 0) - told.shown.get(cell, 0))
        assert moved == 0 or moved >= SMALL
    assert again.hidden == told.hidden
    assert again.pool is not None
    assert again.pool == told.pool or abs(again.pool - told.pool) >= SMALL
    assert again.total == sum(again.shown.values()) + again.pool
    if again.pool == told.pool:
        return  # no more is told of the hidden ones than before
    first, second = before_and_after(told, again)
    pairs = [
        (was, is_) for was in first for is_ in second if all(was[cell] <= is_[cell] for cell in was)
    ]
    for cell in told.hidden:
        assert len({one[cell] for one in first}) > 1
        assert len({one[cell] for one in second}) > 1
        if again.pool > told.pool:
            assert len({was[cell] for was, _ in pairs}) > 1
            assert len({is_[cell] for _, is_ in pairs}) > 1
            assert len({is_[cell] - was[cell] for was, is_ in pairs}) > 1


@given(st.lists(few, min_size=2, max_size=5))
def test_no_file_tells_a_small_difference_to_any_before(all_counts):
    """Of however many: what moves there and back is held against each."""
    told = [published(all_counts[0])]
    for counts in all_counts[1:]:
        told.append(restated(counts, told))
    for one, other in itertools.combinations([each for each in told if each.pool is not None], 2):
        for cell in {*one.shown, *other.shown}:
            assert not 0 < abs(one.shown.get(cell, 0) - other.shown.get(cell, 0)) < SMALL
        assert not 0 < abs(one.pool - other.pool) < SMALL


def test_what_has_changed_enough_is_told():
    """A restatement is of use: five more are told, a new cell of five too, and nothing restated is
    what was published."""
    counts = {"a": 20, "b": 3, "c": 9, "d": 40}
    told = published(counts)
    assert restated(counts, [told]) == told
    again = restated({**counts, "a": 25, "c": 19, "d": 43, "e": 5, "f": 4}, [told])
    assert dict(again.shown) == {"a": 25, "d": 40, "e": 5}
    assert (again.hidden, again.pool, again.total) == ({"b", "c"}, 22, 92)


def test_figures_are_made_of_what_is_counted():
    """Every figure is of sums that are kept, has words, and stands in a view; a view has none that
    is not declared."""
    kept = {*COUNTED, *(f"{state}_ms" for state in STATES), "longest_ms"}
    for one in MEASURES:
        assert {*one.plus, *one.minus, *one.by, *one.less} <= kept
        assert one.name
        assert one.formula
    shown = {key for _, keys in VIEWS.values() for key in keys}
    assert shown <= set(BY_KEY)
    assert set(BY_KEY) - shown == {"abandonment", "answer_rate", "abandon_time"}
    assert get_args(Dimension) == DIMENSIONS


@given(st.dates(date(2026, 1, 1), date(2028, 12, 31)))
@example(date(2026, 11, 30))  # a Monday
@example(date(2026, 6, 1))  # the first of a month, too
@example(date(2029, 1, 1))  # and of a year
def test_one_period_is_marked(today):
    """The one that was chosen where the rows tell it, else the narrower one: on Mondays the day is
    the week so far, on the first of a month the month."""
    days = [period(name, today)[:2] for name in PERIODS]
    for name in PERIODS:
        since, until, by = period(name, today)
        found = chosen(ReportQuestion(since=since, until=until, by=by), today)
        assert period(found, today) == (since, until, by)
        other = chosen(ReportQuestion(since=since, until=until, by="queue"), today)
        assert list(PERIODS).index(other) == days.index((since, until))
    week = chosen(ReportQuestion(since=today, until=today, by="day"), today)
    assert (week == "week") is (today.weekday() == 0)
    assert chosen(ReportQuestion(since=today, until=today, by="quarter"), today) == "today"
    assert chosen(ReportQuestion(since=today, until=today + timedelta(days=1)), today) == ""
