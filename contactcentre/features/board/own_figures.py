"""The figures as those see them who lead a part of the network: which rows, and of the waiting how
many are theirs. Found once for a configuration; a row is made anew where it has changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import chain

from agents_ui.board.port import FigureRow
from contactcentre.core.config.network import Network
from contactcentre.features.board.calls import SeenCall
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

    def rows(self, picture: Picture, waiting: Iterable[SeenCall]) -> list[FigureRow]:
        """In the order of all of them; what has not changed is the same object."""
        network = picture.network
        if network is not self._network:
            self._network, self._rows = network, {}
            self._keys = tuple(key for key in picture.figures if self._sight.figure(key))
        ours = Counter(chain.from_iterable(one.keys for one in waiting))
        for key in self._keys:
            everybodys, kept = picture.figures[key], self._rows.get(key)
            if kept is None or kept[0] is not everybodys or kept[1].ours != ours.get(key, 0):
                self._rows[key] = everybodys, picture.figure(key, ours[key])
        return [own for _, own in self._rows.values()]
