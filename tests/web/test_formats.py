"""Times as people read them."""

from __future__ import annotations

import pytest

from agents_ui.shell import formats

pytestmark = pytest.mark.web


@pytest.mark.parametrize(
    ("at", "shown"),
    [(1_774_745_999.0, "29.03.2026. 02:59"), (1_774_746_000.0, "29.03.2026. 04:00")],
)
def test_local_time(at, shown):
    """People see the clock of Latvia, also across the change to summer time."""
    assert formats.local_time(at) == shown
