"""The tables themselves; that every declared move is true is held by `test_world`."""

from collections.abc import Callable, Iterable
from enum import StrEnum
from pathlib import Path

import pytest

from contactcentre.core import diagrams, events
from contactcentre.core.agent import table as agent_table
from contactcentre.core.agent.state import Agent, State
from contactcentre.core.call import table as call_table
from contactcentre.core.call.state import Phase
from contactcentre.testing import START, History

pytestmark = pytest.mark.unit


def reachable(start: StrEnum, edges: Iterable[diagrams.Edge]) -> set[StrEnum]:
    """Every state to which a way leads."""
    ways = list(edges)
    found = {start}
    while more := {to for source, _, to in ways if source in found} - found:
        found |= more
    return found


def test_every_phase_of_a_call_can_be_reached() -> None:
    """From the menu a way leads to each."""
    assert reachable(Phase.MENU, diagrams.call_edges()) == set(Phase)


def test_every_state_of_an_agent_can_be_reached() -> None:
    """From logged out a way leads to each."""
    assert reachable(State.LOGGED_OUT, diagrams.agent_edges()) == set(State)


@pytest.mark.parametrize("phase", [phase for phase in Phase if phase is not Phase.ENDED])
def test_a_caller_may_hang_up_in_any_phase(phase: Phase) -> None:
    """No phase forgets the hang-up, and a broken leash is no fault in any."""
    unspoken = phase in (Phase.WAITING, Phase.OFFERED, Phase.CALLING)
    ends = (Phase.CALLBACK, Phase.ENDED) if unspoken else (Phase.ENDED,)
    nobody = phase in (Phase.CALLBACK, Phase.PREVIEWED)
    assert set(call_table.TABLE[phase][events.CallerHungUp].to) == ({phase} if nobody else {*ends})
    assert events.LeashLost in call_table.TABLE[phase]
    assert events.CallReturned in call_table.TABLE[phase]


def test_an_ended_call_stays_ended() -> None:
    """Its record may change, and nothing else."""
    assert {to for move in call_table.TABLE[Phase.ENDED].values() for to in move.to} == {
        Phase.ENDED
    }


def test_an_illegal_event_is_a_named_error(begin: Callable[..., History]) -> None:
    """Each machine has its own."""
    history = begin()
    history.arrives(1)
    with pytest.raises(events.Illegal):
        call_table.step(history.call(1), events.ServiceStarted(at=START), history.world.network)
    agent = Agent(agent_id="a1", endpoint="a-1", name="Agent 1")
    with pytest.raises(events.Illegal):
        agent_table.step(agent, events.ReadyChosen(at=START, agent_id="a1"))


@pytest.mark.parametrize(
    ("name", "page"), [("call", diagrams.call_page), ("agent", diagrams.agent_page)]
)
def test_the_diagrams_are_drawn_from_the_tables(
    root: Path, name: str, page: Callable[[], str]
) -> None:
    """The pages are as `scripts/diagrams` writes them."""
    assert (root / "docs" / "diagrams" / f"{name}.md").read_text(encoding="utf-8") == page()
