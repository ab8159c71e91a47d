"""What was done, as a record tells it; and what came without a call."""

from dataclasses import replace
from datetime import date

import pytest

from contactcentre.core import commands, events, values
from contactcentre.core.agent.state import State
from contactcentre.core.call import signals
from contactcentre.core.call.state import Call, Phase
from contactcentre.core.outcomes import Outcome
from contactcentre.core.work import ServiceDone
from contactcentre.engine import figures
from contactcentre.storage import projection
from contactcentre.storage.entry import JournalRecord, Standing, standing
from contactcentre.storage.projection import Card
from contactcentre.testing import History, call_id, network, profile

pytestmark = pytest.mark.unit

KEY = "f" * 32
APPLICATION = ServiceDone(service="VSAA", kind="application", outcome="handed_on")


@pytest.fixture
def history() -> History:
    """One agent at work."""
    whole = network(profile(1), profile(2))
    own = replace(whole.hotlines["60000100"], centre_id="c1")
    history = History(replace(whole, hotlines={**whole.hotlines, own.number: own}))
    history.links_up()
    history.ready(1)
    return history


def saves(history: History, key: str = call_id(1), **more: object) -> None:
    """The agent saves a draft, or more."""
    said = {"kind": "consultation", "services": (), "outcome": "answered", "finish": False}
    given = {**said, **more}
    history.apply(commands.RecordSaved(at=history.at, agent_id="a1", call_id=key, **given))


def begins(history: History, key: str = KEY, channel: str = "visit") -> None:
    """The agent writes something down."""
    history.apply(signals.ContactBegun(at=history.at, agent_id="a1", call_id=key, channel=channel))


def projected(call: Call, **cards: Card) -> projection.Rows:
    """All that the database has of a call."""
    record = JournalRecord(
        seq=1, at=1.0, kind="x", call_id=call.call_id, agent_id="a1", event=b"{}", calls=(call,),
        agents=(), crises=(), passages=(),
    )  # fmt: skip
    return projection.rows("s", [record], home={}, centre={}, cards=cards)


def rows(call: Call, **cards: Card) -> list[tuple[str, ...]]:
    """What the statistics have of a call."""
    found = projected(call, **cards).services_done
    names = ("service", "kind", "outcome", "institution", "level", "municipality")
    return [tuple(row[name] for name in names) for row in found]


def test_each_service_has_its_own_kind_and_outcome(history: History) -> None:
    """What is not told apart is as the whole; the card says whose it is and of which level."""
    history.talks(1, 1)
    saves(history, services=("VSAA", "VID"), apart=(APPLICATION,), finish=True)
    cards = {"VSAA": Card("VSAA iestāde", "state"), "VID": Card("VID iestāde", "state")}
    assert rows(history.call(1), **cards) == [
        ("VSAA", "application", "handed_on", "VSAA iestāde", "state", "m"),
        ("VID", "consultation", "answered", "VID iestāde", "state", "m"),
    ]


def test_what_is_apart_goes_with_its_service(history: History) -> None:
    """A service that is taken out leaves nothing behind."""
    history.talks(1, 1)
    saves(history, services=("VID",), apart=(APPLICATION,))
    assert history.call(1).record.apart == ()


def test_a_record_without_a_service_is_counted_once(history: History) -> None:
    """And a draft, or one of which nobody said what was done, not at all."""
    history.talks(1, 1)
    saves(history)
    assert rows(history.call(1)) == []
    saves(history, finish=True)
    assert rows(history.call(1)) == [("", "consultation", "answered", "", "", "m")]
    record = values.replace(history.call(1).record, kind="not_recorded")
    assert rows(values.replace(history.call(1), record=record)) == []


def test_the_matter_is_where_the_caller_chose(history: History) -> None:
    """Else where the centre is that was dialled, until the agent says otherwise."""
    history.talks(1, 1)
    saves(history)
    assert history.call(1).record.municipality == "m"
    saves(history, municipality="ogre")
    saves(history, kind="other")
    assert history.call(1).record.municipality == "ogre"


def test_a_draft_writes_over_no_newer_one(history: History) -> None:
    """Who has not seen it is refused; whoever repeats what stands there is not."""
    history.talks(1, 1)
    saves(history, kind="application", base=0)
    saves(history, kind="application", base=0)
    assert (history.call(1).record.version, history.world.refused) == (1, 0)
    saves(history, kind="other", base=0)
    assert (history.call(1).record.kind, history.world.refused) == ("application", 1)
    saves(history, kind="other", base=1, follow_up_on=date(2026, 12, 1))
    record = history.call(1).record
    assert (record.kind, record.version, record.follow_up_on) == ("other", 2, date(2026, 12, 1))


def test_a_page_knows_the_version_without_being_told(history: History) -> None:
    """Whoever goes on from the present record makes the next one, also where nothing is another."""
    history.talks(1, 1)
    for base in range(3):
        saves(history, kind="application", base=base)
    saves(history, kind="other", base=3)
    record = history.call(1).record
    assert (record.kind, record.version, history.world.refused) == ("other", 4, 0)


def test_a_draft_goes_along_with_a_transfer(history: History) -> None:
    """The colleague goes on where the first one was."""
    history.talks(1, 1)
    saves(history, services=("VSAA",), apart=(APPLICATION,), language="ru")
    history.ready(2)
    history.passes_on(1, 1, "general")
    assert history.call(1).record.apart == (APPLICATION,)
    assert history.call(1).record.language == "ru"


def test_a_visit_is_a_contact_of_its_own(history: History) -> None:
    """It is over as it begins, its agent owes the record, and takes calls all the while."""
    begins(history)
    call = history.world.calls[KEY]
    assert (call.phase, call.end.outcome, call.came_by) == (
        Phase.ENDED, Outcome.WRITTEN_DOWN, "visit"
    )  # fmt: skip
    assert standing(call) is Standing.UNSAVED
    assert (history.agent(1).state, history.agent(1).unsaved) == (State.READY, (KEY,))
    assert figures.left(None, call, history.world.network) is None
    saves(history, KEY, kind="application", finish=True)
    assert not history.world.calls
    assert rows(history.world.ended[0]) == [("", "application", "answered", "", "", "m")]
    assert projected(history.world.ended[0]).legs == []


def test_pressed_twice_it_is_one(history: History) -> None:
    """Until something is written in it; another channel is another contact."""
    begins(history)
    begins(history, "e" * 32)
    assert history.agent(1).unsaved == (KEY,)
    begins(history, "d" * 32, "letter")
    history.apply(
        commands.NoteWritten(at=history.at, agent_id="a1", call_id="d" * 32, text="x", base=0)
    )
    begins(history, "c" * 32, "letter")
    assert history.agent(1).unsaved == (KEY, "d" * 32, "c" * 32)


def test_a_visit_may_be_written_down_in_a_talk(history: History) -> None:
    """The call in hand is not let go of, nor are its sounds."""
    history.talks(1, 1)
    begins(history)
    assert history.agent(1).state is State.TALKING
    history.hangs_up(1)
    assert set(history.world.calls) == {call_id(1)}
    assert history.agent(1).unsaved == (KEY, call_id(1))


def test_nobody_writes_down_for_an_agent_who_is_none(history: History) -> None:
    """It is refused and changes nothing."""
    history.apply(signals.ContactBegun(at=history.at, agent_id="a9", call_id=KEY, channel="visit"))
    assert (history.world.refused, dict(history.world.calls)) == (1, {})


def test_a_visit_is_no_call_from_afar(history: History) -> None:
    """A centre that takes one of those in an hour still takes it after a visit."""
    before = history.world.network
    capped = replace(before.centres["c1"], afar_per_hour=1)
    history.apply(
        events.NetworkPublished(at=history.at, network=replace(before, centres={"c1": capped}))
    )
    begins(history)
    assert history.world.matcher.caps.barred == frozenset()


def test_a_restart_keeps_it(history: History) -> None:
    """As any record in hand."""
    begins(history)
    new = History(network(profile(1)))
    new.world.restore(history.world.calls.values(), history.world.agents.values())
    new.apply(events.ServiceStarted(at=new.at))
    assert list(new.world.calls) == [KEY]
