"""The log of every command."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import MutableMapping
from typing import Any, Final, TextIO

import structlog

from contactcentre.engine.throttle import Throttle

ALIKE: Final = 3000
"""So many lines of one event in a minute; more are counted only: strangers may cause any number."""


def log_as_lines(to: TextIO | None = None) -> None:
    """One JSON object a line on standard error; standard output is for people."""
    structlog.configure(
        processors=[
            bounded(Throttle(ALIKE, 60.0)),
            with_action,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(to or sys.stderr),
    )


def named(event: str) -> str:
    """The action of a line that gives none: what it tells, as one word."""
    return event.replace(" ", "_")


def with_action(
    logger: object, method: str, line: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """A processor: every line has the stable `action` that docs/handbook/log.md lists."""
    line.setdefault("action", named(str(line.get("event"))))
    return line


def bounded(throttle: Throttle) -> structlog.typing.Processor:
    """A processor that lets so many lines of each event pass; `left_out` of the next says how many
    there were beside them."""

    def process(
        logger: object, method: str, line: MutableMapping[str, Any]
    ) -> MutableMapping[str, Any]:
        left_out = throttle.admit(str(line.get("event")), time.monotonic())
        if left_out is None:
            raise structlog.DropEvent
        if left_out:
            line["left_out"] = left_out
        return line

    return process
