"""An alert by e-mail: a few plain lines, and where to look."""

from __future__ import annotations

from collections.abc import Callable

from agents_ui.alerts import words
from agents_ui.alerts.port import AlertLetter, AlertNews
from agents_ui.shell.formats import local_time
from agents_ui.shell.texts import Language


def letter(language: Language, link: Callable[[str, str], str], news: AlertNews) -> AlertLetter:
    """In that language; `link` gives the address of the board's row."""
    where = words.scope_name(language, news.scope, news.label)
    begin = _begin(language, news)
    figure, side = words.FIGURES[news.figure], words.SIDES[news.side]
    value = words.amount(news.figure, news.value)
    threshold = words.amount(news.figure, news.threshold)
    if news.cleared_at is None:
        now = language.text("Now: {value}", value=value)
    else:
        now = language.text("The worst value: {value}", value=value)
    lines = [
        begin,
        "",
        f"{where}: {language.text(figure)}",
        f"{now} ({language.text(side)} {threshold})",
        language.text("Since: {time}", time=local_time(news.raised_at)),
    ]
    if news.cleared_at is not None:
        lines.append(language.text("Until: {time}", time=local_time(news.cleared_at)))
    lines += ["", link(*news.scope), "", language.text("Nobody reads answers to this message.")]
    return AlertLetter(f"{begin} · {where}", "\n".join(lines) + "\n")


def _begin(language: Language, news: AlertNews) -> str:
    if news.cleared_at is not None:
        return language.text("Over: {name}", name=news.name)
    if news.again:
        return language.text("Nobody has looked after it: {name}", name=news.name)
    if news.urgent:
        return language.text("Urgent: {name}", name=news.name)
    return language.text("Alert: {name}", name=news.name)
