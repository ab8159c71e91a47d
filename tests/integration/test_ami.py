"""The wall round the AMI library, against a scripted manager port. One test for each hazard."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from contactcentre.telephony import scripted
from contactcentre.telephony.ami import (
    Ami,
    AmiDown,
    AmiMessage,
    AmiRefused,
    AmiSettings,
    AmiTimeout,
    AmiUnsafe,
    LinkDown,
    LinkRefused,
    LinkState,
    LinkUp,
    LostReason,
)
from contactcentre.telephony.ami_link import AmiCounts, AmiLink
from contactcentre.telephony.ami_message import checked
from contactcentre.telephony.scripted import ManagerSession, ScriptedManager

pytestmark = pytest.mark.integration

SECRET = "s3cret-of-the-test"
BOOT = LinkUp(version="22.10.1", boot="2026-08-01 10:00:00", asterisk_started_at=940.0)


@dataclass
class Watched:
    """An Ami and everything that it told."""

    events: list[AmiMessage] = field(default_factory=list)
    links: list[LinkState] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    faulty: Callable[[AmiMessage], bool] = lambda event: False
    crowded: bool = False
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def on_event(self, event: AmiMessage) -> None:
        self.events.append(event)
        self.told.append(event.event)
        self._news.set()
        if self.faulty(event):
            raise ValueError(event["CallerIDNum"])

    def on_link(self, state: LinkState) -> None:
        self.links.append(state)
        self.told.append(type(state).__name__)
        self._news.set()

    async def until(self, holds: Callable[[], bool], within_s: float = 5.0) -> None:
        async with asyncio.timeout(within_s):
            while not holds():
                self._news.clear()
                await self._news.wait()

    async def event(self, name: str) -> AmiMessage:
        await self.until(lambda: name in self.told)
        return next(event for event in self.events if event.event == name)

    async def up(self, times: int = 1) -> None:
        await self.until(lambda: self.told.count("LinkUp") >= times)


def scripted_port(
    banner: bytes = scripted.BANNER,
) -> AbstractAsyncContextManager[ScriptedManager]:
    return ScriptedManager.listening(secret=SECRET, banner=banner)


def settings(manager: ScriptedManager, **changes: Any) -> AmiSettings:
    usual: dict[str, Any] = {
        "host": "127.0.0.1",
        "port": manager.port,
        "username": "cc",
        "secret": SECRET,
        "retry_max_s": 0.02,
        "boot_wait_s": 0.3,
    }
    return AmiSettings(**(usual | changes))


@asynccontextmanager
async def running(manager: ScriptedManager, watched: Watched, **changes: Any) -> AsyncIterator[Ami]:
    ami = Ami(
        settings(manager, **changes),
        on_event=watched.on_event,
        on_link=watched.on_link,
        crowded=lambda: watched.crowded and len(watched.events) > 100,
        clock=lambda: 1000.0,
        jitter=lambda: 0.5,
    )
    task = asyncio.create_task(ami.run())
    try:
        yield ami
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@pytest.fixture
async def manager() -> AsyncIterator[ScriptedManager]:
    async with scripted_port() as manager:
        yield manager


@pytest.fixture
def watched() -> Watched:
    return Watched()


@pytest.fixture
async def ami(manager: ScriptedManager, watched: Watched) -> AsyncIterator[Ami]:
    async with running(manager, watched) as ami:
        await watched.up()
        yield ami


# -- what may be written ------------------------------------------------------------------------


@pytest.mark.parametrize("bad", ["a\rb", "a\nb", "a\r\n\r\nAction: Command", "a\0b", "\ud800"])
async def test_injection_by_a_value_is_refused(
    ami: Ami, manager: ScriptedManager, bad: str
) -> None:
    """Nothing is sent if a value, alone or in a list, could break its line."""
    for value in (bad, ["fine", bad]):
        with pytest.raises(AmiUnsafe) as refusal:
            await ami.action("Setvar", {"Variable": value})
        assert bad not in str(refusal.value)
    assert not manager.sessions[0].named("Setvar")


@pytest.mark.parametrize("bad", ["", "A B", "A:", "A\r\nAction", "Ā", "Action", "ACTIONID"])
async def test_injection_by_a_name_is_refused(ami: Ami, bad: str) -> None:
    """A header's or action's name is one plain word, and the wall's own headers are not given."""
    with pytest.raises(AmiUnsafe):
        await ami.action("Setvar", {bad: "x"})
    if not bad.isalpha() or not bad.isascii():
        with pytest.raises(AmiUnsafe):
            await ami.action(bad)


def test_a_header_given_twice_is_refused() -> None:
    """Two spellings of one name would silently become one."""
    with pytest.raises(AmiUnsafe):
        checked("Setvar", {"Variable": "a", "variable": "b"})


def test_lines_are_bounded_in_bytes_and_number() -> None:
    """900 bytes pass, 901 do not, counted as UTF-8 with the name; 101 lines do not."""
    room = 900 - len("Value: ")
    assert checked("Setvar", {"Value": "ā" * (room // 2)})
    with pytest.raises(AmiUnsafe):
        checked("Setvar", {"Value": "ā" * (room // 2 + 1)})
    with pytest.raises(AmiUnsafe):
        checked("Setvar", {"Variable": ["x"] * 100})


@given(st.dictionaries(st.text(max_size=8), st.text(max_size=40), max_size=4), st.text(max_size=9))
def test_no_text_makes_a_second_line(headers: dict[str, str], action: str) -> None:
    """Whatever is given, a request has as many lines as headers, or is refused."""
    try:
        request = checked(action, headers)
    except AmiUnsafe:
        return
    text = "".join(f"{name}: {value}\r\n" for name, value in request.items())
    assert len(text.splitlines()) >= len(request)
    assert text.count("\n") == text.count("\r") == len(request)


async def test_an_originate_is_always_asynchronous(ami: Ami, manager: ScriptedManager) -> None:
    """Async is forced, even against the caller's word, and the link survives the answer."""
    manager.answers["Originate"] = lambda session, action: session.respond(
        action, ("Message", "Originate successfully queued")
    )
    answer = await ami.action("Originate", {"Channel": "PJSIP/x", "async": "false"})
    assert answer["Message"] == "Originate successfully queued"
    assert b"Async: true\r\n" in manager.sessions[0].raw
    assert b"async: false" not in manager.sessions[0].raw


# -- answers ------------------------------------------------------------------------------------


async def test_an_action_gives_its_response(ami: Ami, manager: ScriptedManager) -> None:
    """Answers find their asker though they come in another order."""
    asked: list[dict[str, str]] = []

    def answer(session: ManagerSession, action: dict[str, str]) -> None:
        asked.append(action)
        if len(asked) == 2:
            for each in reversed(asked):
                session.respond(each, ("Value", each["variable"]))

    manager.answers["Getvar"] = answer
    one, two = await asyncio.gather(
        ami.action("Getvar", {"Variable": "one"}), ami.action("Getvar", {"Variable": "two"})
    )
    assert (one["value"], two["VALUE"]) == ("one", "two")


async def test_a_repeated_header_is_sent_and_read_in_order(
    ami: Ami, manager: ScriptedManager
) -> None:
    """A sequence becomes one line each; `all` and `pairs` read such lines back."""
    manager.answers["Status"] = lambda session, action: session.respond(
        action, ("Variable", "A=1"), ("Variable", "B=x=y"), ("Variable", "C=")
    )
    answer = await ami.action("Status", {"Variable": ["b", "a"]})
    assert b"Variable: b\r\nVariable: a\r\n" in manager.sessions[0].raw
    assert answer.all("variable") == ("A=1", "B=x=y", "C=")
    assert answer.pairs("Variable") == {"A": "1", "B": "x=y", "C": ""}
    assert answer["Variable"] == "C="
    assert answer.all("Nothing") == ()


async def test_a_refusal_carries_asterisks_sentence(ami: Ami, manager: ScriptedManager) -> None:
    """An Error response raises AmiRefused, for a list action too: the library waited for ever."""
    manager.answers["Hangup"] = scripted.refuse("No such channel")
    for ask in (ami.action, ami.collect):
        with pytest.raises(AmiRefused) as refusal:
            await ask("Hangup", {"Channel": "gone"})
        assert refusal.value.message == "No such channel"


async def test_the_originate_response_is_an_event(
    ami: Ami, manager: ScriptedManager, watched: Watched
) -> None:
    """The outcome of a call attempt reaches the handler, even if it overtakes the answer."""

    def answer(session: ManagerSession, action: dict[str, str]) -> None:
        outcome = ("ActionID", action["actionid"]), ("Response", "Failure"), ("Reason", "3")
        session.event("OriginateResponse", *outcome)
        session.respond(action, ("Message", "Originate successfully queued"))

    manager.answers["Originate"] = answer
    assert (await ami.action("Originate"))["Response"] == "Success"
    assert (await watched.event("OriginateResponse"))["Reason"] == "3"


async def test_a_list_of_5000_items_is_whole_and_in_order(
    ami: Ami, manager: ScriptedManager, watched: Watched
) -> None:
    """`collect` gives the items alone; they are not events."""
    names = [str(number) for number in range(5_000)]

    def answer(session: ManagerSession, action: dict[str, str]) -> None:
        session.list_items(action, names)
        session.list_end(action)

    manager.answers["CoreShowChannels"] = answer
    items = await ami.collect("CoreShowChannels")
    assert [item["Name"] for item in items] == names
    assert "Item" not in watched.told


async def test_an_empty_list_and_a_plain_answer_are_no_items(
    ami: Ami, manager: ScriptedManager
) -> None:
    """A list ends by its end, or by a response that opens none."""

    def answer(session: ManagerSession, action: dict[str, str]) -> None:
        session.list_items(action, [])
        session.list_end(action)

    manager.answers["BridgeList"] = answer
    assert await ami.collect("BridgeList") == []
    assert await ami.collect("Ping") == []


async def test_a_list_broken_off_is_refused(ami: Ami, manager: ScriptedManager) -> None:
    """A list that Asterisk cancels is not taken for a short one."""

    def answer(session: ManagerSession, action: dict[str, str]) -> None:
        session.list_items(action, ["a"])
        session.list_end(action, "Cancelled")

    manager.answers["Status"] = answer
    with pytest.raises(AmiRefused):
        await ami.collect("Status")


async def test_an_unanswered_action_times_out(manager: ScriptedManager, watched: Watched) -> None:
    """The wait ends by its deadline, the late answer is counted and harms nobody."""
    manager.answers["Getvar"] = scripted.never
    async with running(manager, watched, action_timeout_s=0.05) as ami:
        await watched.up()
        with pytest.raises(AmiTimeout):
            await ami.action("Getvar")
        session = manager.sessions[0]
        session.respond(session.named("Getvar")[0])
        assert (await ami.action("Setvar"))["Response"] == "Success"
        assert ami.counts.late_answers == 1


async def test_a_refusal_without_an_action_id_ends_by_the_deadline(
    manager: ScriptedManager, watched: Watched
) -> None:
    """Asterisk's "line too long" names no action: its asker times out, the link stays."""
    manager.answers["Getvar"] = lambda session, action: session.write(
        scripted.block(("Response", "Error"), ("Message", "Failed to parse message"))
    )
    async with running(manager, watched, action_timeout_s=0.05) as ami:
        await watched.up()
        with pytest.raises(AmiTimeout):
            await ami.action("Getvar")
        assert ami.state == BOOT


# -- the end of a link --------------------------------------------------------------------------


async def test_sending_without_a_link_fails_at_once(
    manager: ScriptedManager, watched: Watched
) -> None:
    """Before the log-in is accepted, and before any run, an action is AmiDown."""
    idle = Ami(settings(manager), on_event=watched.on_event, on_link=watched.on_link)
    with pytest.raises(AmiDown):
        await idle.action("Ping")
    manager.answers["Login"] = scripted.never
    async with running(manager, watched) as ami:
        session = await manager.session()
        await manager.until(lambda: bool(session.named("Login")))
        with pytest.raises(AmiDown):
            await ami.action("Ping")


async def test_nothing_is_replayed_after_a_reconnect(
    ami: Ami, manager: ScriptedManager, watched: Watched
) -> None:
    """An Originate whose answer the cut swallowed fails, and the next link never sees it."""
    manager.answers["Originate"] = scripted.cut
    with pytest.raises(AmiDown):
        await ami.action("Originate", {"Channel": "PJSIP/x"})
    await watched.up(2)
    await ami.action("Ping")
    assert not manager.sessions[1].named("Originate")
    assert watched.links == [BOOT, LinkDown(reason=LostReason.CUT), BOOT]


async def test_a_list_cut_in_the_middle_fails(ami: Ami, manager: ScriptedManager) -> None:
    """Half a list is AmiDown, not a list."""

    def answer(session: ManagerSession, action: dict[str, str]) -> None:
        session.list_items(action, ["a", "b"])
        session.transport.close()

    manager.answers["CoreShowChannels"] = answer
    with pytest.raises(AmiDown):
        await ami.collect("CoreShowChannels")


async def test_closing_ends_every_wait(manager: ScriptedManager, watched: Watched) -> None:
    """Cancelling `run` closes the socket and fails what was under way."""
    manager.answers["Getvar"] = scripted.never
    async with running(manager, watched) as ami:
        await watched.up()
        waits = [asyncio.create_task(ami.action("Getvar")) for _ in range(3)]
        await manager.until(lambda: len(manager.sessions[0].named("Getvar")) == 3)
    ends = await asyncio.gather(*waits, return_exceptions=True)
    assert [type(end) for end in ends] == [AmiDown] * 3
    await manager.until(manager.sessions[0].closed.is_set)
    with pytest.raises(AmiDown):
        await ami.action("Ping")


async def test_closing_while_reconnecting_really_closes(
    manager: ScriptedManager, watched: Watched
) -> None:
    """After a cancelled reconnect nobody connects again."""
    async with running(manager, watched, retry_max_s=0.2) as ami:
        await watched.up()
        manager.sessions[0].cut()
        await watched.until(lambda: ami.state == LinkDown(reason=LostReason.CUT))
    with pytest.raises(TimeoutError):
        await manager.until(lambda: len(manager.sessions) > 1, within_s=0.5)


async def test_a_cut_is_mended_within_a_second(watched: Watched) -> None:
    """With the settings as shipped, the link is up again less than a second after a plain cut."""
    shipped: dict[str, Any] = {"retry_max_s": 1.0}
    async with scripted_port() as manager, running(manager, watched, **shipped):
        await watched.up()
        began = monotonic()
        manager.sessions[0].cut()
        await watched.up(2)
        assert monotonic() - began < 1.0


async def test_an_absent_asterisk_is_told_once_and_found_when_it_comes(watched: Watched) -> None:
    """Tries go on while nobody listens; the state is told at its change only."""
    async with scripted_port() as gone:
        pass
    async with running(gone, watched) as ami:
        await watched.until(lambda: bool(watched.links))
        server = await asyncio.get_running_loop().create_server(
            lambda: ManagerSession(gone), "127.0.0.1", gone.port
        )
        async with server:
            await watched.up()
            assert watched.links == [LinkDown(reason=LostReason.UNREACHABLE), BOOT]
            assert ami.state == BOOT
            gone.sessions[0].cut()


async def test_a_peer_gone_silent_is_noticed(watched: Watched) -> None:
    """With the settings as shipped a half-open link is down 3.5 s after its last answer."""
    async with scripted_port() as manager, running(manager, watched):
        await watched.up()
        session = manager.sessions[0]
        await manager.until(lambda: bool(session.named("Ping")))
        began = monotonic()
        session.silent = True
        await watched.until(lambda: LinkDown(reason=LostReason.SILENT) in watched.links)
        assert 1.9 < monotonic() - began < 3.5


async def test_events_alone_do_not_prove_a_link(manager: ScriptedManager, watched: Watched) -> None:
    """A peer that still speaks but answers no ping is down: it could not be commanded."""
    async with running(manager, watched, ping_interval_s=0.05, ping_deadline_s=0.2):
        await watched.up()
        session = manager.sessions[0]
        session.silent = True

        def speak_again(event: AmiMessage) -> bool:
            session.event("Newchannel")
            return False

        watched.faulty = speak_again
        session.event("Newchannel")
        await watched.until(lambda: LinkDown(reason=LostReason.SILENT) in watched.links)
        assert len(watched.events) > 10


async def test_a_stall_of_our_own_loop_is_no_silence(
    manager: ScriptedManager, watched: Watched
) -> None:
    """If the answer lies in the socket while we were busy, the link stays."""
    pings: list[dict[str, str]] = []

    def answer_and_stall(session: ManagerSession, action: dict[str, str]) -> None:
        session.respond(action)
        pings.append(action)
        if len(pings) == 3:
            free_at = monotonic() + 0.3
            while monotonic() < free_at:
                pass

    manager.answers["Ping"] = answer_and_stall
    async with running(manager, watched, ping_interval_s=0.02, ping_deadline_s=0.1):
        await manager.until(lambda: len(pings) > 5)
        assert watched.links == [BOOT]


# -- logging in ---------------------------------------------------------------------------------


async def test_a_refused_log_in_is_told_and_tried_again_slowly(
    manager: ScriptedManager, watched: Watched
) -> None:
    """LinkRefused carries Asterisk's reason; the pause grows from a second to the limit."""
    with capture_logs() as logs:
        async with running(manager, watched, secret="wrong-one", backoff_max_s=60.0) as ami:
            await watched.until(lambda: bool(watched.links))
            assert watched.links == [LinkRefused(reason="Authentication failed")]
            refusal = watched.links[0]
            assert isinstance(refusal, LinkRefused)
            pauses = [ami._delay_s(refusal, tries) for tries in (0, 1, 5, 20)]
            assert pauses == [0.75, 1.5, 24.0, 45.0]
            await manager.until(manager.sessions[0].closed.is_set)
    assert "wrong-one" not in repr(logs)


async def test_a_link_is_up_only_after_the_log_in(
    manager: ScriptedManager, watched: Watched
) -> None:
    """A TCP connection alone, or one whose log-in is not answered, is no link."""
    manager.answers["Login"] = scripted.never
    async with running(manager, watched, action_timeout_s=0.1):
        await watched.until(lambda: bool(watched.links))
    assert watched.links == [LinkDown(reason=LostReason.SILENT)]


@pytest.mark.parametrize("banner", [b"", b"Asterisk Call"])
async def test_a_port_without_a_greeting_is_silent(watched: Watched, banner: bytes) -> None:
    """Nothing is sent, not even the secret, to a peer that does not greet."""
    hasty: dict[str, Any] = {"connect_timeout_s": 0.1}
    async with scripted_port(banner) as manager, running(manager, watched, **hasty):
        await watched.until(lambda: bool(watched.links))
        assert watched.links == [LinkDown(reason=LostReason.SILENT)]
        assert manager.sessions[0].raw == b""


@pytest.mark.parametrize("banner", [b"SSH-2.0-x\r\n", b"A" * 200, b"Asterisk Call Manager/" * 9])
async def test_a_port_of_another_kind_is_unreadable(watched: Watched, banner: bytes) -> None:
    """A foreign greeting ends the connection before the secret is sent."""
    async with scripted_port(banner) as manager, running(manager, watched):
        await watched.until(lambda: bool(watched.links))
        assert watched.links == [LinkDown(reason=LostReason.UNREADABLE)]
        assert manager.sessions[0].raw == b""


async def test_an_account_with_few_rights_still_gets_a_link(
    manager: ScriptedManager, watched: Watched
) -> None:
    """Without FullyBooted and the core actions the link is up, and knows less."""
    manager.answers["Login"] = ManagerSession.respond
    manager.answers["CoreSettings"] = scripted.refuse("Permission denied")
    manager.answers["CoreStatus"] = scripted.refuse("Permission denied")
    async with running(manager, watched, boot_wait_s=0.02):
        await watched.up()
    assert watched.links == [LinkUp(version=None, boot=None, asterisk_started_at=None)]


async def test_a_restarted_asterisk_is_another_boot(
    ami: Ami, manager: ScriptedManager, watched: Watched
) -> None:
    """The boot tells a reconnect from a restart; FullyBooted comes on both."""
    manager.boot_time = "10:05:00"
    manager.sessions[0].cut()
    await watched.up(2)
    first, _, second = watched.links
    assert isinstance(first, LinkUp)
    assert isinstance(second, LinkUp)
    assert first.boot != second.boot


# -- events -------------------------------------------------------------------------------------


async def test_events_come_in_order_and_after_their_link(
    manager: ScriptedManager, watched: Watched
) -> None:
    """LinkUp is told first, then what was read since the log-in, FullyBooted included."""

    def answer(session: ManagerSession, action: dict[str, str]) -> None:
        session.event("Newchannel")
        session.respond(action)
        session.event("Hangup")

    manager.answers["CoreStatus"] = answer
    async with running(manager, watched) as ami:
        await watched.up()
        for number in range(300):
            manager.sessions[0].event("Numbered", ("Number", str(number)))
        await watched.until(lambda: len(watched.events) == 303)
        assert watched.told[:4] == ["LinkUp", "FullyBooted", "Newchannel", "Hangup"]
        numbers = [int(event["Number"]) for event in watched.events[3:]]
        assert numbers == list(range(300))
        assert ami.counts.events == 303


async def test_while_nobody_follows_nothing_is_read(
    manager: ScriptedManager, watched: Watched
) -> None:
    """A flood stays with Asterisk until there is room for it, and then comes whole and in order."""
    watched.crowded = True
    async with running(manager, watched, ping_interval_s=30.0, ping_deadline_s=60.0):
        await watched.up()
        for number in range(50_000):
            manager.sessions[0].event("Numbered", ("Number", str(number)))
        await watched.until(lambda: len(watched.events) > 100)
        for _ in range(200):  # turns of the loop, of which each would read some thousand
            await asyncio.sleep(0)
        assert len(watched.events) < 20_000
        watched.crowded = False
        await watched.until(lambda: len(watched.events) > 50_000, within_s=20.0)
        numbers = [int(event["Number"]) for event in watched.events if event.event == "Numbered"]
        assert numbers == list(range(50_000))


async def test_a_handlers_exception_costs_neither_link_nor_event(
    ami: Ami, manager: ScriptedManager, watched: Watched
) -> None:
    """The exception is counted and logged by type, the rest of the same TCP chunk is delivered."""
    watched.faulty = lambda event: event.event == "Bad"
    with capture_logs() as logs:
        manager.sessions[0].write(
            scripted.block(("Event", "Bad"), ("CallerIDNum", "+37120000001"))
            + scripted.block(("Event", "Good"), ("CallerIDNum", "+37120000002"))
        )
        await watched.event("Good")
    assert ami.counts.handler_errors == 1
    assert [entry["error"] for entry in logs if entry["event"] == "ami_event_failed"] == [
        "ValueError"
    ]
    assert "3712000000" not in repr(logs)
    assert watched.links == [BOOT]


async def test_letters_survive_any_cut_of_the_stream(
    manager: ScriptedManager, watched: Watched
) -> None:
    """A message that comes byte by byte, its line ends and letters cut in two, is read whole."""
    message = scripted.block(("Event", "Newchannel"), ("CallerIDName", "Jānis Bērziņš"), ("X", ""))
    link = await AmiLink.open(
        "127.0.0.1", manager.port, tls=None, on_event=watched.on_event, counts=AmiCounts()
    )
    await link.greeted
    for byte in message:
        link.data_received(bytes([byte]))
    link.close()
    event = await watched.event("Newchannel")
    assert event["CallerIDName"] == "Jānis Bērziņš"
    assert event["x"] == ""


async def test_what_is_not_utf8_does_not_cost_the_link(
    ami: Ami, manager: ScriptedManager, watched: Watched
) -> None:
    """A bad byte is shown as such, a block that is no message is counted."""
    manager.sessions[0].write(b"Nonsense\r\n\r\n\r\nEvent: E\r\nName: J\xfc\xc4\r\n\r\n")
    assert (await watched.event("E"))["Name"] == "J\ufffd\ufffd"
    assert ami.counts.unreadable == 1
    assert watched.links == [BOOT]


async def test_a_message_without_end_ends_the_link(
    ami: Ami, manager: ScriptedManager, watched: Watched
) -> None:
    """The buffer is bounded: a megabyte without an empty line is not AMI."""
    manager.sessions[0].write(b"Event: E\r\nX: " + b"x" * (1 << 20))
    await watched.until(lambda: LinkDown(reason=LostReason.UNREADABLE) in watched.links)


def test_two_spellings_are_one_header_given_twice() -> None:
    """Nobody's word takes the place of Asterisk's by another spelling, and it shows."""
    message = AmiMessage.read("Event: Hangup\r\nAccountCode: ours\r\naccountcode: forged")
    assert message is not None
    assert message.repeats
    assert message.all("AccountCode") == ("ours", "forged")
    assert AmiMessage.read("CallerIDName: x") is None


def test_a_message_shows_no_content() -> None:
    """A message in a log or a traceback gives away its kind and nothing else."""
    message = AmiMessage({"Event": "Newchannel", "CallerIDNum": "+37120000001"})
    assert repr(message) == "<AmiMessage Newchannel>"
    assert dict(message) == {"event": "Newchannel", "calleridnum": "+37120000001"}


def test_settings_show_no_secret_and_make_sense() -> None:
    """The secret is not in the repr; a deadline shorter than the interval is refused."""
    shown = AmiSettings(host="h", username="u", secret=SECRET)
    assert SECRET not in repr(shown)
    with pytest.raises(ValueError, match="ping_deadline_s"):
        AmiSettings(host="h", username="u", secret=SECRET, ping_deadline_s=1.0)
