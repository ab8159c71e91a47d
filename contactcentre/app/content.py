"""What people have published: the network, its spoken names and prompts, the service cards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from contactcentre import paths
from contactcentre.app.area import Gauges, Runs
from contactcentre.app.storage import Storage
from contactcentre.core import events
from contactcentre.core.config.network import Network
from contactcentre.engine.alarms import Alarm
from contactcentre.features.catalogue.service import CatalogueService
from contactcentre.features.prompts.playable import Library
from contactcentre.features.prompts.speaker import speaker
from contactcentre.features.prompts.spoken_names import SpokenNames
from contactcentre.features.publication.service import Publication
from contactcentre.features.supervision.assignments import DayOver
from contactcentre.settings import Settings
from contactcentre.storage import settings as kept_settings
from contactcentre.storage.lookout import Watch


@dataclass(frozen=True, slots=True)
class Content:
    """`network` is the version to start with."""

    network: Network
    publication: Publication
    playable: Library
    names: SpokenNames
    catalogue: CatalogueService
    day_over: DayOver
    version: Watch

    def runs(self) -> Runs:
        """See `Area`."""
        return {
            "publication": partial(self.publication.run, self.version),
            "names": self.names.run,
            "catalogue": self.catalogue.run,
            "day_over": self.day_over.run,
        }

    def gauges(self) -> Gauges:
        """See `Area`."""
        refusal = self.publication.refusal
        return {"configuration_problems": len(refusal.problems) if refusal is not None else 0}

    def alarms(self) -> Iterator[Alarm]:
        """See `Area`."""
        yield from self.publication.alarms()


async def begin_content(
    settings: Settings, storage: Storage, post: Callable[[events.Event], None]
) -> Content:
    """As it stands, or as it stood last where the database is away.

    Raises `NetworkRefused` or `database.AWAY` errors where no good version is kept.
    """
    library = Library(paths.prompts(settings))
    recordings = paths.own_recordings(settings)
    names = SpokenNames(library, recordings, speaker(settings.speaker))
    catalogue = CatalogueService(storage.database, paths.good_catalogue(settings))

    def prompts() -> frozenset[str]:
        library.reload()  # they may have come with a new version
        return library.keys("lv")

    async def fresh(network: Network) -> None:
        names.note(network)
        catalogue.note()

    publication = Publication(
        storage.database,
        paths.good_network(settings),
        post=post,
        fresh=fresh,
        prompts=prompts,
        recordings=settings.recordings,
    )
    network = await publication.begin(storage.restored.calls)
    names.note(network)
    await catalogue.begin()
    day_over = DayOver(storage.database)
    version = storage.lookout.watch(kept_settings.VERSION_NOW)
    return Content(network, publication, library, names, catalogue, day_over, version)
