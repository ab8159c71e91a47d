"""What can go wrong for a person at a page: each with a stable id and a sentence for people."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from agents_ui.shell.texts import mark


@dataclass(frozen=True, slots=True)
class Fault:
    """An error in English words, marked for translation."""

    title: str
    message: str


FAULTS: Final = MappingProxyType(
    {
        "bad-request": Fault(
            mark("Not understood"), mark("The page sent something that could not be understood.")
        ),
        "not-over": Fault(
            mark("The month is not over"),
            mark("Open data are published when it is, and are the same file from then on."),
        ),
        "logged-out": Fault(mark("Logged out"), mark("Log in and try again.")),
        "forbidden": Fault(
            mark("Not for your role"), mark("If you need this page, ask your supervisor.")
        ),
        "no-grants": Fault(
            mark("Nothing is open to you yet"),
            mark("Ask your administrator for a role, then come back to this page."),
        ),
        "off-duty": Fault(
            mark("Not needed just now"),
            mark("You are kept in reserve. The desk opens when crisis mode is switched on."),
        ),
        "stale-form": Fault(
            mark("This page is out of date"), mark("Go back, reload the page and try again.")
        ),
        "foreign-origin": Fault(
            mark("Refused"), mark("This came from another site. Open the panel and try there.")
        ),
        "not-found": Fault(mark("Nothing here"), mark("There is no such page.")),
        "not-allowed": Fault(mark("Not possible"), mark("This cannot be done here.")),
        "too-large": Fault(mark("Too much"), mark("That was too much at once.")),
        "unavailable": Fault(
            mark("The database is away"),
            mark("Calls go on and nothing is lost. Please try again in a minute."),
        ),
        "internal": Fault(
            mark("Something went wrong"), mark("The fault is on our side and is written down.")
        ),
        "refused": Fault(
            mark("The log-in failed"),
            mark("The user name and the password do not belong together."),
        ),
        "wrong-code": Fault(
            mark("The log-in failed"),
            mark("This is not the code of this moment, or it was used already. Wait for the next."),
        ),
        "unproven": Fault(
            mark("The log-in failed"),
            mark("This passkey is not known here, or it took too long. Try again."),
        ),
        "stranger": Fault(
            mark("The log-in failed"),
            mark("Your institution's log-in did not prove who you are, or nothing here is yours."),
        ),
        "provider-away": Fault(
            mark("The log-in failed"),
            mark("Your institution's log-in does not answer. Use the password, or try again."),
        ),
        "no-factor": Fault(
            mark("One step is missing"),
            mark("Your role asks for a second step at log-in: set it up on your own page."),
        ),
        "first-password": Fault(
            mark("One step is missing"),
            mark("Your password was set by another: choose one of your own on your own page."),
        ),
        "first-over": Fault(
            mark("The log-in failed"),
            mark("This first password was not used in time. Ask your administrator for another."),
        ),
        "another-person": Fault(
            mark("The log-in failed"),
            mark("The page that is locked is another person's. Log in as that person."),
        ),
        "too-slow": Fault(
            mark("Too slow"), mark("What was sent did not arrive in time. Please try again.")
        ),
        "crowded": Fault(
            mark("Too many at once"),
            mark("Too much is open from here. Close what you do not need."),
        ),
        "slow-down": Fault(mark("Too many tries"), mark("Please wait a little.")),
    }
)

BY_STATUS: Final = MappingProxyType(
    {
        400: "bad-request",
        401: "logged-out",
        403: "forbidden",
        404: "not-found",
        405: "not-allowed",
        413: "too-large",
        500: "internal",
        503: "unavailable",
    }
)


class Denied(Exception):
    """A request that is answered with an error: `error` is its stable id, `status` that of HTTP."""

    def __init__(self, error: str, *, status: int) -> None:
        super().__init__(error)
        self.error = error
        self.status = status


@contextmanager
def not_found() -> Iterator[None]:
    """What a person may not see or change is not there: `LookupError` is answered with 404."""
    try:
        yield
    except LookupError:
        raise Denied("not-found", status=404) from None
