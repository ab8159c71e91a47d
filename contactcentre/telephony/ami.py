"""The manager interface as the rest of the house knows it: events in order, actions, link states.

`Ami.run` keeps one link alive: connect, log in, learn which Asterisk this is, ping, and begin again
after a loss. Cancelling it is the way to close. What was under way at a loss fails with `AmiDown`
and is never repeated: whoever asked makes a new plan from a fresh snapshot.
"""

import asyncio
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from ssl import SSLContext
from typing import Any, Final, Never

import structlog

from contactcentre.telephony.ami_link import AmiCounts, AmiLink, LostReason
from contactcentre.telephony.ami_message import (
    NO_HEADERS,
    AmiDown,
    AmiError,
    AmiMessage,
    AmiRefused,
    AmiTimeout,
    AmiUnsafe,
)
from contactcentre.telephony.digits import are_digits

__all__ = [
    "Ami",
    "AmiCounts",
    "AmiDown",
    "AmiError",
    "AmiMessage",
    "AmiRefused",
    "AmiSettings",
    "AmiTimeout",
    "AmiUnsafe",
    "LinkDown",
    "LinkRefused",
    "LinkState",
    "LinkUp",
    "LostReason",
]

FIRST_RETRY_S: Final = 0.25
FIRST_RETRY_AFTER_REFUSAL_S: Final = 1.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class AmiSettings:
    """Where the manager port is and how long to wait for what. All durations in seconds."""

    host: str
    port: int = 5038
    username: str
    secret: str = field(repr=False)
    tls: SSLContext | None = None
    events: str = "on"  # all that the account may read, or classes of them: "call,user"
    ping_interval_s: float = 1.0
    ping_deadline_s: float = 3.0  # since the last answered ping
    connect_timeout_s: float = 5.0
    action_timeout_s: float = 5.0
    list_timeout_s: float = 15.0
    boot_wait_s: float = 2.0  # for FullyBooted; it never comes to an account without class system
    retry_max_s: float = 1.0
    backoff_max_s: float = 60.0

    def __post_init__(self) -> None:
        if not 0 < self.ping_interval_s < self.ping_deadline_s:
            raise ValueError("ping_deadline_s must be longer than ping_interval_s")


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkUp:
    """Logged in. The events that follow belong to this link; a snapshot is due now.

    `boot` is equal on two links exactly if it is the same run of Asterisk. It and `version` are
    None where the account may not ask. `asterisk_started_at` is seconds UTC, right to a second
    because Asterisk tells whole ones, and None where FullyBooted did not come.
    """

    version: str | None
    boot: str | None
    asterisk_started_at: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkDown:
    """No link; the next try comes within a second or so. Events in between are lost for good."""

    reason: LostReason


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRefused:
    """Asterisk refuses the log-in: a person must mend the account. Tried again ever more slowly."""

    reason: str


LinkState = LinkUp | LinkDown | LinkRefused


class Ami:
    """The one way to Asterisk's manager port.

    `on_event` gets every event in the order read, `on_link` every change of the link; both are
    called synchronously by the reader and must not block. `on_link(LinkUp)` comes before the first
    event of its link, and no event comes between `LinkDown` and the next `LinkUp`. An exception in
    either is counted and logged by its type, and changes nothing. While `crowded` nothing is read;
    a link that stays so for longer than the ping's deadline ends, and the next one's snapshot tells
    what became of everybody.
    """

    def __init__(
        self,
        settings: AmiSettings,
        *,
        on_event: Callable[[AmiMessage], None],
        on_link: Callable[[LinkState], None],
        crowded: Callable[[], bool] = lambda: False,
        clock: Callable[[], float] = time.time,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self.counts = AmiCounts()
        self._settings = settings
        self._on_event = on_event
        self._on_link = on_link
        self._crowded = crowded
        self._clock = clock
        self._jitter = jitter
        self._link: AmiLink | None = None
        self._state: LinkState | None = None
        # Events read before LinkUp is told; None while they are handed on at once.
        self._held: list[AmiMessage] | None = None
        self._booted: asyncio.Future[float | None]

    @property
    def state(self) -> LinkState | None:
        """The last state told to `on_link`; None before the first."""
        return self._state

    async def run(self) -> Never:
        """Keeps a link until it is cancelled, which closes it."""
        tries = 0
        while True:
            links = self.counts.links
            lost = await self._live()
            tries = 0 if self.counts.links > links else tries + 1
            self._tell(lost)
            await asyncio.sleep(self._delay_s(lost, tries))

    async def action(
        self, name: str, headers: Mapping[str, str | Sequence[str]] = NO_HEADERS
    ) -> AmiMessage:
        """Sends one action once and gives its response; for an Originate that is "queued".

        Raises AmiUnsafe (nothing sent), AmiDown, AmiTimeout (outcome unknown), AmiRefused.
        """
        response, _ = await self._up().ask(name, headers, timeout_s=self._settings.action_timeout_s)
        return response

    async def value(self, variable: str, *, channel: str | None = None) -> str:
        """What a variable or function is now, globally or on a channel; "" where it is unset.

        Raises as `action` does.
        """
        of = {} if channel is None else {"Channel": channel}
        return (await self.action("Getvar", {**of, "Variable": variable})).get("Value", "")

    async def collect(
        self, name: str, headers: Mapping[str, str | Sequence[str]] = NO_HEADERS
    ) -> list[AmiMessage]:
        """Sends one list action and gives all its items; half a list is `AmiDown`, never a list.

        Raises as `action` does.
        """
        _, items = await self._up().ask(
            name, headers, timeout_s=self._settings.list_timeout_s, listing=True
        )
        return items

    def _up(self) -> AmiLink:
        if self._link is None:
            raise AmiDown("no link to Asterisk")
        return self._link

    async def _live(self) -> LinkDown | LinkRefused:
        """One link from connecting to its end."""
        self._held = []
        self._booted = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(self._settings.connect_timeout_s):
                link = await AmiLink.open(
                    self._settings.host,
                    self._settings.port,
                    tls=self._settings.tls,
                    on_event=self._read,
                    counts=self.counts,
                    crowded=self._crowded,
                )
        except (OSError, TimeoutError):
            return LinkDown(reason=LostReason.UNREACHABLE)
        try:
            await self._log_in(link)
            return LinkDown(reason=await self._attend(link))
        except AmiRefused as refusal:
            return LinkRefused(reason=refusal.message)
        except AmiTimeout:
            return LinkDown(reason=LostReason.SILENT)
        except AmiDown:
            return LinkDown(reason=await link.ended)
        finally:
            self._link = None
            link.close()

    async def _log_in(self, link: AmiLink) -> None:
        await _first_of(link.greeted, link.ended, timeout_s=self._settings.connect_timeout_s)
        if not link.greeted.done() and not link.ended.done():
            raise AmiTimeout("no greeting")
        credentials = {
            "Username": self._settings.username,
            "Secret": self._settings.secret,
            "Events": self._settings.events,
        }
        await link.ask("Login", credentials, timeout_s=self._settings.action_timeout_s)

    async def _attend(self, link: AmiLink) -> LostReason:
        """From the log-in to the end of the link."""
        async with asyncio.TaskGroup() as tasks:
            pulse = tasks.create_task(self._feel_pulse(link), name="ami pulse")
            await self._welcome(link)
            # Not awaited bare: our own cancellation must not cancel the link's future.
            await asyncio.wait({link.ended})
            pulse.cancel()
        return link.ended.result()

    async def _welcome(self, link: AmiLink) -> None:
        """Learns which Asterisk this is, tells that the link is up, hands on what was held."""
        core = await self._facts(link, "CoreSettings")
        status = await self._facts(link, "CoreStatus")
        await _first_of(self._booted, link.ended, timeout_s=self._settings.boot_wait_s)
        if link.closed:
            return
        self._link = link
        self.counts.links += 1
        boot = " ".join(status.get(name, "") for name in ("CoreStartupDate", "CoreStartupTime"))
        self._tell(
            LinkUp(
                version=core.get("AsteriskVersion"),
                boot=boot.strip() or None,
                asterisk_started_at=self._booted.result() if self._booted.done() else None,
            )
        )
        held, self._held = self._held or [], None
        for event in held:
            self._hand_on(event)

    async def _facts(self, link: AmiLink, name: str) -> Mapping[str, str]:
        try:
            response, _ = await link.ask(
                name, NO_HEADERS, timeout_s=self._settings.action_timeout_s
            )
        except AmiError:  # the account may not ask, or the link ends: seen by who waits for that
            return {}
        return response

    async def _feel_pulse(self, link: AmiLink) -> None:
        """Ends the link when no ping was answered for `ping_deadline_s`."""
        patience_s = self._settings.ping_deadline_s - self._settings.ping_interval_s
        while True:
            await asyncio.sleep(self._settings.ping_interval_s)
            try:
                await link.ask("Ping", NO_HEADERS, timeout_s=patience_s)
            except AmiTimeout:
                link.end(LostReason.SILENT)
                break
            except AmiRefused:
                continue  # any answer is a pulse
            except AmiDown:
                break

    def _read(self, event: AmiMessage) -> None:
        self.counts.events += 1
        if self._held is None:
            self._hand_on(event)
            return
        if event.event == "FullyBooted" and not self._booted.done():
            uptime_s = event.get("Uptime", "")
            started_at = self._clock() - float(uptime_s) if are_digits(uptime_s) else None
            self._booted.set_result(started_at)
        self._held.append(event)

    def _hand_on(self, event: AmiMessage) -> None:
        try:
            self._on_event(event)
        except Exception as error:  # noqa: BLE001  a faulty handler must not cost the link
            self.counts.handler_errors += 1
            log.error("ami_event_failed", ami_event=event.event, error=type(error).__name__)

    def _tell(self, state: LinkState) -> None:
        if state == self._state and not isinstance(state, LinkUp):
            return
        self._state = state
        try:
            self._on_link(state)
        except Exception as error:  # noqa: BLE001  a faulty handler must not cost the link
            self.counts.handler_errors += 1
            log.error("ami_link_failed", state=type(state).__name__, error=type(error).__name__)

    def _delay_s(self, lost: LinkDown | LinkRefused, tries: int) -> float:
        refused = isinstance(lost, LinkRefused)
        first_s = FIRST_RETRY_AFTER_REFUSAL_S if refused else FIRST_RETRY_S
        most_s = self._settings.backoff_max_s if refused else self._settings.retry_max_s
        return min(most_s, first_s * 2.0 ** min(tries, 16)) * (1 + self._jitter()) / 2


async def _first_of(
    one: asyncio.Future[Any], other: asyncio.Future[Any], *, timeout_s: float
) -> None:
    await asyncio.wait({one, other}, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
