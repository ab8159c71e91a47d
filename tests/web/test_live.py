"""The live link: whole views out, commands in, nobody held up."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace

import pytest
import structlog

from agents_ui.desk import port
from agents_ui.preview.fakes import ORIGIN, FakeDesks
from agents_ui.shell.keys import LINKS
from agents_ui.shell.live import Said

pytestmark = pytest.mark.web


async def connect(browser, page="desk"):
    """Open the page's live link."""
    return await browser.ws_connect(f"/{page}/live", origin=ORIGIN)


async def closing_code(link):
    """Read the link to its end."""
    async with asyncio.timeout(10):
        async for _ in link:
            pass
    return link.close_code


def command(number, name, **args):
    """A command as the page sends it."""
    return {"type": "command", "id": number, "name": name, "args": args}


async def test_opening(enter, hear):
    """A fresh page gets the phone's secret and the whole view."""
    link = await connect(await enter("talking"))
    phone = (await hear(link, "phone"))["phone"]
    assert phone["uri"] == "sip:a-talking@127.0.0.1"
    assert set(phone) == {"uri", "password", "websocket", "display_name"}
    view = (await hear(link, "view"))["view"]
    assert (view["state"], view["call"]["caller"]) == ("TALKING", "+37129000045")
    assert set(view) == set(port.DeskView.__slots__)


async def test_form_token_follows_the_session(enter, hear, csrf):
    """A page that reconnects after a log-in in another tab learns the new session's form token."""
    browser = await enter("talking")
    link = await connect(browser)
    assert (await hear(link, "csrf"))["csrf"] == csrf(browser)


async def test_changes_arrive(enter, hear, world):
    """Each change brings the whole view, with a higher number."""
    link = await connect(await enter("ringing"))
    before = (await hear(link, "view"))["view"]
    world.desks.answer("a-ringing")
    after = (await hear(link, "view"))["view"]
    assert (before["state"], after["state"]) == ("RESERVED", "TALKING")
    assert after["seq"] > before["seq"]


async def test_what_all_desks_show_alike_comes_by_itself(enter, hear, world):
    """A change of the line sends the line to every desk, and no desk's own view."""
    link = await connect(await enter("talking"))
    await hear(link, "view")
    first = (await hear(link, "hotline"))["hotline"]
    assert set(first) == set(port.HotlineView.__slots__) < set(port.DeskView.__slots__)
    world.desks.everywhere.tell()
    assert json.loads((await link.receive()).data)["type"] == "hotline"


async def test_what_many_pages_show_is_put_into_words_once():
    """The same object is the same text; another one is not."""
    said, view = Said(), port.LineView(waiting=1, longest_since=None, service_level=None)
    assert said.text("line", view) is said.text("line", view)
    assert said.text("line", replace(view, waiting=2)) != said.text("line", view)


async def test_changes_of_others_do_not(enter, hear, world):
    """A desk sees its own changes only."""
    link = await connect(await enter("idle"))
    await hear(link, "view")
    world.desks.answer("a-ringing")
    world.desks.put("a-idle", replace(world.desks.view("a-idle"), microphone=False))
    view = (await hear(link, "view"))["view"]
    assert (view["state"], view["microphone"]) == ("READY", False)


async def test_the_clock_ticks(enter, hear):
    """The page hears the time again and again, so that silence means a dead link."""
    link = await connect(await enter("idle"))
    first, second = await hear(link, "tick"), await hear(link, "tick")
    assert second["at"] > first["at"]


@pytest.mark.parametrize(
    ("scene", "sent", "expected"),
    [
        ("idle", command(1, "not_ready", reason="counter"), port.GoNotReady(reason="counter")),
        ("start", command(2, "ready"), port.GoReady()),
        ("start", command(3, "microphone", granted=True), port.ReportMicrophone(granted=True)),
        ("ringing", command(4, "reject", offer_id="o-1"), port.Reject(offer_id="o-1")),
        ("callback", command(12, "ring_back", offer_id="o-1"), port.RingNow(offer_id="o-1")),
        ("talking", command(5, "end", call_id="c-1"), port.EndCall(call_id="c-1")),
        ("rejoining", command(6, "take_again", call_id="c-1"), port.TakeAgain(call_id="c-1")),
        (
            "talking",
            command(7, "note", call_id="c-1", text="ā", version=4),
            port.WriteNote(call_id="c-1", text="ā", version=4),
        ),
        (
            "talking",
            command(8, "identify", call_id="c-1", level=2, method="knowledge"),
            port.Identify(call_id="c-1", level=2, method="knowledge"),
        ),
        (
            "wrapup",
            command(
                9, "save", call_id="c-1", kind="application", services=["residence"],
                outcome="answered", finish=True,
            ),
            port.SaveRecord(
                call_id="c-1", kind="application", services=("residence",), outcome="answered",
                finish=True,
            ),
        ),
        ("wrapup", command(10, "extend", call_id="c-1"), port.ExtendWrapUp(call_id="c-1")),
        ("idle", command(11, "leave"), port.LeavePage()),
    ],
    ids=lambda value: value["name"] if isinstance(value, dict) else "",
)  # fmt: skip
async def test_commands(enter, hear, world, scene, sent, expected):
    """Every command arrives as it was meant and is acknowledged by its number."""
    link = await connect(await enter(scene))
    await link.send_json(sent)
    ack = await hear(link, "ack")
    assert ack == {"type": "ack", "id": sent["id"], "ok": True, "error": None}
    assert world.desks.commands == [(f"a-{scene}", expected)]


@pytest.mark.parametrize(
    ("text", "number", "error"),
    [
        ("", None, "bad-message"),
        ("{", None, "bad-message"),
        ("[1]", None, "bad-message"),
        ('{"id": "seven"}', None, "bad-message"),
        (json.dumps({"type": "order", "id": 3}), 3, "unknown-command"),
        (json.dumps(command(4, "DROP")), 4, "unknown-command"),
        (json.dumps(command(5, "end")), 5, "bad-arguments"),
        (json.dumps(command(6, "end", call_id=1)), 6, "bad-arguments"),
        (json.dumps(command(7, "not_ready", reason="tired")), 7, "bad-arguments"),
        (json.dumps(command(8, "identify", call_id="c", level=4, method="x")), 8, "bad-arguments"),
    ],
)
async def test_nonsense(enter, hear, world, text, number, error):
    """What makes no sense is answered with an error; the link lives and nothing is carried out."""
    link = await connect(await enter("talking"))
    await link.send_str(text)
    ack = await hear(link, "ack")
    assert (ack["id"], ack["ok"], ack["error"]) == (number, False, error)
    await link.send_json(command(99, "ready"))
    assert (await hear(link, "ack"))["id"] == 99
    assert len(world.desks.commands) == 1


async def test_greeting_and_bytes(enter, hear):
    """A greeting needs no answer, and bytes are passed over."""
    link = await connect(await enter("idle"))
    await link.send_json({"type": "hello"})
    await link.send_bytes(b"\x00")
    await link.send_json(command(1, "ready"))
    assert (await hear(link, "ack"))["id"] == 1


async def test_not_logged_in(enter):
    """Who is not logged in learns it from the closing code."""
    for page in ("desk", "board"):
        assert await closing_code(await connect(await enter(None), page)) == 4401


async def test_wrong_role(enter):
    """A supervisor has no desk and an agent no board."""
    assert await closing_code(await connect(await enter("board"), "desk")) == 4403
    assert await closing_code(await connect(await enter("idle"), "board")) == 4403


async def test_last_page_wins(enter, hear, world):
    """A second desk page of the same agent takes over; the first one is told and closed."""
    first = await connect(await enter("talking"))
    await hear(first, "view")
    second = await connect(await enter("talking"))
    await hear(first, "taken_over")
    assert await closing_code(first) == 4001
    await second.send_json(command(1, "ready"))
    assert (await hear(second, "ack"))["ok"]


async def test_a_stuck_disk_makes_no_desk_deaf(enter, hear, world):
    """Each command shows at once and in its order; only then is the page told, of one after the
    other, that they are not safe yet."""
    world.desks.disk = asyncio.Event()
    link = await connect(await enter("talking"))
    for number, text in enumerate(("a", "ab", "abc"), 1):
        await link.send_json(command(number, "note", call_id="c-1", text=text, version=number + 3))
    await hear(link, "view")
    notes = []
    while "abc" not in notes:
        notes.append((await hear(link, "view"))["view"]["call"]["note"])
    acks = [await hear(link, "ack") for _ in range(3)]
    assert [(ack["id"], ack["ok"], ack["error"]) for ack in acks] == [
        (number, True, "not-safe-yet") for number in (1, 2, 3)
    ]
    assert [sent.text for _, sent in world.desks.commands] == ["a", "ab", "abc"]


async def test_a_disk_that_answers_in_time_is_not_spoken_of(enter, hear, world):
    """The answers wait for it."""
    world.desks.disk = asyncio.Event()
    link = await connect(await enter("talking"))
    await link.send_json(command(1, "note", call_id="c-1", text="a", version=4))
    await hear(link, "view")
    world.desks.disk.set()
    ack = await hear(link, "ack")
    assert (ack["ok"], ack["error"]) == (True, None)


async def test_last_words_are_heard(enter, world, until):
    """What a page sends right before it closes is carried out, all of it and in order."""
    link = await connect(await enter("talking"))
    for version in range(4, 24):
        await link.send_json(command(version, "note", call_id="c-1", text="x", version=version))
    await link.close()
    await until(lambda: len(world.desks.commands) == 20)
    assert [order.version for _, order in world.desks.commands] == list(range(4, 24))


async def test_takeover_loses_no_note(enter, hear, world, until, monkeypatch):
    """A command that is being journaled when another page takes over is finished."""
    journaled, finished = asyncio.Event(), []

    async def slowly(self, agent_id, command):
        self.commands.append((agent_id, command))
        await journaled.wait()
        finished.append(command)
        return True

    monkeypatch.setattr(FakeDesks, "command", slowly)
    first = await connect(await enter("talking"))
    await first.send_json(command(1, "note", call_id="c-1", text="x", version=4))
    await until(lambda: world.desks.commands)
    second = await connect(await enter("talking"))
    await hear(second, "view")
    journaled.set()
    assert await closing_code(first) == 4001
    assert len(finished) == 1


async def test_seat_is_free_after_leaving(enter, hear, app, until):
    """A page that comes and goes leaves nothing behind, and the next one is not taken for it."""
    browser = await enter("talking")
    for _ in range(3):
        link = await connect(browser)
        await hear(link, "view")
        await link.close()
        await until(lambda: len(app[LINKS]) == 0)


async def test_session_ends(enter, hear, world):
    """When the session ends the page is told, so that it can log in again in place."""
    link = await connect(await enter("talking"))
    await hear(link, "view")
    world.accounts.sessions.clear()
    await hear(link, "session_over")
    assert await closing_code(link) == 4401
    assert world.desks.closed == []


async def test_log_out_ends_the_link(enter, hear, csrf):
    """Logging out in another tab ends the link at once."""
    browser = await enter("talking")
    link = await connect(browser)
    await hear(link, "view")
    await browser.post("/logout", data={"csrf": csrf(browser)}, allow_redirects=False)
    assert await closing_code(link) == 4401


async def test_database_away_ends_nothing(enter, hear, world):
    """A running desk outlives the database: views and commands go on."""
    link = await connect(await enter("talking"))
    await hear(link, "view")
    world.accounts.away = True
    for _ in range(5):
        await hear(link, "tick")
    await link.send_json(command(1, "ready"))
    assert (await hear(link, "ack"))["ok"]


async def test_come_back_later(enter, world):
    """A page that can't be served now is told to try again."""
    browser = await enter("talking")
    world.desks.away = True
    assert await closing_code(await connect(browser)) == 1013
    world.desks.away, world.accounts.away = False, True
    assert await closing_code(await connect(await _stranger(enter, world))) == 1013


async def _stranger(enter, world):
    world.accounts.away = False
    browser = await enter("idle")
    world.accounts.away = True
    return browser


async def test_comes_back_without_the_database(enter, hear, world):
    """A page at work that loses its link comes back although the database is away."""
    browser = await enter("talking")
    link = await connect(browser)
    await hear(link, "view")
    await link.close()
    world.accounts.away = True
    await hear(await connect(browser), "view")


async def test_too_large(enter):
    """A message over 64 KiB closes the link."""
    link = await connect(await enter("idle"))
    await link.send_str("x" * (64 * 1024 + 1))
    assert await closing_code(link) == 1009


async def test_too_fast(enter):
    """More than fifty messages in a second close the link."""
    link = await connect(await enter("idle"))
    for number in range(60):
        await link.send_json(command(number, "microphone", granted=True))
    assert await closing_code(link) == 1008


async def test_restart(enter, hear, app, until):
    """When the service stops, every page is told to come back."""
    links = [await connect(await enter("idle")), await connect(await enter("board"), "board")]
    for link in links:
        await hear(link, "view")
    app[LINKS].end_all()
    assert [await closing_code(link) for link in links] == [1012, 1012]


async def test_fault_of_ours(enter, world, until):
    """A fault ends that link with 1011 and harms no other."""
    whole = await connect(await enter("idle"))
    broken = await connect(await enter("talking"))
    with structlog.testing.capture_logs() as lines:
        world.desks.views["a-talking"] = object()
        world.desks.changed["a-talking"].tell()
        assert await closing_code(broken) == 1011
    assert not whole.closed
    (fault,) = (line for line in lines if line["action"] == "request_failed")
    assert (fault["fault"], fault["route"]) == ("TypeError", "/desk/live")
    assert "in view" in fault["trace"]
