"""The live link: whole views out, commands in, nobody held up."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace

import pytest
import structlog
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from agents_ui.app import build
from agents_ui.desk import port
from agents_ui.shell.keys import LINKS
from agents_ui.shell.live import LinkPace, Said
from agents_ui.shell.server import PanelRunner
from contactcentre.core import commands
from contactcentre.core.commands import COMMANDS
from contactcentre.telephony.directory import UNKNOWN
from lab.pages.people import AGENTS, PASSWORD
from lab.pages.stage import ORIGIN

pytestmark = pytest.mark.web


async def connect(browser, page="desk", query=""):
    """Open the page's live link."""
    return await browser.ws_connect(f"/{page}/live{query}", origin=ORIGIN)


async def closing_code(link):
    """Read the link to its end."""
    async with asyncio.timeout(10):
        async for _ in link:
            pass
    return link.close_code


def command(number, name, **args):
    """A command as the page sends it."""
    return {"type": "command", "id": number, "name": name, "args": args}


def a_note(world, text, *, number, version):
    """The agent who talks writes a note."""
    call_id = world.call_of("talking").call_id
    return command(number, "note", call_id=call_id, text=text, base=version - 1)


async def test_opening(enter, hear, world):
    """A fresh page gets the phone's secret and the whole view."""
    link = await connect(await enter("talking"))
    phone = (await hear(link, "phone"))["phone"]
    assert phone["uri"] == f"sip:{world.agent(AGENTS['talking'].number).endpoint}@127.0.0.1"
    assert set(phone) == {"uri", "password", "websocket", "display_name", "turn", "relayed"}
    view = (await hear(link, "view"))["view"]
    assert (view["state"], view["call"]["caller"]) == ("TALKING", AGENTS["talking"].caller)
    assert set(view) == set(port.DeskView.__slots__)


@pytest.mark.parametrize("path", ["/board/live", "/desk/live", "/wallboard/live"])
async def test_a_page_that_leaves_before_its_link_is_open(app, world, path, until):
    """Is no fault of ours: one line says so, and nobody looks for a cause."""
    held, left = asyncio.Event(), asyncio.Event()

    @web.middleware
    async def until_it_has_left(request, handler):
        held.set()
        await until(lambda: request.transport is None)
        try:
            return await handler(request)
        finally:
            left.set()

    app.middlewares.append(until_it_has_left)
    session = await world.accounts.log_in("board", PASSWORD, address="127.0.0.1")
    head = (
        f"GET {path} HTTP/1.1\r\nHost: x\r\nCookie: cc={session.token}\r\nOrigin: {ORIGIN}\r\n"
        "Connection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    )
    with structlog.testing.capture_logs() as logs:
        runner = PanelRunner(app, shutdown_timeout=0.1)  # a test server would cancel the handler
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        _, writer = await asyncio.open_connection("127.0.0.1", runner.addresses[0][1])
        writer.write(head.encode())
        async with asyncio.timeout(10):
            await held.wait()
            writer.transport.abort()
            await left.wait()
        await runner.cleanup()
    told = [one for one in logs if one.get("route") == path]
    assert [(one["log_level"], one["event"], one.get("status")) for one in told] == [
        ("info", "request", 499)
    ]
    assert "request_failed" not in {one.get("action") for one in logs}


async def test_form_token_follows_the_session(enter, hear, csrf):
    """A page that reconnects after a log-in in another tab learns the new session's form token."""
    browser = await enter("talking")
    link = await connect(browser)
    assert (await hear(link, "csrf"))["csrf"] == csrf(browser)


async def test_changes_arrive(enter, hear, world):
    """Each change brings the whole view, with a higher number."""
    link = await connect(await enter("ringing"))
    before = (await hear(link, "view"))["view"]
    world.answer("ringing")
    after = (await hear(link, "view"))["view"]
    assert (before["state"], after["state"]) == ("RESERVED", "TALKING")
    assert after["seq"] > before["seq"]


async def test_what_all_desks_show_alike_comes_by_itself(enter, hear, world):
    """A change of the line sends the line to every desk, and no desk's own view."""
    link = await connect(await enter("talking"))
    await hear(link, "view")
    first = (await hear(link, "hotline"))["hotline"]
    assert set(first) == set(port.HotlineView.__slots__) < set(port.DeskView.__slots__)
    world.arrives(1)
    await hear(link, "hotline")


async def test_what_many_pages_show_is_put_into_words_once():
    """The same object is the same text; another one is not."""
    said, view = Said(), port.LineView(waiting=1, longest_since=None, service_level=None)
    assert said.words("line", view) is said.words("line", view)
    assert said.words("line", replace(view, waiting=2)) != said.words("line", view)


async def test_changes_of_others_do_not(enter, hear, world):
    """A desk sees its own changes only."""
    link = await connect(await enter("idle"))
    await hear(link, "view")
    world.act("ringing")
    world.answer("ringing")
    world.not_ready(AGENTS["idle"].number, "lunch")
    view = (await hear(link, "view"))["view"]
    assert (view["state"], view["reason"]) == ("NOT_READY", "lunch")


async def test_the_clock_ticks(enter, hear):
    """The page hears the time again and again, so that silence means a dead link."""
    link = await connect(await enter("idle"))
    first, second = await hear(link, "tick"), await hear(link, "tick")
    assert second["at"] > first["at"]


@pytest.mark.parametrize(
    ("scene", "name", "args", "kind"),
    [
        ("idle", "not_ready", {"reason": "counter"}, commands.NotReadyChosen),
        ("start", "ready", {}, commands.ReadyChosen),
        ("start", "microphone", {"granted": True}, commands.MicrophoneReported),
        ("ringing", "reject", {"offer_id": ...}, commands.OfferRejected),
        ("callback", "ring_back", {"offer_id": ...}, commands.RingBackChosen),
        ("talking", "end", {"call_id": ...}, commands.EndAsked),
        ("rejoining", "take_again", {"call_id": ...}, commands.AudioLost),
        ("talking", "note", {"call_id": ..., "text": "ā", "base": 1}, commands.NoteWritten),
        (
            "talking",
            "identify",
            {"call_id": ..., "level": 2, "method": "knowledge"},
            commands.CallerIdentified,
        ),
        (
            "wrapup",
            "save",
            {
                "call_id": ..., "kind": "application", "services": ["PMLP-DZV"],
                "outcome": "answered", "finish": True,
            },
            commands.RecordSaved,
        ),
        ("wrapup", "extend", {"call_id": ...}, commands.WrapUpExtended),
    ],
)  # fmt: skip
async def test_commands(enter, hear, world, scene, name, args, kind):
    """Every command arrives as it was meant and is acknowledged by its number."""
    link = await connect(await enter(scene))
    args = {key: named(world, scene, key) if said is ... else said for key, said in args.items()}
    await link.send_json(command(7, name, **args))
    assert await hear(link, "ack") == {"type": "ack", "id": 7, "ok": True, "error": None}
    (event,) = world.heard(kind)
    assert event.agent_id == AGENTS[scene].agent_id
    assert {key: getattr(event, key) for key in args} == args | {
        key: tuple(said) for key, said in args.items() if isinstance(said, list)
    }


def named(world, scene, key):
    """The id of the call of a scene, or of its offer."""
    call = world.call_of(scene)
    return call.call_id if key == "call_id" else call.offer.leg_id


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
    assert len(world.heard(*COMMANDS.values())) == 1


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


async def test_a_page_that_comes_back_by_itself_takes_no_seat(enter, hear):
    """Only opening a page, or "use here", does: the page in use stays, and the other is told."""
    first = await connect(await enter("talking"), query="?page=first")
    await hear(first, "view")
    second = await connect(await enter("talking"), query="?page=second")
    await hear(second, "view")
    assert await closing_code(first) == 4001
    back = await connect(await enter("talking"), query="?page=first&again")
    await hear(back, "taken_over")
    assert await closing_code(back) == 4001
    await second.send_json(command(1, "ready"))
    assert (await hear(second, "ack"))["ok"]


async def test_a_page_that_comes_back_by_itself_logs_nobody_in(enter, hear, world):
    """Logged out for want of a phone, the agent comes back by opening the page, and is told why."""
    browser, who = await enter("gone"), AGENTS["gone"]
    back = await connect(browser, query="?page=first&again")
    view = (await hear(back, "view"))["view"]
    assert (view["state"], view["reason"]) == ("LOGGED_OUT", "absent")
    assert world.heard(commands.AgentLoggedIn) == []
    opened = await connect(browser, query="?page=first")
    await hear(opened, "phone")
    view = (await hear(opened, "view"))["view"]
    assert (view["state"], view["reason"]) == ("NOT_READY", "shift")
    assert view["gone_at"] == world.agent(who.number).gone_at
    await opened.send_json(command(1, "not_ready", reason="other"))
    assert (await hear(opened, "ack"))["ok"]
    assert world.agent(who.number).gone_at is None


async def test_a_phone_that_did_not_ring_is_ready_again_by_a_click(enter, hear, world):
    """The page says why no calls come, and its phone counts as connected."""
    link = await connect(await enter("silent"))
    view = (await hear(link, "view"))["view"]
    assert (view["state"], view["reason"], view["phone"]) == ("NOT_READY", "silent", True)
    await link.send_json(command(1, "ready"))
    assert (await hear(link, "ack"))["ok"]
    assert world.agent(AGENTS["silent"].number).state == "READY"


async def test_a_broken_link_leaves_the_seat_to_its_page(enter, hear, app, until):
    """Also while it is down, and although the server may think the old link alive."""
    await connect(await enter("talking"), query="?page=first")
    browser = await enter("talking")
    second = await connect(browser, query="?page=second")
    await hear(second, "view")
    again = await connect(browser, query="?page=second&again")
    await hear(again, "view")
    await again.close()
    await until(lambda: len(app[LINKS]) == 0)
    other = await connect(await enter("talking"), query="?page=first&again")
    assert await closing_code(other) == 4001
    await hear(await connect(browser, query="?page=second&again"), "view")


async def test_a_stuck_disk_makes_no_desk_deaf(enter, hear, world):
    """Each command shows at once and in its order; only then is the page told, of one after the
    other, that they are not safe yet."""
    link = await connect(await enter("talking"))
    await hear(link, "view")
    world.journal.disk.clear()
    for number, text in enumerate(("a", "ab", "abc"), 1):
        await link.send_json(a_note(world, text, number=number, version=number + 1))
    notes = []
    while "abc" not in notes:
        notes.append((await hear(link, "view"))["view"]["call"]["note"])
    acks = [await hear(link, "ack") for _ in range(3)]
    assert [(ack["id"], ack["ok"], ack["error"]) for ack in acks] == [
        (number, True, "not-safe-yet") for number in (1, 2, 3)
    ]
    assert [sent.text for sent in world.heard(commands.NoteWritten)] == ["a", "ab", "abc"]


async def test_a_disk_that_answers_in_time_is_not_spoken_of(enter, hear, world):
    """The answers wait for it."""
    link = await connect(await enter("talking"))
    await hear(link, "view")
    world.journal.disk.clear()
    await link.send_json(a_note(world, "a", number=1, version=2))
    await hear(link, "view")
    world.journal.disk.set()
    ack = await hear(link, "ack")
    assert (ack["ok"], ack["error"]) == (True, None)


async def test_last_words_are_heard(enter, world, until):
    """What a page sends right before it closes is carried out, all of it and in order."""
    link = await connect(await enter("talking"))
    for version in range(2, 22):
        text = "x" * version
        await link.send_json(a_note(world, text, number=version, version=version))
    await link.close()
    await until(lambda: len(world.heard(commands.NoteWritten)) == 20)
    assert [each.base for each in world.heard(commands.NoteWritten)] == list(range(1, 21))


async def test_takeover_loses_no_note(enter, hear, world, until):
    """A command that is being journaled when another page takes over is finished."""
    first = await connect(await enter("talking"))
    await hear(first, "view")
    world.journal.disk.clear()
    await first.send_json(a_note(world, "x", number=1, version=2))
    await until(lambda: world.heard(commands.NoteWritten))
    second = await connect(await enter("talking"))
    world.journal.disk.set()
    assert (await hear(second, "view"))["view"]["call"]["note"] == "x"
    assert await closing_code(first) == 4001


async def test_seat_is_free_after_leaving(enter, hear, app, until):
    """A page that comes and goes leaves nothing behind, and the next one is not taken for it."""
    browser = await enter("talking")
    for _ in range(3):
        link = await connect(browser)
        await hear(link, "view")
        await link.close()
        await until(lambda: len(app[LINKS]) == 0)


async def test_session_ends(enter, hear, world, sessions):
    """When the session ends the page is told, so that it can log in again in place."""
    link = await connect(await enter("talking"))
    await hear(link, "view")
    for session in sessions.values():
        await world.accounts.log_out(session.token)
    await hear(link, "session_over")
    assert await closing_code(link) == 4401
    assert world.heard(commands.AgentLoggedOut) == []


async def test_a_session_that_somebody_ends(world, settings, hear):
    """The page learns it at once, not when it is looked at next."""
    seldom = LinkPace(tick_s=0.02, recheck_s=3600)
    async with TestServer(build(world.ports(settings), pace=seldom)) as server:
        session = await world.accounts.log_in("talking", PASSWORD, address="127.0.0.1")
        async with TestClient(server, cookies={"cc": session.token}) as browser:
            link = await connect(browser)
            await hear(link, "view")
            await world.accounts.end_sessions(session.person.user_id, by="x")
            await hear(link, "session_over")
            assert await closing_code(link) == 4401


async def test_log_out_ends_the_link(enter, hear, csrf):
    """Logging out in another tab ends the link at once."""
    browser = await enter("talking")
    link = await connect(browser)
    await hear(link, "view")
    async with asyncio.TaskGroup() as both:
        code = both.create_task(closing_code(link))  # as a page does, whatever else it waits for
        await browser.post("/logout", data={"csrf": csrf(browser)}, allow_redirects=False)
    assert code.result() == 4401


async def test_database_away_ends_nothing(enter, hear, world):
    """A running desk outlives the database: views and commands go on."""
    link = await connect(await enter("talking"))
    await hear(link, "view")
    world.database_away = True
    for _ in range(5):
        await hear(link, "tick")
    await link.send_json(command(1, "ready"))
    assert (await hear(link, "ack"))["ok"]


async def test_come_back_later(enter, world):
    """A page that can't be served now is told to try again."""
    browser, stranger = await enter("talking"), await enter(None)
    world.inbox.full = True
    assert await closing_code(await connect(browser)) == 1013
    world.inbox.full, world.database_away = False, True
    stranger.session.cookie_jar.update_cookies({"cc": "of a session that nobody recalls"})
    assert await closing_code(await connect(stranger)) == 1013


async def test_comes_back_without_the_database(enter, hear, world):
    """A page at work that loses its link comes back although the database is away."""
    browser = await enter("talking")
    link = await connect(browser)
    await hear(link, "view")
    await link.close()
    world.database_away = True
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
    late = await connect(await enter("talking"))  # else it would hold the stop for seconds
    assert await closing_code(late) == 1012


async def test_fault_of_ours(enter, hear, world):
    """A fault ends that link with 1011 and harms no other."""
    whole = await connect(await enter("idle"))
    broken = await connect(await enter("talking"))
    await hear(broken, "view")
    agent_id = AGENTS["talking"].agent_id
    with structlog.testing.capture_logs() as lines:
        del world.world.agents[agent_id]
        world.live.nudge(agent_id)
        assert await closing_code(broken) == 1011
    assert not whole.closed
    (fault,) = (line for line in lines if line["action"] == "request_failed")
    assert (fault["fault"], fault["route"]) == ("KeyError", "/desk/live")
    assert "in view" in fault["trace"]


async def test_another_device_is_chosen(enter, hear, world):
    """The page that is no telephone any more has a secret that counts no more, and is given another
    when it is one again; what the agent does not have is not chosen."""
    link = await connect(await enter("resting"))
    first = (await hear(link, "phone"))["phone"]
    assert (await hear(link, "view"))["view"]["devices"] == ["browser", "desk", "mobile"]
    await link.send_json(command(1, "device", device="mobile"))
    while (await hear(link, "view"))["view"]["device"] != "mobile":
        pass
    endpoint = world.agent(AGENTS["resting"].number).endpoint
    world.directory.withdraw(endpoint)  # as is ordered
    await link.send_json(command(2, "device", device="browser"))
    second = (await hear(link, "phone"))["phone"]
    assert second["uri"] == first["uri"]
    assert second["password"] != first["password"]
    assert len(second["password"]) < UNKNOWN
    assert world.directory.secret(endpoint) == second["password"]
    other = await connect(await enter("idle"))
    await other.send_json(command(1, "device", device="desk"))
    assert (await hear(other, "ack"))["error"] == "not-now"
