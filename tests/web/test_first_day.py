"""The first day: from an installed, empty hotline to a call that rings at an agent, by pages alone.

These are the steps of docs/handbook/first-day.md. What an installation leaves is an administrator
and the simplest menu (`scripts/install`).
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass

import pytest

from contactcentre.core import commands, effects, events
from contactcentre.features.menus import store as menus
from contactcentre.features.publication.service import Publication
from contactcentre.settings import ROOT, Settings
from contactcentre.storage import database
from contactcentre.storage.lookout import Lookout
from contactcentre.storage.settings import VERSION_NOW
from lab.pages.people import PASSWORD
from lab.pages.sample import read

pytestmark = pytest.mark.web

NUMBER = "67001234"


@pytest.fixture(scope="session")
def prepared(tmp_path_factory):
    """The database of an installation on which nothing was done yet."""
    return asyncio.run(installed(tmp_path_factory.mktemp("installed")))


async def installed(home):
    """As `scripts/install` leaves it: the tables and the simplest menu."""
    settings = Settings.model_validate({"home": home, "database_url": ""})
    await database.migrate(settings.database)
    menu = (ROOT / "config" / "starter" / "hotline.yaml").read_text("utf-8")
    async with database.opened(settings.database) as engine:
        async with engine.begin() as connection:
            await menus.keep(connection, "hotline", menu, by="install", comment="", at=1.0)
        return await read(engine, home)


@dataclass
class Desk:
    """An administrator at the browser."""

    browser: object
    csrf: str

    async def page(self, path):
        """The page at that path."""
        async with self.browser.get(path) as answer:
            assert answer.status == 200, path
            return await answer.text()

    async def send(self, path, **typed):
        """Fill in a form and send it."""
        data = {"csrf": self.csrf, **typed}
        async with self.browser.post(path, data=data, allow_redirects=False) as answer:
            page = await answer.text()
            assert answer.status in (200, 303), re.findall(r'class="fault".*?</p>', page)
            return page

    async def make(self, kind, **typed):
        """One more of a kind."""
        named = {name.replace("__", "."): text for name, text in typed.items()}
        assert 'name="base"' in await self.page(f"/network/new?kind={kind}")
        await self.send("/network/new", kind=kind, base="", **named)


async def test_from_nothing_to_a_first_call(enter, csrf, world, tmp_path):
    """One number, one queue, one centre, two agents with their log-ins: a call rings at one of
    them, and the other hears of nothing. What is missing is told until nothing is."""
    await world.accounts.create_user("first", PASSWORD, name="First", role="admin", sample=True)
    browser = await enter("first")
    desk = Desk(browser, csrf(browser))
    lacks = (await desk.page("/network")).split('id="lacks"')[1].split("</section>")[0]
    for kind in ("hotlines", "queues", "agents"):
        assert f"/network/new?kind={kind}" in lacks
    published = asyncio.Queue()

    async def nothing(_):
        return None

    service = Publication(
        world.database,
        tmp_path / "good.json",
        post=published.put_nowait,
        fresh=nothing,
        prompts=frozenset,
    )
    await service.begin(())
    lookout = Lookout(world.database, period_s=0.05)
    version = lookout.watch(VERSION_NOW)
    watching = asyncio.gather(lookout.run(), service.run(version))

    await desk.make("regions", name="Zemgales plānošanas reģions")
    await desk.make("municipalities", name="Jēkabpils novads", region="zemgales-planosanas-regions")
    week = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    hours = {f"weekly.{day}": "00:00-24:00" for day in week}
    await desk.make("calendars", name="Viesītes darba laiks", **hours)
    await desk.make(
        "centres",
        name="Jēkabpils novada Viesītes VPVKAC",
        short_name="Viesīte",
        municipality="jekabpils-novads",
        calendar_id="viesites-darba-laiks",
    )
    await desk.make("queues", labels__lv="Vispārīgi jautājumi", labels__en="Questions")
    await desk.make(
        "hotlines", key=NUMBER, labels__lv="Tālrunis", labels__en="Line", flow="hotline"
    )
    for name in ("Anna Bērziņa", "Ilze Ozola"):
        await desk.make(
            "agents",
            name=name,
            centre_id="jekabpils-novada-viesites-vpvkac",
            **{"languages.0.key": "lv", "languages.0.value": "5"},
        )
    assert 'id="lacks"' not in await desk.page("/network")
    passwords = {}
    for agent in ("a1", "a2"):
        page = await desk.send(
            "/accounts/new",
            name=agent,
            username=agent,
            role="agent",
            realm="centre:jekabpils-novada-viesites-vpvkac",
            agent=agent,
        )
        passwords[agent] = re.search(r'id="password">([^<]+)<', page)[1]
    session = await world.accounts.log_in("a1", passwords["a1"], address="127.0.0.1")
    assert session.person.agent_id == "a1"

    async with asyncio.timeout(10):
        while len((event := await published.get()).network.agents) < 2:
            pass
    watching.cancel()
    await asyncio.wait([watching])
    world.apply(event)
    for agent in ("a1", "a2"):
        world.apply(commands.AgentLoggedIn(at=world.at, agent_id=agent))
        world.apply(events.PhoneSeen(at=world.at, endpoint=agent, reachable=True))
        world.apply(commands.MicrophoneReported(at=world.at, agent_id=agent, granted=True))
        world.apply(commands.ReadyChosen(at=world.at, agent_id=agent))
    world.links_up()
    world.arrives(1, dialled=NUMBER)
    for _ in range(5):  # it hears the greeting to its end
        if not world.ordered(effects.Ring):
            world.presses(1, "")
    assert len(world.ordered(effects.Ring)) == 1
    assert world.call(1).offer.agent_id in {"a1", "a2"}
    assert world.call(1).queue == "general"
