"""World keeps its promises whatever happens in whatever order; a little of it, in seconds."""

import pytest
from histories import Histories
from hypothesis import Phase, settings

pytestmark = pytest.mark.unit

LONG = settings.get_profile("long")
TestHistories = Histories.TestCase
TestHistories.settings = (
    LONG
    if settings().max_examples == LONG.max_examples
    else settings(
        derandomize=True,
        max_examples=4,
        stateful_step_count=60,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],  # to shrink a fault takes minutes
    )
)
