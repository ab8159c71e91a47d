"""Who has to wait before the next guess, who is known again, and whose turn it is."""

from __future__ import annotations

import asyncio
from ipaddress import ip_address

import pytest

from contactcentre.features.accounts.devices import LASTS_S, PEOPLE, Devices
from contactcentre.features.accounts.guesses import (
    AT_AN_ACCOUNT,
    OF_AN_ADDRESS,
    Guesses,
    LogInPlace,
    network_of,
)
from contactcentre.features.accounts.memory import SWEEP_S, FadingMemory
from contactcentre.features.accounts.turns import NoRoom, Turns

pytestmark = pytest.mark.unit

NOW = 1_800_000_000.0
HERE = LogInPlace("192.0.2.1")
DEVICE = LogInPlace("a device", known=True)


def allowed(guesses: Guesses, tries: list[tuple[str, LogInPlace]], at: float = NOW) -> int:
    """How many of them are."""
    return sum(guesses.count(account, place, at) == 0 for account, place in tries)


def test_spraying_names_is_limited() -> None:
    """150 accounts tried from one address at once: sixty guesses, then two a minute."""
    guesses, spray = Guesses(), [(f"name{number}", HERE) for number in range(150)]
    assert allowed(guesses, spray) == OF_AN_ADDRESS.free
    assert allowed(guesses, spray, NOW + 60) == 2


def test_one_account_is_limited_over_all_addresses() -> None:
    """A thousand addresses at one account gain fifty guesses, then two a minute."""
    guesses = Guesses()
    crowd = [("anna", LogInPlace(f"198.51.100.{number}")) for number in range(1000)]
    assert allowed(guesses, crowd) == AT_AN_ACCOUNT.free
    assert allowed(guesses, crowd[500:], NOW + 60) == 2


def test_a_known_device_is_spared_what_strangers_did() -> None:
    """While an account and an address are used up, its user gets in from a known device."""
    guesses = Guesses()
    allowed(guesses, [("anna", LogInPlace(f"198.51.100.{number}")) for number in range(1000)])
    allowed(guesses, [(f"name{number}", HERE) for number in range(150)])
    assert guesses.count("anna", HERE, NOW) > 0
    assert guesses.count("anna", DEVICE, NOW) == 0


def test_a_known_device_may_not_guess_on() -> None:
    """It is slowed down like anybody at that account."""
    guesses = Guesses()
    assert allowed(guesses, [("anna", DEVICE)] * 30) == 3


def test_the_right_password_costs_nothing() -> None:
    """A whole office behind one address logs in at nine o'clock."""
    guesses = Guesses()
    for number in range(200):
        assert guesses.count(f"name{number}", HERE, NOW) == 0
        guesses.forgive(f"name{number}", HERE, NOW)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("", ""),
    ],
)
def test_a_subscriber_has_one_network(address: str, network: str) -> None:
    """The 2**64 addresses of one IPv6 subscriber count as one."""
    assert network_of(address) == network


def test_guesses_are_forgotten() -> None:
    """Attempts of many places take bounded room, and less of it a while later."""
    memory: FadingMemory[int] = FadingMemory(room=100)
    for number in range(1000):
        memory.put(str(ip_address(number)), number, until=NOW + 60 + number, now=NOW)
        assert len(memory) <= 100
    assert memory.get(str(ip_address(999)), NOW) == 999
    memory.put("later", 1, until=NOW + 5000, now=NOW + 2000 + SWEEP_S)
    assert len(memory) == 1


def test_a_device_is_known_to_those_who_used_it() -> None:
    """At their accounts, for a year, with this secret; the last few people of a shared computer."""
    devices = Devices("secret")
    cookie = ""
    for person in ("anna", "ilze", "dace", "māra", "anna"):
        cookie = devices.remember(cookie, person, NOW)
    assert cookie.count("~") == PEOPLE - 1
    assert devices.known(cookie, "anna", NOW + LASTS_S - 1)
    assert not devices.known(cookie, "anna", NOW + LASTS_S)
    assert not devices.known(cookie, "gunta", NOW)
    assert not Devices("another").known(cookie, "anna", NOW)


@pytest.mark.parametrize("forged", ["", "~~~~~~", "a" * 5000, "x.1.y", "٣" * 16 + ".1." + "0" * 64])
def test_a_forged_device_is_a_stranger(forged: str) -> None:
    """Whatever stands in the cookie."""
    assert Devices("secret").known(forged, "anna", NOW) is None


async def test_turns_are_fair() -> None:
    """Sixty who wait at one address hold up nobody of another, and a known device comes first."""
    turns, order, hold = Turns(1), list[str](), asyncio.Event()

    async def work(place: LogInPlace) -> None:
        async with turns.turn(place):
            order.append(place.name)
            await hold.wait()

    crowd = [LogInPlace("crowd")] * 61
    tasks = [asyncio.create_task(work(place)) for place in (*crowd, LogInPlace("other"), DEVICE)]
    await asyncio.sleep(0)
    with pytest.raises(NoRoom):
        await work(LogInPlace("crowd"))
    hold.set()
    await asyncio.gather(*tasks)
    assert order[:4] == ["crowd", "a device", "crowd", "other"]


async def test_strangers_do_not_take_the_room_of_known_devices() -> None:
    """However many addresses they have, and whoever gives up waiting leaves a free turn."""
    turns, hold = Turns(2), asyncio.Event()

    async def work(place: LogInPlace) -> str:
        async with turns.turn(place):
            await hold.wait()
        return place.name

    crowd = [asyncio.create_task(work(LogInPlace(str(number)))) for number in range(500)]
    await asyncio.sleep(0)
    mine = asyncio.create_task(work(DEVICE))
    for task in crowd[:50]:
        task.cancel()
    hold.set()
    assert await mine == "a device"
    done = await asyncio.gather(*crowd, return_exceptions=True)
    assert sum(isinstance(one, NoRoom) for one in done) == 500 - 2 - 400
    assert await work(HERE) == HERE.name


async def test_a_turn_is_not_lost_on_who_gives_up_just_then() -> None:
    """The waiter is cancelled in the very moment in which its turn comes."""
    turns, hold = Turns(1), asyncio.Event()

    async def work(name: str) -> str:
        async with turns.turn(LogInPlace(name)):
            await hold.wait()
        return name

    first, second, third = (asyncio.create_task(work(name)) for name in ("1", "2", "3"))
    await asyncio.sleep(0)
    hold.set()
    async with turns.turn(LogInPlace("4", known=True)):
        second.cancel()  # not heard of yet when this turn is over
    assert await third == "3"
    assert await first == "1"
