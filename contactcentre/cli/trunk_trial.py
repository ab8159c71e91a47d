"""A trunk, tried: its transport, certificate and secret, and whether its server answers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from contactcentre import paths
from contactcentre.cli import certificate
from contactcentre.cli.part import Sick, linked
from contactcentre.core.config.trunk import Trunk
from contactcentre.features.trunks.transports import SET, is_off, switched_on
from contactcentre.settings import Settings
from contactcentre.telephony.ami import Ami, AmiError, AmiRefused
from contactcentre.telephony.directory import Directory
from contactcentre.telephony.translation import trunk_endpoint
from contactcentre.telephony.trunks import status

ANSWER_S: Final = 6.0
"""Asterisk waits three seconds for an answer (`trunk_rows`), and is two behind a new trunk."""

AGAIN_S: Final = 1.5

REGISTERS_S: Final = 12.0
"""Where Asterisk has started a moment ago: it lets up to ten seconds pass, by lot."""

OPEN: Final = "take --transport tls, or say by --link what encrypts the way (IPsec, WireGuard, ...)"

BEGINS: Final = "Unregistered"

LOOK_S: Final = 0.2
REGISTERED: Final = "Registered"


async def examine(trunk: Trunk, settings: Settings, *, ask: bool = False) -> str:
    """How it is, in words; `ask`: the server is asked now, and not what it answered within the last
    half minute. Raises `Sick`."""
    require_transport(trunk, settings)
    if trunk.is_open_to_read:
        raise Sick("nothing encrypts its talks", OPEN)
    said = [f"{trunk.transport}{', encrypted' if trunk.encrypted else ''}"]
    if trunk.transport == "tls" and settings.sip_tls_certificate is not None:
        said.append(await asyncio.to_thread(_certificate, settings.sip_tls_certificate))
    if trunk.user is not None and not await asyncio.to_thread(_has_secret, trunk, settings):
        raise Sick("its secret was never given", f"contactcentre trunk secret {trunk.trunk_id}")
    try:
        async with linked(settings) as (ami, _):
            asked = _Trial(trunk, ami, ANSWER_S if ask else 0.0)
            said += [await asked.answers(), await asked.registered()]
    except AmiError as failure:
        raise Sick(f"Asterisk does not say ({type(failure).__name__})", "try again") from None
    return ", ".join(filter(None, said))


def require_transport(trunk: Trunk, settings: Settings) -> None:
    """Raises `Sick` where Asterisk is not to listen to that."""
    on = switched_on(tcp_port=settings.sip_tcp_port, tls_port=settings.sip_tls_port)
    if trunk.transport not in on:
        raise Sick(is_off(trunk.transport), SET[trunk.transport])


def _certificate(file: Path) -> str:
    renew = "renew it: Asterisk takes the new file by itself, and no call ends"
    try:
        return certificate.lasts(file.read_bytes(), renew)
    except (OSError, ValueError):
        raise Sick(f"{file} is no certificate", "see CC_SIP_TLS_CERTIFICATE") from None


def _has_secret(trunk: Trunk, settings: Settings) -> bool:
    return Directory(paths.directory(settings)).has_secret(trunk.trunk_id)


def _unreachable(trunk: Trunk) -> str:
    what = f"is that the address, and does the network let {trunk.transport} through?"
    shown = " Its certificate must be for that name, of an authority in CC_SIP_TLS_AUTHORITIES"
    return what + shown if trunk.transport == "tls" else what


@dataclass(frozen=True, slots=True)
class _Trial:
    """What Asterisk knows of it. A state may take so long until it is another one."""

    trunk: Trunk
    ami: Ami
    patience_s: float

    async def answers(self) -> str:
        """Whether its server does. Raises `Sick`, `AmiError`."""
        if await self._when(self._known, "INVALID", self.patience_s) == "INVALID":
            raise Sick(
                "Asterisk does not know it",
                "start the service: contactcentre serve; a second later it does",
            )
        if self.trunk.server is None:
            return "calls only come in"
        state = await self._asked() if self.patience_s else await self._state()
        if state.startswith("Unreachable"):
            raise Sick(f"{self.trunk.server} does not answer", _unreachable(self.trunk))
        word = "answers" if state.startswith("Reachable") else "was not asked yet"
        return f"{self.trunk.server} {word}"

    async def _asked(self) -> str:
        """Its state after it was asked: another one, or another time that the answer took. A new
        trunk is asked again: Asterisk forgets the question when it looks for new ones."""
        before = state = await self._state()
        for _ in range(round(self.patience_s / AGAIN_S)):
            await self._order("PJSIPQualify", "Endpoint")
            state = await self._when(self._state, state, AGAIN_S)
            if state != before and not state.startswith("NonQualified"):
                break
        return state

    async def registered(self) -> str:
        """Whether we are, where we should be; "" where not. Raises `Sick`, `AmiError`."""
        if not self.trunk.registers:
            return ""
        if self.patience_s and await self._registration() != REGISTERED:
            await self._order("PJSIPRegister", "Registration")
        state = await self._registration()
        while state != REGISTERED:
            begins_s = REGISTERS_S if state == BEGINS else 0.0
            new = await self._when(self._registration, state, self.patience_s or begins_s)
            if new == state:
                break
            state = new
        if state != REGISTERED:
            raise Sick(
                f"not registered ({state})",
                f"user and secret must be the account's: contactcentre trunk secret {self.name}",
            )
        return "registered"

    @property
    def name(self) -> str:
        return self.trunk.trunk_id

    async def _known(self) -> str:
        return await self.ami.value(f"DEVICE_STATE(PJSIP/{trunk_endpoint(self.name)})")

    async def _state(self) -> str:
        return " ".join(await status(self.name, self.ami))

    async def _registration(self) -> str:
        for one in await self.ami.collect("PJSIPShowRegistrationsOutbound"):
            if one.get("ObjectName") == trunk_endpoint(self.name) and "Status" in one:
                return one["Status"]
        return "unknown to Asterisk"

    async def _order(self, action: str, key: str) -> None:
        with suppress(AmiRefused):  # it was taken away this moment, which the state tells
            await self.ami.action(action, {key: trunk_endpoint(self.name)})

    async def _when(self, look: Callable[[], Awaitable[str]], before: str, within_s: float) -> str:
        """What it is once it is another than before, or when so much time is over."""
        loop = asyncio.get_running_loop()
        until = loop.time() + within_s
        while (now := await look()) == before and loop.time() < until:  # noqa: ASYNC110 - no events
            await asyncio.sleep(LOOK_S)
        return now
