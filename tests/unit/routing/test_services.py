"""Which queue a service of the catalogue belongs to."""

import pytest

from routing.model import Queue
from routing.services import queue_for

pytestmark = pytest.mark.unit


def queue(name: str, *services: str, skilled: bool = True) -> Queue:
    skills = ((name, 1),) if skilled else ()
    return Queue(queue_id=name, labels={}, skills=skills, services=services)


def test_a_queue_with_skills_goes_before_one_for_everybody() -> None:
    """Even where the common one names the service first."""
    common, taxes = queue("common", "VID-GID", skilled=False), queue("taxes", "NVA", "VID-GID")
    assert queue_for("VID-GID", (common, taxes)) == taxes
    assert queue_for("VID-GID", (common,)) == common


def test_the_queue_that_is_most_about_it() -> None:
    """The place in the list decides, then the shorter list, then the name."""
    first, later = queue("b", "PASE", "EID", "PK"), queue("a", "EID", "PASE")
    assert queue_for("PASE", (later, first)) == first
    shorter = queue("c", "PASE")
    assert queue_for("PASE", (first, shorter)) == shorter
    assert queue_for("PASE", (queue("y", "PASE"), queue("x", "PASE"))) == queue("x", "PASE")


def test_no_queue_no_answer() -> None:
    """Then the agent chooses; and so for no service at all."""
    assert queue_for("UR-SIA", (queue("taxes", "VID-GID"),)) is None
    assert queue_for("", (queue("taxes", ""),)) is None
