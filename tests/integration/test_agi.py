"""The FastAGI server, against scripted callers over real sockets, and its parsers."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from contactcentre.telephony.agi import (
    AgiAccess,
    AgiBusy,
    AgiHangup,
    AgiLimits,
    AgiLost,
    AgiRefused,
    AgiReply,
    AgiServer,
    AgiSession,
    AgiTimeout,
    AgiUnsafe,
)
from contactcentre.telephony.agi_wire import (
    AgiMalformed,
    LineBuffer,
    ReplyReader,
    encode,
    parse_header,
    parse_reply,
)
from contactcentre.telephony.scripted import ScriptedCaller

pytestmark = pytest.mark.integration

Handler = Callable[[AgiSession], Awaitable[None]]


class Running:
    """A server at work; its sessions are handed to the test, which plays the handler."""

    def __init__(
        self,
        limits: AgiLimits | None,
        handler: Handler | None,
        crowded: Callable[[], bool],
        access: AgiAccess | None,
    ) -> None:
        self.server = AgiServer(
            handler or self._hand_over, limits=limits, access=access, crowded=crowded
        )
        self.port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._sessions: asyncio.Queue[AgiSession] = asyncio.Queue()

    async def _hand_over(self, session: AgiSession) -> None:
        self._sessions.put_nowait(session)
        await asyncio.Event().wait()

    async def session(self) -> AgiSession:
        async with asyncio.timeout(5):
            return await self._sessions.get()


@asynccontextmanager
async def serving(
    limits: AgiLimits | None = None,
    handler: Handler | None = None,
    crowded: Callable[[], bool] = lambda: False,
    access: AgiAccess | None = None,
) -> AsyncIterator[Running]:
    running = Running(limits, handler, crowded, access)
    task = asyncio.create_task(running.server.serve("127.0.0.1", 0, ready=running.port.set_result))
    try:
        ends: set[asyncio.Future[Any]] = {task, running.port}
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        yield running
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@pytest.fixture
async def running() -> AsyncIterator[Running]:
    async with serving() as running:
        yield running


@pytest.fixture
async def caller(running: Running) -> AsyncIterator[ScriptedCaller]:
    async with ScriptedCaller.calling(running.port.result(), channel="PJSIP/x-1") as caller:
        yield caller


@pytest.fixture
async def session(running: Running, caller: ScriptedCaller) -> AgiSession:
    return await running.session()


async def patiently(wait: Awaitable[object]) -> None:
    async with asyncio.timeout(5):
        await wait


# -- commands -----------------------------------------------------------------------------------


async def test_the_headers_are_the_environment(running: Running) -> None:
    """Values keep their colons, blanks and letters; an empty one is empty."""
    port = running.port.result()
    env = {"callerid": "unknown", "calleridname": "Jānis: Bērziņš ", "arg_1": ""}
    async with ScriptedCaller.calling(port, **env):
        session = await running.session()
        assert session.env["agi_calleridname"] == "Jānis: Bērziņš "
        assert session.env["agi_arg_1"] == ""
        assert session.env["agi_request"] == f"agi://127.0.0.1:{port}/call"


async def test_a_command_gives_its_reply(session: AgiSession, caller: ScriptedCaller) -> None:
    """Commands follow one another, each with its own reply."""
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(caller.obey("STREAM FILE lv/hello 12", "200 result=49 endpos=800"))
        reply = await session.command("STREAM FILE", "lv/hello", "12")
    assert reply == AgiReply(code=200, result="49", endpos=800)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(caller.obey("GET FULL VARIABLE", "200 result=1 (a (b) c)"))
        reply = await session.command("GET FULL VARIABLE", "${X}")
    assert (reply.result, reply.data, reply.failed) == ("1", "a (b) c", False)


async def test_words_arrive_whole(session: AgiSession, caller: ScriptedCaller) -> None:
    """Blanks, quotes, backslashes, commas and an empty word stay inside their word."""
    async with asyncio.TaskGroup() as tasks:
        sent = tasks.create_task(caller.obey("SET"))
        await session.command("SET", "VARIABLE", "NAME", 'a "b" c\\d,e', "")
    assert sent.result() == 'SET VARIABLE NAME "a \\"b\\" c\\\\d,e" ""'


async def test_what_came_is_acknowledged_at_once(
    session: AgiSession, caller: ScriptedCaller
) -> None:
    """Asterisk does not send the answer to the command that follows before that (Nagle)."""
    for _ in range(20):  # by then the kernel takes its time where it is left alone
        dialled = asyncio.create_task(session.command("EXEC", "Dial"))
        await caller.expect("EXEC Dial")
        asked = session.follow("GET VARIABLE", "DIALSTATUS")
        assert asked is not None
        await caller.expect("GET VARIABLE")
        caller.reply()
        await dialled
        assert caller.unacknowledged() == 0
        caller.reply()
        await session.reply(asked, "GET VARIABLE")


@pytest.mark.parametrize("bad", ["a\nHANGUP", "a\rb", "a\0b", "\ud800", "x" * 8_001])
async def test_injection_by_a_word_is_refused(
    session: AgiSession, caller: ScriptedCaller, bad: str
) -> None:
    """What could end the line, or overrun Asterisk's buffer, is neither sent nor shown."""
    with pytest.raises(AgiUnsafe) as refusal:
        await session.command("SET VARIABLE", "X", bad)
    assert bad not in str(refusal.value)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(caller.obey("ANSWER"))
        await session.command("ANSWER")


async def test_one_command_at_a_time(session: AgiSession, caller: ScriptedCaller) -> None:
    """A second command during the first is an error of ours and is not sent."""
    first = asyncio.create_task(session.command("EXEC", "Dial", "PJSIP/agent,20,gm"))
    await caller.expect('EXEC Dial "PJSIP/agent,20,gm"')
    with pytest.raises(AgiBusy):
        await session.command("ANSWER")
    caller.reply()
    assert (await first).result == "0"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("510 Invalid or unknown command", 510),
        ("511 Command Not Permitted on a dead channel or intercept routine", 511),
        ("520 Invalid command syntax.  Proper usage not available.", 520),
        (
            "520-Invalid command syntax.  Proper usage follows:\n Usage: ANSWER\n"
            "200 is no reply here\n520 End of proper usage.",
            520,
        ),
    ],
)
async def test_a_refusal_has_its_code(
    session: AgiSession, caller: ScriptedCaller, text: str, code: int
) -> None:
    """Each refusal raises, and the next command gets its own reply."""
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(caller.obey("ANSWER", text))
        with pytest.raises(AgiRefused) as refusal:
            await session.command("ANSWER")
    assert refusal.value.code == code
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(caller.obey("VERBOSE", "200 result=7"))
        assert (await session.command("VERBOSE", "x")).result == "7"


async def test_a_late_reply_is_not_the_next_ones(
    session: AgiSession, caller: ScriptedCaller
) -> None:
    """After a timeout or a cancelled wait the reply still owed is dropped when it comes."""
    with pytest.raises(AgiTimeout):
        await session.command("WAIT FOR DIGIT", "60000", timeout_s=0.02)
    given_up = asyncio.create_task(session.command("GET DATA", "x"))
    await caller.expect("WAIT")
    await caller.expect("GET DATA")
    given_up.cancel()
    await asyncio.wait({given_up})
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(caller.obey("ANSWER", "200 result=1\n200 result=2\n200 result=3"))
        assert (await session.command("ANSWER")).result == "3"


async def test_a_stray_line_is_no_reply(session: AgiSession, caller: ScriptedCaller) -> None:
    """The tail of a value with a line break, or a provisional 100, does not shift the replies."""
    caller.write("tail)\n200 result=9\nHANGUP\n")
    await patiently(session.wait_hangup())
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(caller.obey("ANSWER", "100 Trying\n\ntail)\n200 result=4"))
        assert (await session.command("ANSWER")).result == "4"


# -- the caller or the socket goes --------------------------------------------------------------


async def test_a_hangup_is_noticed_while_idle(session: AgiSession, caller: ScriptedCaller) -> None:
    """HANGUP with no command under way wakes the waiter and calls back once."""
    calls: list[str] = []
    session.on_hangup(lambda: calls.append("early"))
    caller.hang_up()
    await patiently(session.wait_hangup())
    session.on_hangup(lambda: calls.append("late"))
    assert (session.hung_up, session.lost, calls) == (True, False, ["early", "late"])
    caller.cut()
    await patiently(caller.closed())
    assert calls == ["early", "late"]


async def test_the_end_of_the_socket_is_noticed_while_idle(
    session: AgiSession, caller: ScriptedCaller
) -> None:
    """EOF without HANGUP is a loss: the caller may live on elsewhere."""
    calls: list[str] = []
    session.on_hangup(lambda: calls.append("gone"))
    caller.cut()
    await patiently(session.wait_hangup())
    assert (session.hung_up, session.lost, calls) == (False, True, ["gone"])
    with pytest.raises(AgiLost):
        await session.command("ANSWER")


async def test_a_dead_channel_still_answers(session: AgiSession, caller: ScriptedCaller) -> None:
    """After HANGUP the command under way gets its reply, and 511 then means a hang-up."""
    playing = asyncio.create_task(session.command("STREAM FILE", "lv/hello", ""))
    await caller.expect("STREAM")
    caller.hang_up()
    caller.reply("200 result=-1 endpos=160")
    assert (await playing).failed
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(caller.obey("SET", "200 result=1"))
        assert (await session.command("SET VARIABLE", "CC_DONE", "1")).result == "1"
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(caller.obey("STREAM", "511 Command Not Permitted on a dead channel"))
        with pytest.raises(AgiHangup):
            await session.command("STREAM FILE", "lv/bye", "")


@pytest.mark.parametrize(("hangs_up", "error"), [(True, AgiHangup), (False, AgiLost)])
async def test_a_command_ends_with_its_socket(
    session: AgiSession, caller: ScriptedCaller, hangs_up: bool, error: type[Exception]
) -> None:
    """A wait never outlives the socket, and says whose end it was."""
    dialling = asyncio.create_task(session.command("EXEC", "Dial", "PJSIP/agent"))
    await caller.expect("EXEC")
    if hangs_up:
        caller.hang_up()
    caller.cut()
    with pytest.raises(error):
        await dialling


async def test_closing_lets_the_channel_go(session: AgiSession, caller: ScriptedCaller) -> None:
    """Our own close ends a wait and the socket, and is not told as a hang-up."""
    calls: list[str] = []
    session.on_hangup(lambda: calls.append("gone"))
    dialling = asyncio.create_task(session.command("EXEC", "Dial", "PJSIP/agent"))
    await caller.expect("EXEC")
    session.close()
    session.close()
    with pytest.raises(AgiLost):
        await dialling
    await caller.closed()
    await patiently(session.wait_hangup())
    assert calls == []


async def test_a_faulty_callback_does_not_deafen_the_session(
    session: AgiSession, caller: ScriptedCaller
) -> None:
    """Its exception is logged by type, the other callbacks are called."""
    calls: list[str] = []

    def fail() -> None:
        raise ValueError("+37120000001")

    session.on_hangup(fail)
    session.on_hangup(lambda: calls.append("told"))
    with capture_logs() as logs:
        caller.hang_up()
        await patiently(session.wait_hangup())
    assert calls == ["told"]
    assert [entry["error"] for entry in logs] == ["ValueError"]


# -- the server ---------------------------------------------------------------------------------


async def test_a_handlers_exception_ends_only_its_session() -> None:
    """The caller is let go, the log names the type alone, the next caller is served."""

    async def handler(session: AgiSession) -> None:
        if session.env["agi_channel"] == "bad":
            raise ValueError("+37120000001")
        await session.command("ANSWER")

    async with serving(handler=handler) as running:
        port = running.port.result()
        with capture_logs() as logs:
            async with ScriptedCaller.calling(port, channel="bad") as bad:
                await bad.closed()
            async with ScriptedCaller.calling(port, channel="good") as good:
                await good.obey("ANSWER")
                await good.closed()
        assert running.server.counts.handler_errors == 1
        assert [entry["errors"] for entry in logs] == [["ValueError"]]


async def test_a_caller_who_leaves_is_no_error() -> None:
    """A hang-up in the middle of a command ends the handler without a word in the log."""

    async def handler(session: AgiSession) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(session.command("ANSWER"))

    async with serving(handler=handler) as running:
        with capture_logs() as logs:
            async with ScriptedCaller.calling(running.port.result()) as caller:
                await caller.expect("ANSWER")
                caller.hang_up()
                caller.write("511 dead\n")
                await caller.closed()
        assert (running.server.counts.handler_errors, logs) == (0, [])


async def test_stopping_closes_port_and_sessions() -> None:
    """After the server's cancellation every caller is let go and nobody new is let in."""
    async with serving() as running:
        port = running.port.result()
        caller = await AsyncExitStack().enter_async_context(ScriptedCaller.calling(port))
        await running.session()
    await caller.closed()
    assert running.server.sessions == 0
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port)
    caller.cut()


async def test_a_port_scan_costs_nothing(running: Running) -> None:
    """Connecting and leaving, with or without half a request, leaves no session and no error."""
    port = running.port.result()
    with capture_logs() as logs:
        for said in ("", "agi_network: yes\n", "agi_net"):
            async with ScriptedCaller.connected(port) as scanner:
                scanner.write(said)
        async with ScriptedCaller.calling(port):
            await running.session()
    counts = running.server.counts
    assert (counts.requests, counts.malformed, counts.handler_errors, logs) == (1, 0, 0, [])


@pytest.mark.parametrize(
    "said",
    [
        "GET / HTTP/1.1\r\n\r\n",
        "\x16\x03\x01\n",
        "agi_x: " + "x" * 8_192 + "\n",
        "x" * 8_193,
        "".join(f"agi_arg_{number}: x\n" for number in range(65)),
    ],
)
async def test_what_is_not_agi_is_closed(running: Running, said: str) -> None:
    """A foreign, overlong or endless request is closed at once; no handler sees it."""
    async with ScriptedCaller.connected(running.port.result()) as stranger:
        stranger.write(said)
        await stranger.closed()
    counts = running.server.counts
    assert (counts.requests, counts.malformed) == (0, 1)


@pytest.mark.parametrize(
    "number",
    [
        "1\nagi_channel: PJSIP/foreign-1",  # after the real one: given twice
        "1\n\n200 result=1 (forged)",  # the request ends before it is whole
        "1\nagi_accountcode: x",  # before the real one: given twice, too
    ],
)
async def test_a_number_with_a_line_break_is_no_request(running: Running, number: str) -> None:
    """Asterisk writes a caller's number as it came: whoever writes headers with it is not held."""
    async with ScriptedCaller.calling(running.port.result(), callerid=number) as stranger:
        await stranger.closed()
    counts = running.server.counts
    assert (counts.requests, counts.malformed) == (0, 1)


@pytest.mark.parametrize("given", [{}, {"arg_1": ""}, {"arg_1": "S"}, {"arg_1": "sx"}])
async def test_who_has_not_the_secret_is_nobody(given: dict[str, str]) -> None:
    """A request that brings none, or not quite ours, is closed; no handler sees it."""
    async with serving(access=AgiAccess(secret="s")) as running:
        port = running.port.result()
        async with ScriptedCaller.calling(port, **given) as stranger:
            await stranger.closed()
        assert (running.server.counts.requests, running.server.counts.strangers) == (0, 1)
        async with ScriptedCaller.calling(port, arg_1="s"):
            assert (await running.session()).env["agi_arg_1"] == "s"


async def test_who_comes_from_elsewhere_is_nobody() -> None:
    """A connection from an address that is not on the list is closed before it has spoken."""
    async with serving(access=AgiAccess(peers=frozenset({"127.0.0.9"}))) as running:
        async with ScriptedCaller.connected(running.port.result()) as stranger:
            await stranger.closed()
        assert running.server.counts.strangers == 1
        assert running.server.sessions == 0


async def test_a_request_that_never_ends_is_closed() -> None:
    """Headers have a deadline as a whole; a request that ends in time has none after."""
    async with serving(AgiLimits(header_time_s=0.05)) as running:
        port = running.port.result()
        async with ScriptedCaller.calling(port) as caller:
            session = await running.session()
            async with ScriptedCaller.connected(port) as slow:
                slow.write("agi_network: yes\n")
                await slow.closed()
            assert running.server.counts.malformed == 1
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(caller.obey("ANSWER"))
                await session.command("ANSWER")


async def test_sessions_are_bounded() -> None:
    """Beyond the limit a caller is sent away for a while, and the first of those comes in first."""
    async with serving(AgiLimits(sessions=2)) as running:
        port = running.port.result()
        async with ScriptedCaller.calling(port) as one, ScriptedCaller.calling(port):
            first = await running.session()
            await running.session()
            await sent_away(port, "1790000000.3")
            first.close()
            await one.closed()
            await sent_away(port, "1790000000.4")
            async with ScriptedCaller.calling(port, uniqueid="1790000000.3"):
                await running.session()
            assert running.server.counts.turned_away == 2


async def sent_away(port: int, channel_id: str) -> None:
    """A caller finds no room."""
    async with ScriptedCaller.calling(port, uniqueid=channel_id) as caller:
        await caller.obey("SET VARIABLE CC_FULL 1")
        await caller.closed()


async def test_connections_are_bounded() -> None:
    """Whoever asks and does not even wait for the answer costs no more than that."""
    limits = AgiLimits(sessions=0)
    async with serving(limits) as running, AsyncExitStack() as stack:
        port = running.port.result()
        for _ in range(limits.connections):
            await stack.enter_async_context(ScriptedCaller.calling(port))
        async with ScriptedCaller.calling(port) as last:
            await last.closed()
        assert running.server.sessions == limits.connections


async def test_while_the_engine_does_not_follow_callers_are_turned_away() -> None:
    """They hear music and are sent again by the dialplan; whoever is in stays."""
    crowded = False
    async with serving(crowded=lambda: crowded) as running:
        port = running.port.result()
        async with ScriptedCaller.calling(port) as first:
            session = await running.session()
            crowded = True
            await sent_away(port, "1790000000.2")
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(first.obey("ANSWER"))
                await session.command("ANSWER")


async def test_a_reply_beyond_the_limit_ends_the_session(
    session: AgiSession, caller: ScriptedCaller
) -> None:
    """A line that no Asterisk writes is not buffered for ever."""
    asking = asyncio.create_task(session.command("GET VARIABLE", "X"))
    await caller.expect("GET")
    caller.write("200 result=1 (" + "x" * 9_000)
    with pytest.raises(AgiLost):
        await asking


async def test_400_callers_wait_at_once(running: Running) -> None:
    """Many idle sessions are held, and each is told of its own hang-up."""
    port = running.port.result()
    async with AsyncExitStack() as stack:
        callers = [
            await stack.enter_async_context(ScriptedCaller.calling(port)) for _ in range(400)
        ]
        sessions = [await running.session() for _ in callers]
        for caller in callers:
            caller.hang_up()
        for session in sessions:
            await patiently(session.wait_hangup())
        assert running.server.sessions == 400


# -- the parsers --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "reply"),
    [
        ("200 result=0", AgiReply(code=200, result="0")),
        ("200 result=-1 endpos=0", AgiReply(code=200, result="-1", endpos=0)),
        ("200 result= (timeout)", AgiReply(code=200, data="timeout")),
        ("200 result=12 (timeout)", AgiReply(code=200, result="12", data="timeout")),
        (
            "200 result=35 (dtmf) endpos=16000",
            AgiReply(code=200, result="35", data="dtmf", endpos=16_000),
        ),
        ("200 result=1 (a) endpos=2)", AgiReply(code=200, result="1", data="a) endpos=2")),
        ("200 result=1 ()", AgiReply(code=200, result="1")),
        ("510 Invalid", AgiReply(code=510, data="Invalid")),
        ("100 result=0 Trying...", None),
        ("HANGUP", None),
        ("", None),
    ],
)
def test_replies_are_read(line: str, reply: AgiReply | None) -> None:
    """Every shape of reply that Asterisk writes."""
    assert parse_reply(line) == reply


@given(st.text(max_size=200))
def test_no_line_breaks_the_reply_parser(line: str) -> None:
    """Any line is a reply or None, never an exception."""
    reply = ReplyReader().read(line)
    assert reply is None or 200 <= reply.code <= 999


@given(st.text(max_size=60).filter(lambda value: "\n" not in value and "\r" not in value))
def test_any_value_comes_back_from_a_reply(value: str) -> None:
    """What stands between the brackets is the value, brackets of its own included."""
    reply = parse_reply(f"200 result=1 ({value})")
    assert reply is not None
    assert reply.data == value


@given(st.text(max_size=200))
def test_no_line_breaks_the_header_parser(line: str) -> None:
    """A line is a pair named agi_..., or malformed."""
    try:
        name, _ = parse_header(line)
    except AgiMalformed:
        return
    assert name.startswith("agi_")


@given(st.lists(st.text(max_size=20), min_size=1, max_size=5))
def test_asterisk_splits_a_command_into_our_words(words: list[str]) -> None:
    """Any text is refused, or read back by Asterisk's rules exactly as it was given."""
    try:
        line = encode(("SET VARIABLE", *words))
    except AgiUnsafe:
        return
    text = line.decode()
    assert text.index("\n") == len(text) - 1
    assert split_as_asterisk(text[:-1]) == ["SET", "VARIABLE", *words]


def split_as_asterisk(line: str) -> list[str]:
    """res_agi.c, parse_args, in Python."""
    words: list[str] = []
    quoted = escaped = False
    between = True
    for letter in line:
        if letter == '"' and not escaped:
            quoted = not quoted
            if quoted and between:
                words.append("")
                between = False
        elif letter in " \t" and not quoted and not escaped:
            between = True
        elif letter == "\\" and not escaped:
            escaped = True
        else:
            if between:
                words.append("")
                between = False
            words[-1] += letter
            escaped = False
    return words


@given(st.lists(st.text(max_size=30).filter(lambda line: "\n" not in line)), st.data())
def test_lines_survive_any_cut_of_the_stream(lines: list[str], data: st.DataObject) -> None:
    """However TCP cuts the bytes, the lines are the same."""
    stream = "".join(f"{line}\n" for line in lines).encode()
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=6)))
    buffer = LineBuffer(8_192)
    read = [
        line
        for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True)
        for line in buffer.feed(stream[start:end])
    ]
    assert read == [line.removesuffix("\r") for line in lines]
