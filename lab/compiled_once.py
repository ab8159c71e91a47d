"""Statements that are compiled once for all engines of a kind: SQLAlchemy does it for each engine
anew, and nearly every test has one of its own."""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from contactcentre.storage import database

Key = tuple[Any, ...]


class CompiledStatements(dict[Key, Any]):
    """What SQLAlchemy takes for an engine's cache: first in a key is the engine's dialect, which
    stands here by its name. As many as the tests of a process have statements."""

    def get(self, key: Key, default: Any = None) -> Any:
        """See `dict`."""
        return super().get((key[0].name, *key[1:]), default)

    def __setitem__(self, key: Key, compiled: Any) -> None:
        """The same."""
        super().__setitem__((key[0].name, *key[1:]), compiled)


def compile_once() -> None:
    """By all engines that the product makes in this process, and in those forked from it."""
    cache = CompiledStatements()

    def made(*where: Any, **how: Any) -> AsyncEngine:
        engine = create_async_engine(*where, **how)
        engine.sync_engine.update_execution_options(compiled_cache=cache)
        return engine

    database.create_async_engine = made  # type: ignore[attr-defined]  # not meant for others
