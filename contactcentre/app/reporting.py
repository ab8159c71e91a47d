"""Reports: facts kept level with what happened, looked at each night, and what they foretell."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from sqlalchemy.ext.asyncio import AsyncEngine

from agents_ui.board.port import FigureCheck
from agents_ui.reports.port import ReportQuestion
from agents_ui.reports.schedules import letter
from agents_ui.reports.sheet import sheet_of
from agents_ui.shell import texts
from agents_ui.shell.port import Person
from contactcentre import paths
from contactcentre.app.area import Gauges, Runs
from contactcentre.app.storage import Storage
from contactcentre.engine.alarms import Alarm, standing
from contactcentre.features.accounts import store as accounts
from contactcentre.features.analysts.export import AnalystExport
from contactcentre.features.analysts.names import AnalystNames
from contactcentre.features.analysts.nightly import NightlyFiles
from contactcentre.features.forecast.keeping import ForecastKeeper
from contactcentre.features.reports.keeping import FactKeeper
from contactcentre.features.reports.nightly import NightlyChecks
from contactcentre.features.reports.postman import Postman
from contactcentre.features.reports.schedule import ReportSchedule
from contactcentre.features.reports.service import ReportService
from contactcentre.settings import Settings


@dataclass(frozen=True, slots=True)
class Reporting:
    """What runs for them beside the page."""

    keeper: FactKeeper
    nightly: NightlyChecks
    postman: Postman
    forecast: ForecastKeeper
    files: NightlyFiles

    def runs(self) -> Runs:
        """See `Area`."""
        return {
            "reports": self.keeper.run,
            "report_checks": self.nightly.run,
            "report_post": self.postman.run,
            "forecast": self.forecast.run,
            "analysts": self.files.run,
        }

    def gauges(self) -> Gauges:
        """See `Area`."""
        return {
            "report_invariants_broken": len(self.nightly.broken),
            "report_checks_finished_timestamp_seconds": self.nightly.finished_at,
            "forecast_made_timestamp_seconds": self.forecast.made_at,
            "analyst_files_failed": self.files.failed,
            "analyst_files_finished_timestamp_seconds": self.files.finished_at,
        }

    def checked(self) -> FigureCheck | None:
        """What the night's look at the sums has found, for the board."""
        at = self.nightly.finished_at
        return FigureCheck(at=at, broken=len(self.nightly.broken)) if at else None

    def alarms(self) -> Iterable[Alarm]:
        """See `Area`."""
        return standing("figures-broken", bool(self.nightly.broken))


def build_reporting(settings: Settings, storage: Storage) -> Reporting:
    """Over the database."""
    keeper = FactKeeper(storage.database, storage.projector.wrote)
    postman = Postman(
        storage.database,
        ReportService(storage.database),
        person_of=partial(_person_of, storage.database),
        sheet_of=sheet_of,
        words=partial(_words, settings.panel_origin),
        sends=bool(settings.smtp_host),
    )
    forecast = ForecastKeeper(storage.database)
    files = NightlyFiles(analyst_export(settings, storage.database))
    return Reporting(keeper, NightlyChecks(storage.database), postman, forecast, files)


def analyst_export(settings: Settings, engine: AsyncEngine) -> AnalystExport | None:
    """None where no files are wanted."""
    if not settings.analyst_months:
        return None
    names = AnalystNames(paths.pseudonym_key(settings))
    return AnalystExport(engine, paths.analysts(settings), names, months=settings.analyst_months)


async def _person_of(engine: AsyncEngine, user_id: str) -> Person | None:
    async with engine.connect() as connection:
        return await accounts.person(connection, user_id)


def _words(origin: str, one: ReportSchedule, asked: ReportQuestion) -> tuple[str, str]:
    return letter(texts.read(), origin, one.name, one.language, asked)
