"""The alarms of the board: when they come, stay and go."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contactcentre.engine.alarms import Alarm, Alarms, standing

pytestmark = pytest.mark.unit

LATE = Alarm(code="late", since=100.0, place="ludza")


@pytest.fixture
def causes() -> list[Alarm]:
    """What is wrong."""
    return []


@pytest.fixture
def told() -> list[None]:
    """Once for each change."""
    return []


@pytest.fixture
def alarms(causes, told) -> Alarms:
    """The alarms, one look old."""
    made = Alarms([lambda: tuple(causes)], changed=lambda: told.append(None))
    made.look()
    return made


def test_an_alarm_comes_once_and_goes(alarms, causes, told):
    """Watchers are told when it comes and when it goes, not at each look."""
    causes.append(LATE)
    alarms.look()
    alarms.look()
    assert (alarms(), len(told)) == ((LATE,), 1)
    causes.clear()
    alarms.look()
    assert (alarms(), len(told)) == ((), 2)


def test_the_first_moment_counts(alarms, causes):
    """A cause that only knows that it is so now is shown since it was first seen."""
    for at in (100.0, 101.0, 102.0):
        causes[:] = [replace(LATE, since=at)]
        alarms.look()
    assert [alarm.since for alarm in alarms()] == [100.0]


def test_places_are_apart_and_the_oldest_is_first(alarms, causes):
    """The same trouble in two places is two alarms."""
    causes[:] = [LATE, replace(LATE, place="preili", since=50.0)]
    alarms.look()
    assert [alarm.place for alarm in alarms()] == ["preili", "ludza"]


def test_standing():
    """One alarm while something is so, none otherwise."""
    assert standing("away", False) == ()
    assert standing("away", True, since=7.0) == (Alarm(code="away", since=7.0),)
