"""A rule between the fields of its form and its document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agents_ui.alerts.port import RuleRefused, RuleText
from contactcentre.core.config import document
from contactcentre.core.config.document import Refused
from contactcentre.core.config.mail_address import listed
from contactcentre.features.alerts.document import AlertRule, faults

_FORM = {
    "after_s": "after",
    "clears_after_s": "clears_after",
    "then_after_s": "then_after",
    "dimension": "of",
    "key": "of",
}
"""Fields of the document that the form calls otherwise."""


def read(text: RuleText) -> AlertRule:
    """The rule. Raises `RuleRefused`."""
    try:
        rule = document.read(AlertRule, _document(text), "")
    except Refused as refused:
        fields = dict.fromkeys(_FORM.get(name, name) for name in refused.fields)
        if not text.clears:
            fields.pop("clears", None)  # it is the threshold's fault
        raise RuleRefused([(name, "form") for name in fields]) from None
    if wrong := list(faults(rule)):
        raise RuleRefused(wrong)
    return rule


def text_of(rule: AlertRule) -> RuleText:
    """As the form shows it."""
    return RuleText(
        name=rule.name,
        figure=rule.figure,
        of=f"{rule.dimension}:{rule.key}",
        side=rule.side,
        threshold=f"{rule.threshold:g}",
        clears=f"{rule.clears:g}",
        after=f"{rule.after_s:g}",
        clears_after=f"{rule.clears_after_s:g}",
        least_calls=str(rule.least_calls),
        days="".join(map(str, rule.days)),
        since=document.clock(rule.since),
        until=document.clock(rule.until),
        mail="\n".join(rule.mail),
        open_only="yes" if rule.open_only else "",
        webhook=rule.webhook,
        then_mail="\n".join(rule.then_mail),
        then_after=f"{rule.then_after_s:g}",
        urgent="yes" if rule.urgent else "",
        active="yes" if rule.active else "",
    )


def _document(text: RuleText) -> Mapping[str, Any]:
    dimension, _, key = text.of.partition(":")
    return {
        "name": " ".join(text.name.split()),
        "figure": text.figure,
        "dimension": dimension,
        "key": key,
        "side": text.side,
        "threshold": document.number(text.threshold),
        # Who says nothing else means the threshold itself.
        "clears": document.number(text.clears or text.threshold),
        "after_s": document.number(text.after),
        "clears_after_s": document.number(text.clears_after),
        "least_calls": document.number(text.least_calls or "0"),
        "days": sorted({int(one) for one in text.days if one in "1234567"}),
        "since": text.since,
        "until": text.until,
        "mail": listed(text.mail),
        "open_only": text.open_only == "yes",
        "webhook": text.webhook.strip(),
        "then_mail": listed(text.then_mail),
        "then_after_s": document.number(text.then_after or "600"),
        "urgent": text.urgent == "yes",
        "active": text.active == "yes",
    }
