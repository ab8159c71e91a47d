"""So many each and no more: what somebody may have open at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from agents_ui.shell.errors import Denied


class Places:
    """Counts what each has open; nobody is remembered who has nothing."""

    def __init__(self) -> None:
        self._taken: Counter[str] = Counter()

    def __len__(self) -> int:
        return self._taken.total()

    @contextmanager
    def take(self, who: str, each: int) -> Iterator[None]:
        """One more while the block runs. Raises `Denied` (429) where there are `each` already."""
        if self._taken[who] >= each:
            raise Denied("crowded", status=429)
        self._taken[who] += 1
        try:
            yield
        finally:
            self._taken[who] -= 1
            if not self._taken[who]:
                del self._taken[who]
