"""What the panel is given: its ports, kept by the running service."""

from __future__ import annotations

import asyncio
import json
from urllib.parse import urlsplit

from agents_ui.app import Ports
from agents_ui.shell.port import PanelSettings, PhoneLogin
from contactcentre import paths
from contactcentre.app.health import LiveHealth
from contactcentre.app.parts import House
from contactcentre.core.call.state import Call
from contactcentre.features.accounts.service import Accounts
from contactcentre.features.board.service import LiveBoard
from contactcentre.features.catalogue import Catalogue
from contactcentre.features.citizens.service import History
from contactcentre.features.desk.service import LiveDesks
from contactcentre.settings import Settings
from contactcentre.telephony.directory import Directory

LOOPBACK = ("127.0.0.0/8", "::1/128")


async def panel_ports(house: House, directory: Directory) -> Ports:
    """Everything that the panel is given."""
    settings = house.settings
    desks = LiveDesks(
        house.engine,
        house.figures,
        house.live,
        directory,
        sip_domain=settings.sip_host,
        websocket=settings.websocket_url,
    )
    return Ports(
        settings=await asyncio.to_thread(_panel_settings, settings),
        accounts=Accounts(house.storage),
        desks=desks,
        history=History(house.storage, call_of=lambda agent, call: _call_of(house, agent, call)),
        catalogue=await Catalogue.load(house.storage),
        crisis=house.crisis,
        board=LiveBoard(
            house.world, house.figures, house.live, house.decisions, alarms=house.alarms
        ),
        health=LiveHealth(house),
    )


def _panel_settings(settings: Settings) -> PanelSettings:
    demo = _demo_phone(settings)
    sockets = [settings.websocket_url, *([demo.websocket] if demo else [])]
    return PanelSettings(
        origin=settings.panel_origin,
        secure=settings.panel_origin.startswith("https://"),
        demo_phone=demo,
        phone_origins=tuple(_origin(url) for url in sockets),
        metrics_from=("0.0.0.0/0", "::/0") if settings.metrics_open else LOOPBACK,
        behind_proxy=bool(settings.origin),
    )


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _demo_phone(settings: Settings) -> PhoneLogin | None:
    path = paths.demo_phone(settings)
    if not settings.sample or not path.exists():
        return None
    return PhoneLogin(**json.loads(path.read_text()))


def _call_of(house: House, agent_id: str, call_id: str) -> Call | None:
    """The call, if it is this agent's business."""
    call = house.world.calls.get(call_id)
    return call if call is not None and agent_id in call.agents else None
