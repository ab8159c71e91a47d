"""Whose connections the panel keeps, and which one makes room."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import pytest

from agents_ui.shell.connections import EACH_SESSION, LIFE_S, Connections

pytestmark = pytest.mark.unit

MOST, EACH = 12, 4
PROXY = "192.0.2.1"


@dataclass(eq=False)
class Caller:
    """At the other end."""

    peer: str = "198.51.100.1"
    busy: bool = False
    gone: bool = False

    def cut(self) -> None:
        """See `Connection`."""
        self.gone = True


def come(there: Connections, *callers: Caller) -> list[bool]:
    """Whether each is let in."""
    return [there.admit(one) for one in callers]


async def test_one_address() -> None:
    """Its oldest idle connection goes; who is being answered stays; where all are, the newcomer is
    turned away."""
    there = Connections(MOST, EACH)
    first, *others = callers = [Caller(busy=True), *(Caller() for _ in range(EACH - 1))]
    newcomer = Caller(busy=True)
    assert all(come(there, *callers, newcomer))
    assert [one.gone for one in callers] == [False, True, False, False]
    for one in others:
        one.busy = True
    assert come(there, Caller()) == [False]
    assert not first.gone
    assert there.ended == {"displaced": 1, "turned_away": 1}


async def test_many_addresses() -> None:
    """Strangers have half; whoever has most gives."""
    there = Connections(MOST, EACH)
    greedy = [Caller("198.51.100.9") for _ in range(EACH)]
    modest = [Caller(f"198.51.100.{number}") for number in range(5)]
    assert all(come(there, *greedy, *modest))
    assert there.strangers == MOST // 2
    assert [one.gone for one in greedy] == [True, True, True, False]
    assert not any(one.gone for one in modest)


async def test_neighbours_of_ipv6() -> None:
    """Who has one address there has as many as he likes: they count as one."""
    there = Connections(MOST, EACH)
    assert all(come(there, *(Caller(f"2001:db8::{number}") for number in range(EACH + 1))))
    assert there.strangers == EACH


async def test_who_is_logged_in() -> None:
    """Is no stranger: takes none of their places, and is not displaced, up to so many."""
    there = Connections(1000, EACH)
    for _ in range(EACH_SESSION):
        one = Caller()
        assert there.admit(one)
        there.vouch(one, "session")
    assert (there.known, there.strangers) == (EACH_SESSION, 0)
    more = Caller()
    there.admit(more)
    there.vouch(more, "session")
    assert there.strangers == 1


async def test_when_all_places_are_taken() -> None:
    """By people who are logged in, nobody else has one; each that leaves leaves one."""
    there = Connections(MOST, MOST)
    people = [Caller() for _ in range(MOST)]
    for number, one in enumerate(people):
        assert there.admit(one)
        there.vouch(one, f"session {number}")
    assert come(there, Caller(), Caller()) == [False, False]
    there.leave(people[0])
    assert come(there, Caller()) == [True]


async def test_a_proxy() -> None:
    """Is no stranger either, and strangers make room for it."""
    there = Connections(MOST, EACH, trusted=[f"{PROXY}/32"])
    assert all(come(there, *(Caller(PROXY) for _ in range(MOST - 1)), Caller()))
    assert come(there, Caller(PROXY), Caller(PROXY)) == [True, False]
    assert (there.known, there.strangers) == (MOST, 0)


async def test_nothing_is_left_of_who_has_gone() -> None:
    """Nothing grows with those who came and went."""
    there = Connections(MOST, EACH)
    callers = [Caller(f"198.51.100.{number}") for number in range(MOST)]
    for one in callers:
        there.admit(one)
        there.vouch(one, one.peer) if one.peer[-1] in "123" else None
    for one in callers:
        there.leave(one)
        there.leave(one)
    kept = (there._strangers, there._known, there._of_session)
    assert not any(kept)


async def test_a_life(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stranger's ends by itself; who is being answered just then has as long again."""
    monkeypatch.setattr("agents_ui.shell.connections.LIFE_S", 0.01)
    assert LIFE_S == 60
    there = Connections(MOST, EACH)
    idle, busy, known = Caller(), Caller(busy=True), Caller()
    come(there, idle, busy, known)
    there.vouch(known, "session")
    async with asyncio.timeout(5):
        while not (idle.gone and busy.gone):  # noqa: ASYNC110 - nobody tells it
            await asyncio.sleep(0.001)
    assert not known.gone
    assert there.ended == {"outlived": 2}
