"""A citizen's data are erased: the hotline knows the calls, and no more whose they were."""

from collections.abc import Callable

import pytest

from contactcentre.core import commands, events
from contactcentre.testing import History, call_id, network, profile

pytestmark = pytest.mark.unit

Begin = Callable[..., History]
CALLER = "+37120000001"


def asked(history: History, caller: str = CALLER) -> bool:
    """Whether it was done."""
    refused = history.world.refused
    history.apply(events.ErasureAsked(at=history.at, caller=caller))
    return history.world.refused == refused


def test_nothing_of_the_caller_is_left() -> None:
    """Neither in the calls that are over, nor in what is remembered of callers."""
    history = History(network(profile(1)))
    history.links_up()
    history.arrives(1)
    history.hangs_up(1)
    history.arrives(2, caller="+37120000002")
    history.hangs_up(2)
    assert asked(history)
    assert {call.call_id: call.caller for call in history.world.ended} == {
        call_id(1): None,
        call_id(2): "+37120000002",
    }
    assert CALLER not in repr(history.world.ended)
    assert CALLER not in repr(vars(history.world.memory))
    assert set(history.world.touched_calls) == {call_id(1)}  # the journal is told
    assert not history.world.calls


def test_while_a_call_is_open_nothing_is_erased() -> None:
    """Whoever answers it must know whom to ring back."""
    history = History(network(profile(1)))
    history.links_up()
    history.arrives(1)
    assert not asked(history)
    assert history.call(1).caller == CALLER
    history.hangs_up(1)
    assert asked(history)
    assert asked(history)  # there is nothing left: that is no fault


def test_the_note_goes_with_its_caller(begin: Begin) -> None:
    """It tells of somebody; what was done stays."""
    history = begin()
    history.ready(1)
    history.talks(1, 1)
    history.apply(
        commands.NoteWritten(
            at=history.at, agent_id="a1", call_id=call_id(1), text="par Annu", base=0
        )
    )
    history.hangs_up(1)
    history.apply(
        commands.RecordSaved(
            at=history.at,
            agent_id="a1",
            call_id=call_id(1),
            kind="application",
            services=("VSAA-KOPS",),
            outcome="answered",
            finish=True,
        )
    )
    assert asked(history)
    (call,) = history.world.ended
    assert (call.record.note, call.record.services) == ("", ("VSAA-KOPS",))
    assert "par Annu" not in repr(history.world.ended)
