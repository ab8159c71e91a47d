"""Alerts: the one who watches the board's figures, and how the news is put into words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlencode

from agents_ui.alerts.letter import letter
from agents_ui.alerts.port import AlertLetter, AlertNews, AlertScope
from agents_ui.shell import texts
from contactcentre.app.area import Gauges, Runs
from contactcentre.app.post import Post
from contactcentre.app.storage import Storage
from contactcentre.app.views import Views
from contactcentre.core.world import World
from contactcentre.engine.alarms import Alarm
from contactcentre.engine.clock import now
from contactcentre.engine.figures import Figures
from contactcentre.features.alerts.figures import EnquiriesLate
from contactcentre.features.alerts.notice import Notices
from contactcentre.features.alerts.scope import is_open
from contactcentre.features.alerts.service import AlertService, Ways
from contactcentre.features.alerts.watch import AlertWatch
from contactcentre.features.board.service import BoardService
from contactcentre.settings import Settings

FIRST = "lv"


@dataclass(frozen=True, slots=True)
class Alerting:
    """What runs, and what keeps the page."""

    watch: AlertWatch
    service: AlertService

    def runs(self) -> Runs:
        """See `Area`."""
        return {"alerts": self.watch.run}

    def gauges(self) -> Gauges:
        """See `Area`."""
        return {"alerts_standing": len(self.watch.standing)}

    def alarms(self) -> Iterable[Alarm]:
        """See `Area`."""
        return self.watch.alarms()


def build_alerting(
    settings: Settings,
    world: World,
    storage: Storage,
    views: Views,
    board: BoardService,
    post: Post,
    *,
    enquiries_late: EnquiriesLate,
) -> Alerting:
    """Over what the board shows."""
    link = partial(board_row, settings.panel_origin)
    watch = AlertWatch(
        storage.database,
        look=board.picture,
        rounds=board.changes,
        lately=partial(calls_lately, views.figures),
        enquiries_late=enquiries_late,
        is_open=lambda scope, at: is_open(scope, world.network, at),
        notices=Notices(partial(_write, settings.mail_language, settings.panel_origin), link),
    )
    ways = Ways(
        mail=post.mail is not None,
        hooks=bool(settings.webhook_secret.get_secret_value()),
        hook_fault=post.webhooks.fault,
    )
    usual = settings.config / "starter" / "alerts.yaml"
    return Alerting(watch, AlertService(storage.database, world, watch, ways=ways, usual=usual))


def board_row(origin: str, dimension: str, key: str) -> str:
    """Where the board shows those figures; no row of it tells of a person."""
    of = {} if dimension == "network" else {"by": dimension, "of": key}
    return f"{origin}/board" + (f"?{urlencode(of)}" if of else "")


def calls_lately(figures: Figures, scope: AlertScope) -> int:
    """Of the last half hour, as the service level counts them."""
    match scope:
        case ("network", _):
            level = figures.window(now())
        case ("queue", key):
            level = figures.window(now(), key)
        case (("centre" | "municipality" | "region" | "language" | "number") as dimension, key):
            level = figures.window(now(), (dimension, key))
        case _:
            return 0
    return level.answered + level.abandoned


def _write(code: str, origin: str, news: AlertNews) -> AlertLetter:
    known = texts.read()
    return letter(known.get(code) or known[FIRST], partial(board_row, origin), news)
