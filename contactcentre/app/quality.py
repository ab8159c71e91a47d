"""Quality: who assesses talks, who reads that, what is edited, and the one who draws."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine

from contactcentre.app.area import Gauges, Runs
from contactcentre.core.config.network import Network
from contactcentre.core.world import World
from contactcentre.engine.alarms import Alarm
from contactcentre.features.quality.assessing import AssessmentService
from contactcentre.features.quality.editing import QualityDocumentService
from contactcentre.features.quality.own import OwnAssessmentService
from contactcentre.features.quality.sampler import Sampler
from contactcentre.features.quality.scripted import ScriptedCallService
from contactcentre.features.upkeep.guard import found_in


@dataclass(frozen=True, slots=True)
class Quality:
    """What keeps the pages, and what runs."""

    room: AssessmentService
    own: OwnAssessmentService
    documents: QualityDocumentService
    scripted: ScriptedCallService
    sampler: Sampler

    def runs(self) -> Runs:
        """See `Area`."""
        return {"quality": self.sampler.run}

    def gauges(self) -> Gauges:
        """See `Area`."""
        return {}

    def alarms(self) -> Iterable[Alarm]:
        """See `Area`."""
        return ()


def build_quality(
    engine: AsyncEngine, world: World, *, usual: Path, stands_for: Callable[[str], str]
) -> Quality:
    """Over the network in force. What may stand in no question to an institution may stand in no
    comment either."""

    def network() -> Network:
        return world.network

    sampler = Sampler(engine, network=network)
    return Quality(
        AssessmentService(engine, sampler, network=network, guard=found_in, stands_for=stands_for),
        OwnAssessmentService(engine, network=network, guard=found_in),
        QualityDocumentService(engine, network=network, usual=usual),
        ScriptedCallService(engine, network=network, guard=found_in),
        sampler,
    )
