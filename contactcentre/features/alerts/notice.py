"""Who is told of an alert that is raised or over: by e-mail, and by webhook."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from agents_ui.alerts.port import AlertLetter, AlertNews
from agents_ui.shell.port import Texts
from contactcentre.features.alerts.store import RaisedAlert
from contactcentre.storage.outbox import Outgoing

TERM_S: Final = 6 * 3600.0
"""What comes later is no alert any more."""

Write = Callable[[AlertNews], AlertLetter]
"""Puts the news into words."""


class Notices:
    """`link` gives the address of the board's row."""

    def __init__(self, write: Write, link: Callable[[str, str], str]) -> None:
        self._write = write
        self._link = link

    def of(self, alert: RaisedAlert, label: Texts, value: float | None) -> Iterator[Outgoing]:
        """A message to each who is to be told. `value` is that of now, None where it is over."""
        yield from self.letters(alert, label, value)
        yield from self.hooks(alert, label, value)

    def letters(self, alert: RaisedAlert, label: Texts, value: float | None) -> Iterator[Outgoing]:
        """To people alone."""
        rule, news = alert.rule, self._news(alert, label, value)
        yield from self._mails(news, rule.mail)
        if alert.passed_on_at is not None:
            yield from self._mails(news, [one for one in rule.then_mail if one not in rule.mail])

    def hooks(self, alert: RaisedAlert, label: Texts, value: float | None) -> Iterator[Outgoing]:
        """To machines, which do not sleep."""
        if alert.rule.webhook:
            yield Outgoing(
                kind="webhook",
                to=alert.rule.webhook,
                cause=f"alert/{alert.alert_id}",
                body=self._json(self._news(alert, label, value)),
                term_s=TERM_S,
            )

    def again(self, alert: RaisedAlert, label: Texts, value: float) -> Iterator[Outgoing]:
        """To those who are told where nobody has looked after it."""
        news = replace(self._news(alert, label, value), again=True)
        return self._mails(news, alert.rule.then_mail)

    def _mails(self, news: AlertNews, addresses: Sequence[str]) -> Iterator[Outgoing]:
        if not addresses:
            return
        letter = self._write(news)
        for address in addresses:
            yield Outgoing(
                kind="mail",
                to=address,
                cause=f"alert/{news.alert_id}",
                subject=letter.subject,
                body=letter.body,
                term_s=TERM_S,
            )

    def _news(self, alert: RaisedAlert, label: Texts, value: float | None) -> AlertNews:
        rule = alert.rule
        return AlertNews(
            alert_id=alert.alert_id,
            name=rule.name,
            figure=rule.figure,
            scope=rule.scope,
            label=label,
            side=rule.side,
            threshold=rule.threshold,
            urgent=rule.urgent,
            value=alert.peak if value is None else value,
            raised_at=alert.raised_at,
            cleared_at=alert.cleared_at,
        )

    def _json(self, news: AlertNews) -> str:
        dimension, key = news.scope
        told = {
            "event": "alert.raised" if news.cleared_at is None else "alert.cleared",
            "alert_id": news.alert_id,
            "name": news.name,
            "figure": news.figure,
            "of": {"dimension": dimension, "key": key},
            "side": news.side,
            "threshold": news.threshold,
            "value": news.value,
            "urgent": news.urgent,
            "raised_at": _moment(news.raised_at),
            "cleared_at": None if news.cleared_at is None else _moment(news.cleared_at),
            "link": self._link(dimension, key),
        }
        return json.dumps(told, ensure_ascii=False)


def _moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")
