"""The trunks in force: written once, registered, and known by whether they answer."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from contactcentre.core.config.network import Network
from contactcentre.core.config.trunk import Trunk
from contactcentre.telephony.directory import Directory
from contactcentre.telephony.trunks import TakeTrunks, Trunks

pytestmark = pytest.mark.integration

LMT = Trunk(
    trunk_id="lmt",
    peers=("192.0.2.10",),
    server="sip.lmt.lv",
    user="me",
    registers=True,
    numbers=("60000100",),
)
TET = Trunk(trunk_id="tet", peers=("192.0.2.20",), server="192.0.2.20")
ONLY_IN = Trunk(trunk_id="in", peers=("192.0.2.30",))


def network(*trunks: Trunk) -> Network:
    """A network of these."""
    return Network(version=1, trunks={one.trunk_id: one for one in trunks})


class Scene:
    """Trunks that follow a network, and what Asterisk is told to do."""

    def __init__(self, path: Path) -> None:
        directory = Directory(path)
        directory.create()
        self.path = path
        self.orders: asyncio.Queue[TakeTrunks] = asyncio.Queue()
        self.trunks = Trunks(directory, self.orders.put_nowait)

    def laid(self) -> list[str]:
        """The endpoints that Asterisk finds."""
        with closing(sqlite3.connect(self.path)) as db:
            return [row[0] for row in db.execute("SELECT id FROM ps_endpoints ORDER BY id")]


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    """No trunk yet."""
    made = Scene(tmp_path / "directory.sqlite")
    running = asyncio.create_task(made.trunks.run())
    yield made
    running.cancel()
    await asyncio.wait([running])


async def test_what_is_published_is_laid(scene: Scene) -> None:
    """Asterisk asks those that have a server, and registers where it is to, and no more there."""
    scene.trunks.note(network(LMT, TET, ONLY_IN))
    assert await scene.orders.get() == TakeTrunks(asked=("lmt", "tet"), registered=("lmt",))
    assert scene.laid() == ["carrier_in", "carrier_lmt", "carrier_tet"]
    scene.trunks.note(network(TET))
    assert await scene.orders.get() == TakeTrunks(asked=("tet",), registered=(), ended=("lmt",))
    assert scene.laid() == ["carrier_tet"]
    scene.trunks.linked()
    assert scene.orders.get_nowait() == TakeTrunks(asked=("tet",), registered=())


async def test_the_last_trunk_goes_too(scene: Scene) -> None:
    """Also where it was taken away while no service ran."""
    Directory(scene.path).lay([TET])
    scene.trunks.note(network())
    await scene.orders.get()
    assert scene.laid() == []


async def test_a_trunk_that_answered_and_does_not_is_an_alarm(scene: Scene) -> None:
    """It is the last to be tried; one that never did, or is none of ours, alarms nobody."""
    scene.trunks.note(network(LMT, TET))
    for trunk_id in ("lmt", "strange"):
        scene.trunks.seen(trunk_id, "Unreachable")
    assert [way.trunk_id for way in scene.trunks.ways_out("60000199")] == ["tet", "lmt"]
    assert list(scene.trunks.alarms()) == []
    scene.trunks.seen("lmt", "Reachable")
    scene.trunks.seen("lmt", "NonQualified")
    assert list(scene.trunks.alarms()) == []
    scene.trunks.seen("lmt", "Unreachable")
    assert [(one.code, one.place) for one in scene.trunks.alarms()] == [("trunk-away", "lmt")]
    scene.trunks.seen("lmt", "Reachable")
    assert list(scene.trunks.alarms()) == []
    assert [way.trunk_id for way in scene.trunks.ways_out("60000199")] == ["lmt", "tet"]


async def test_what_is_known_of_a_trunk_goes_with_it(scene: Scene) -> None:
    """Nothing of it is kept."""
    scene.trunks.note(network(TET))
    scene.trunks.seen("tet", "Reachable")
    scene.trunks.seen("tet", "Unreachable")
    scene.trunks.note(network(LMT))
    assert scene.trunks.down == ()
    scene.trunks.note(network(TET))
    scene.trunks.seen("tet", "Unreachable")
    assert list(scene.trunks.alarms()) == []
