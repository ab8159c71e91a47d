"""The service's start."""

import gc

import pytest

from contactcentre.app.service import spare_the_collector

pytestmark = pytest.mark.unit


def test_what_was_there_at_the_start_is_not_collected_again() -> None:
    """The collector looks only at what came since."""
    early: list[str] = []
    spare_the_collector()
    try:
        late: list[str] = []
        seen = {id(each) for each in gc.get_objects()}
    finally:
        gc.unfreeze()
    assert id(early) not in seen
    assert id(late) in seen
