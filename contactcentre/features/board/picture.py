"""All that there is to be seen of the network at an instant, made once for all who look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from agents_ui.board import port
from contactcentre.core.config.network import Network
from contactcentre.engine.alarms import Alarm
from contactcentre.features.board.agents import SeenAgent
from contactcentre.features.board.by_realm import ByRealm
from contactcentre.features.board.calls import SeenCall, SeenPromise
from contactcentre.features.board.subjects import Key


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """With where each thing is seen."""

    seq: int = 0
    at: float = 0.0
    network: Network
    telephony: bool = False
    figures: Mapping[Key, port.FigureRow] = field(default_factory=dict)
    agents: ByRealm[SeenAgent] = field(default_factory=ByRealm)
    calls: ByRealm[SeenCall] = field(default_factory=ByRealm)
    demands: tuple[port.DemandRow, ...] = ()
    promises: ByRealm[SeenPromise] = field(default_factory=ByRealm)
    alarms: tuple[Alarm, ...] = ()
    checked: port.FigureCheck | None = None
    _ours: dict[tuple[Key, int], port.FigureRow] = field(default_factory=dict)

    def figure(self, key: Key, ours: int) -> port.FigureRow:
        """For those of whose waiting there are so many: made once for all of them."""
        made = self._ours.get((key, ours))
        if made is None:
            made = self._ours[key, ours] = replace(self.figures[key], ours=ours)
        return made
