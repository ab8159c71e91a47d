"""The tables themselves; that every declared move is true is held by `test_world`."""

import ast
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path

import pytest

from contactcentre.core import commands, diagrams, due, events
from contactcentre.core.agent import table as agent_table
from contactcentre.core.agent.state import Agent, State
from contactcentre.core.call import move, signals
from contactcentre.core.call import table as call_table
from contactcentre.core.call.state import Phase
from contactcentre.core.timers import Timer
from contactcentre.testing import START, History, call_id

pytestmark = pytest.mark.unit


def reachable(edges: Iterable[diagrams.Edge]) -> set[StrEnum | None]:
    """Every state to which a way leads from nothing."""
    ways = list(edges)
    found: set[StrEnum | None] = {None}
    while more := {to for source, _, to in ways if source in found} - found:
        found |= more
    return found - {None}


def test_every_phase_of_a_call_can_be_reached() -> None:
    """From its beginning a way leads to each."""
    assert reachable(diagrams.call_edges()) == set(Phase)


def test_every_state_of_an_agent_can_be_reached() -> None:
    """From the day that the configuration has an agent a way leads to each."""
    assert reachable(diagrams.agent_edges()) == set(State)


@pytest.mark.parametrize("phase", [phase for phase in Phase if phase is not Phase.ENDED])
def test_a_caller_may_hang_up_in_any_phase(phase: Phase) -> None:
    """No phase forgets the hang-up, and a broken leash is no fault in any."""
    unspoken = phase in (Phase.WAITING, Phase.OFFERED, Phase.CALLING)
    ends = (Phase.CALLBACK, Phase.ENDED) if unspoken else (Phase.ENDED,)
    nobody = phase in (Phase.CALLBACK, Phase.PREVIEWED, Phase.LISTENING)
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
        agent_table.step(agent, commands.ReadyChosen(at=START, agent_id="a1"))


def test_the_diagrams_are_as_the_code_is(root: Path) -> None:
    """Those of the tables and that of the imports, in which there is no circle."""
    command = [sys.executable, root / "scripts" / "diagrams", "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - ours
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


# --- nobody else moves anything ------------------------------------------------------------


@cache
def modules(root: Path) -> Mapping[str, ast.Module]:
    """The product's modules, parsed, by their paths in `contactcentre`."""
    package = root / "contactcentre"
    return {
        path.relative_to(package).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(package.rglob("*.py"))
    }


def called(node: ast.AST) -> str:
    """The name of what is called: `replace`, `call_table.step`."""
    return ast.unparse(node.func) if isinstance(node, ast.Call) else ""


def given(node: ast.AST, name: str) -> bool:
    """Whether a call has a keyword of that name."""
    return isinstance(node, ast.Call) and name in {word.arg for word in node.keywords}


def put(node: ast.AST) -> str:
    """What is put into: `self.calls[...] = ...`."""
    stored = isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store)
    return f"{ast.unparse(node.value)}[...] = ..." if stored else ""


def is_step(node: ast.AST) -> bool:
    """Whether it is `call_table.step`, or that of another table."""
    asked = isinstance(node, ast.Attribute) and node.attr == "step"
    return asked and ast.unparse(node.value).endswith("_table")


def test_only_the_tables_moves_give_a_phase_or_a_state(root: Path) -> None:
    """`phase` is set in the call's moves alone, `state` in the agent's table."""
    phases, states = set(), set()
    for path, tree in modules(root).items():
        for node in ast.walk(tree):
            made = called(node)
            if (made in ("replace", "Call") and given(node, "phase")) or made == "enter":
                phases.add(path)
            if made in ("replace", "Agent") and given(node, "state"):
                states.add(path)
    assert states == {"core/agent/table.py"}
    assert phases
    assert {path for path in phases if not path.startswith("core/call/")} == set()


WORLD = ("core/world.py", "core/world_state.py")


def test_only_world_takes_steps_and_only_by_the_tables(root: Path) -> None:
    """Calls and agents are put in one place each, by whoever has just asked the table; what failed
    is put back as it was, and what a step of the clock finds is the same at other instants."""
    trees = modules(root)
    places: dict[str, set[str]] = {}
    for function in (node for file in WORLD for node in ast.walk(trees[file])):
        if isinstance(function, ast.FunctionDef):
            for node in ast.walk(function):
                for what in (called(node), put(node)):
                    places.setdefault(what, set()).add(function.name)
    assert places["call_table.step"] == {"_step_call", "restore"}
    assert places["agent_table.step"] == {"_step_agent"}
    assert places["self.calls[...] = ..."] == {
        "_changed",
        "_lay_out",
        "_put_back",
        "_on_clock",
    }
    assert places["self.agents[...] = ..."] == {"_put_agent"}
    assert places["self._changed"] == {"_step_call"}
    assert places["self._lay_out"] == {"restore", "_on_record", "_on_given_up", "_on_erasure"}
    assert places["self._put_agent"] == {
        "_step_agent",
        "restore",
        "_publish",
        "_put_back",
        "_on_clock",
    }
    steps = {name for name, other in trees.items() if any(map(is_step, ast.walk(other)))}
    assert steps == set(WORLD)


def test_a_move_that_is_not_declared_is_refused(
    begin: Callable[..., History], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Should a move lead where its table does not say, it is counted and changes nothing."""
    history = begin()
    history.arrives(1)
    nowhere = {Phase.MENU: {events.CallerHungUp: move.Move(move.keep, (Phase.ENDED,))}}
    monkeypatch.setattr(call_table, "TABLE", nowhere)
    before = history.call(1)
    history.hangs_up(1)
    assert history.call(1) == before
    assert history.world.illegal == {("CallerHungUp", "undeclared: to menu"): 1}


def test_what_follows_comes_to_an_end(
    begin: Callable[..., History], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Should one change lead to the next for ever, that is broken off and counted."""
    history = begin()
    history.waits(1)

    def restless(change: move.Change) -> Iterator[move.Follow]:
        yield signals.CircleOpened(at=change.at, call_id=change.after.call_id)

    monkeypatch.setattr(history.world, "_observers", (restless,))
    history.fires("widen", call_id(1))
    assert history.world.illegal == {("CircleOpened", "endless"): 1}
    assert history.call(1).phase is Phase.WAITING


def test_every_timer_has_its_meaning() -> None:
    """And nothing else has one."""
    assert set(due.DUE) == set(Timer)
