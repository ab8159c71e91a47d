"""Histories of the pure core."""

from collections.abc import Callable

import pytest

from contactcentre.testing import History, network, profile
from routing.model import AgentProfile

Begin = Callable[..., History]


@pytest.fixture
def begin() -> Begin:
    """A function that begins a history with the agents given, or with `a1` and `a2`."""

    def start(*agents: AgentProfile, ring_s: float = 20.0, wrap_up_s: float = 60.0) -> History:
        everybody = agents or (profile(1), profile(2))
        return History(network(*everybody, ring_s=ring_s, wrap_up_s=wrap_up_s))

    return start
