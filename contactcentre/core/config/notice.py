"""Known events as people publish them: words, time and queues."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from routing.scope import Place

PREFIX = "notice/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One known event: its words in each language, its time, and whose callers are told: those of
    some queues, municipalities or centres (none: every caller's).

    `until_at` is None while nobody knows the end.
    """

    notice_id: str
    texts: Mapping[str, str]
    from_at: float
    until_at: float | None = None
    queues: tuple[str, ...] = field(default=())
    municipalities: tuple[str, ...] = field(default=())
    centres: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        """Refuse what could not be told."""
        if not self.texts.get("lv", "").strip():
            raise ValueError("the Latvian text is missing")
        if self.until_at is not None and self.until_at <= self.from_at:
            raise ValueError("it ends before it begins")

    @property
    def prompt(self) -> str:
        """The prompt that says it; its text is the notice's own."""
        return PREFIX + self.notice_id

    def concerns(self, home: Place) -> bool:
        """Whether callers who belong there are told it."""
        everywhere = not (self.municipalities or self.centres)
        return everywhere or home.municipality in self.municipalities or home.centre in self.centres

    def in_force(self, at: float) -> bool:
        """Whether it is told at that instant."""
        return self.from_at <= at and (self.until_at is None or at < self.until_at)
