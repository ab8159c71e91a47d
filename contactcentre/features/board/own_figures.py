"""The figures as those see them who lead a part of the network: which rows, and of the waiting how
many are theirs. Found once for a configuration; a row is made anew where it has changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from agents_ui.board.port import FigureRow
from contactcentre.core.call.state import Call
from contactcentre.core.config.network import Network
from contactcentre.features.board.groups import keys_of
from contactcentre.features.board.picture import Picture
from contactcentre.features.board.sight import BoardSight
from contactcentre.features.board.subjects import Key


class OwnFigures:
    """Of everybody who sees the same realms; what is kept goes with the configuration."""

    def __init__(self, sight: BoardSight) -> None:
        self._sight = sight
        self._network: Network | None = None
        self._keys: tuple[Key, ...] = ()
        self._rows: dict[Key, tuple[FigureRow, FigureRow]] = {}  # everybody's, and the own

    def rows(self, picture: Picture, waiting: Iterable[Call]) -> list[FigureRow]:
        """In the order of all of them; what has not changed is the same object."""
        network = picture.network
        if network is not self._network:
            self._network, self._rows = network, {}
            self._keys = tuple(key for key in picture.figures if self._sight.figure(key))
        ours = Counter(key for call in waiting for key in keys_of(call, network))
        return [self._row(picture, key, ours[key]) for key in self._keys]

    def _row(self, picture: Picture, key: Key, ours: int) -> FigureRow:
        everybodys = picture.figures[key]
        before, own = self._rows.get(key, (None, None))
        if own is None or before is not everybodys or own.ours != ours:
            own = picture.figure(key, ours)
            self._rows[key] = everybodys, own
        return own
