"""Callers for whom there is no room come in by the order in which they arrived."""

import pytest

from contactcentre.telephony.admission import FIRST, GRACE_S, LOOK_S, Admission

pytestmark = pytest.mark.unit


def channel(number: int) -> str:
    """The name of the channel that was made as that one."""
    return f"1790000000.{number}"


def test_whoever_finds_room_comes_in() -> None:
    """Nobody is written down for it."""
    admission = Admission()
    assert admission.ask(channel(1), 1, 0.0) == 0
    assert len(admission) == 0


def test_room_is_kept_for_those_before() -> None:
    """The second asks at a luckier moment, and waits all the same."""
    admission = Admission()
    assert admission.ask(channel(1), 0, 0.0) == 1
    assert admission.ask(channel(2), 0, 0.5) == 1
    assert admission.ask(channel(2), 1, 0.7) == 1
    assert admission.ask(channel(2), 2, 0.8) == 0
    assert admission.ask(channel(1), 1, 1.0) == 0
    assert len(admission) == 0


def test_the_channel_s_number_counts_not_its_letters() -> None:
    """The tenth of a second came after the ninth."""
    admission = Admission()
    assert admission.ask(channel(9), 0, 0.0)
    assert admission.ask(channel(10), 1, 0.0)
    assert not admission.ask(channel(9), 1, 0.0)


def test_room_is_not_kept_for_who_has_gone() -> None:
    """Who does not ask again in time has hung up."""
    admission = Admission()
    wait_s = admission.ask(channel(1), 0, 0.0)
    assert admission.ask(channel(2), 1, wait_s + GRACE_S - LOOK_S)
    assert admission.ask(channel(2), 1, wait_s + GRACE_S + LOOK_S) == 0


def test_those_far_behind_ask_seldom() -> None:
    """Two thousand who asked every second would leave no time for anybody else."""
    admission = Admission()
    waits = [admission.ask(channel(number), 0, 0.0) for number in range(2000)]
    assert (waits[0], waits[FIRST], waits[-1]) == (1, 2, 40)
    assert sum(1 / wait for wait in waits) < 250


def test_a_citizen_whom_we_ring_is_before_them_all() -> None:
    """An agent waits for that one."""
    admission = Admission()
    assert admission.ask(channel(1), 0, 0.0)
    assert admission.ask("cb-00000000000000000000000000000001-1", 1, 0.0) == 0
