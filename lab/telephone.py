"""A telephone of software: it registers as a desk phone, or rings in as the carrier does."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import cast

from contactcentre.telephony import sip
from lab.media import Media

# RFC 3261's T1: after so long a request that nobody answered is sent again, then after twice that.
_RESEND_S = 0.5
_GIVE_UP_S = 32.0

_PUT_DOWN_S = 2.0

RELAY = "Content-Type", "application/dtmf-relay"
"""Of a key that is pressed by SIP INFO."""

Address = tuple[str, int]


class CallRefused(Exception):
    """The other side said no; `status` is the SIP code."""

    def __init__(self, status: int) -> None:
        super().__init__(f"refused with {status}")
        self.status = status


class PhoneCall:
    """An answered call: what is heard and said, until `ended` is set."""

    def __init__(self, telephone: "Telephone", dialog: "_Dialog", media: Media) -> None:
        self.media = media
        self.ended = asyncio.Event()
        self._telephone = telephone
        self._dialog = dialog

    async def hang_up(self) -> None:
        """End the call; nothing when it has ended already."""
        if not self.ended.is_set():
            self.ended.set()
            await self._telephone.within(self._dialog, "BYE")

    async def ask(self, method: str, *headers: sip.Header) -> None:
        """A request within the call, with these headers; a new offer of our sound, if INVITE."""
        body = self._telephone.description(self.media) if method == "INVITE" else ""
        await self._telephone.within(self._dialog, method, body, *headers)

    async def press_by_info(self, key: str, *, ms: int = 160) -> None:
        """Press a key by SIP INFO, as telephones do that have no RFC 4733."""
        body = f"Signal={key}\r\nDuration={ms}\r\n"
        await self._telephone.within(self._dialog, "INFO", body, RELAY)

    async def hold(self, *, held: bool = True) -> None:
        """Put the other side on hold, as the button of a desk phone does, or take it back."""
        description = self._telephone.description(self.media, "sendonly" if held else "sendrecv")
        await self._telephone.within(self._dialog, "INVITE", description)


@dataclass(kw_only=True, slots=True)
class _Dialog:
    """What requests within a call must say. `target`: the other side's contact."""

    call_id: str
    ours: str
    theirs: str
    target: str
    sequence: int = 1


class Ringing:
    """A call that rings here; `cancelled` is set when it stops ringing unanswered."""

    def __init__(self, telephone: "Telephone", invite: sip.Message) -> None:
        self.invite = invite
        self.cancelled = asyncio.Event()
        self.tag = secrets.token_hex(4)
        self._telephone = telephone

    @property
    def caller(self) -> str:
        """The number that rings, as shown on the telephone."""
        return sip.user_in(self.invite.header("From"))

    @property
    def dialled(self) -> str:
        """The number that was rung."""
        return sip.user_in(self.invite.first.split()[1])

    async def answer(self, *headers: sip.Header) -> PhoneCall:
        """Lift the receiver."""
        return await self._telephone.answer(self, *headers)

    def refuse(self, status: str = "486 Busy Here", *headers: sip.Header) -> None:
        """Say no."""
        self._telephone.refuse(self, status, *headers)

    def say(self, status: str, *headers: sip.Header) -> None:
        """Say something before it is answered, as "180 Ringing"."""
        self._telephone.say(self, status, *headers)


class Telephone(asyncio.DatagramProtocol):
    """One telephone on one UDP port; made by `telephone`."""

    def __init__(self, tasks: asyncio.TaskGroup, pbx: Address) -> None:
        self.ringing: asyncio.Queue[Ringing] = asyncio.Queue()
        self.first_word = "180 Ringing"  # to a call; "" is nothing at all, as of one that is gone
        self.remote = (
            False  # whether it answers when the exchange says so, within a call that rings
        )
        self.words: list[str] = []  # what the exchange has said to it within calls (NOTIFY)
        self.lifted: asyncio.Queue[PhoneCall] = asyncio.Queue()  # what it has answered so
        self.tones = False  # its keys are sounds, as on an old telephone, instead of RFC 4733
        self.kind = sip.PCMA  # of its sound
        self._tasks = tasks
        self._pbx = pbx
        self._transport: asyncio.DatagramTransport | None = None
        self._answers: dict[tuple[str, str], asyncio.Queue[sip.Message]] = {}
        self._rung: dict[str, Ringing] = {}
        self._talks: dict[str, PhoneCall] = {}
        self._replies: dict[str, sip.Message] = {}

    # --- what a person does ---------------------------------------------------------------------

    async def register(self, name: str, secret: str, *, expires_s: int = 90) -> None:
        """Log the telephone in, or out with 0 seconds; `CallRefused` when the secret is wrong."""
        uri = f"sip:{self._pbx[0]}:{self._pbx[1]}"
        me = f"<sip:{name}@{self._pbx[0]}>"
        call_id = secrets.token_hex(8)
        contact = ("Contact", f"<sip:{name}@{self.host}:{self.port}>")
        headers = [contact, ("Expires", str(expires_s))]
        dialog = _Dialog(call_id=call_id, ours=f"{me};tag={call_id}", theirs=me, target=uri)
        said = await self._request(dialog, "REGISTER", headers)
        if said.status == 401:
            challenge = said.header("WWW-Authenticate")
            answer = sip.authorization(challenge, "REGISTER", uri, name, secret)
            said = await self._request(dialog, "REGISTER", [*headers, ("Authorization", answer)])
        if said.status != 200:
            raise CallRefused(said.status or 0)

    async def call(self, number: str, caller: str, *headers: sip.Header) -> PhoneCall:
        """Ring a number, showing `caller`; returns when it is answered, else `CallRefused`.

        Numbers and `headers` are sent as they are given.
        """
        uri = f"sip:{number}@{self._pbx[0]}:{self._pbx[1]}"
        call_id = secrets.token_hex(8)
        me = f"<sip:{caller}@{self.host}:{self.port}>;tag={call_id}"
        dialog = _Dialog(call_id=call_id, ours=me, theirs=f"<{uri}>", target=uri)
        media = await self._media()
        try:
            said = await self._request(dialog, "INVITE", [*headers], self.description(media))
            dialog.theirs = said.header("To")
            if said.status == 200:
                dialog.target = sip.uri_in(said.header("Contact"))
            self._send(self._made(dialog, "ACK", []))
            if said.status != 200:
                raise CallRefused(said.status or 0)
            return self._talk(dialog, media, said.body)
        except BaseException:  # nobody will speak through it; raised again
            media.close()
            raise

    async def put_down(self) -> None:
        """Hang up every call."""
        for ringing in list(self._rung.values()):
            self.refuse(ringing, "480 Temporarily Unavailable")
        try:
            async with asyncio.timeout(_PUT_DOWN_S), asyncio.TaskGroup() as group:
                for talk in tuple(self._talks.values()):
                    group.create_task(talk.hang_up(), name="hang up")
        except TimeoutError:
            return  # the other side is gone, and the calls with it

    # --- what its parts need --------------------------------------------------------------------

    @property
    def host(self) -> str:
        """The address on which it listens."""
        return str(self._socket.get_extra_info("sockname")[0])

    @property
    def port(self) -> int:
        """The UDP port on which it listens."""
        return int(self._socket.get_extra_info("sockname")[1])

    def description(self, media: Media, direction: str = "sendrecv") -> str:
        """Our session description."""
        return sip.offer(self.host, media.port, direction, events=not self.tones, kind=self.kind)

    async def within(
        self, dialog: _Dialog, method: str, body: str = "", *headers: sip.Header
    ) -> None:
        """Send a request within a call and wait for its answer."""
        dialog.sequence += 1
        await self._request(dialog, method, list(headers), body)
        if method == "INVITE":
            self._send(self._made(dialog, "ACK", []))

    async def answer(self, ringing: Ringing, *headers: sip.Header) -> PhoneCall:
        """Lift the receiver of what rings."""
        invite = ringing.invite
        media = await self._media()
        if self.remote:
            headers = (*headers, ("Allow-Events", "talk, hold"))
        self._reply(invite, "200 OK", ringing.tag, self.description(media), *headers)
        dialog = _Dialog(
            call_id=invite.header("Call-ID"),
            ours=f"{invite.header('To')};tag={ringing.tag}",
            theirs=invite.header("From"),
            target=sip.uri_in(invite.header("Contact")),
        )
        self._rung.pop(dialog.call_id, None)
        return self._talk(dialog, media, invite.body)

    def refuse(self, ringing: Ringing, status: str, *headers: sip.Header) -> None:
        """Answer what rings with a refusal."""
        self._rung.pop(ringing.invite.header("Call-ID"), None)
        self.say(ringing, status, *headers)

    def say(self, ringing: Ringing, status: str, *headers: sip.Header) -> None:
        """Answer what rings with that."""
        self._reply(ringing.invite, status, ringing.tag, "", *headers)

    # --- requests -------------------------------------------------------------------------------

    async def _request(
        self, dialog: _Dialog, method: str, headers: list[sip.Header], body: str = ""
    ) -> sip.Message:
        if method == "REGISTER":
            dialog.sequence += 1
        message = self._made(dialog, method, headers, body)
        key = (dialog.call_id, message.header("CSeq"))
        answers = self._answers[key] = asyncio.Queue()
        wait_s = _RESEND_S
        try:
            async with asyncio.timeout(_GIVE_UP_S):
                self._send(message)
                while True:
                    try:
                        # Not wait_for: up to Python 3.11 it swallows a cancellation that comes
                        # together with the answer.
                        async with asyncio.timeout(wait_s):
                            said = await answers.get()
                    except TimeoutError:
                        self._send(message)
                        wait_s *= 2
                        continue
                    if said.status is not None and said.status >= 200:
                        return said
                    # It was heard; an answer to a ring may take as long as a person takes.
                    wait_s = _GIVE_UP_S
        finally:
            del self._answers[key]

    def _made(
        self, dialog: _Dialog, method: str, headers: list[sip.Header], body: str = ""
    ) -> sip.Message:
        via = f"SIP/2.0/UDP {self.host}:{self.port};rport;branch=z9hG4bK{secrets.token_hex(8)}"
        named = any(name == "Content-Type" for name, _ in headers)
        content = [("Content-Type", "application/sdp")] if body and not named else []
        contact = [("Contact", f"<sip:{sip.user_in(dialog.ours)}@{self.host}:{self.port}>")]
        if any(name == "Contact" for name, _ in headers):
            contact = []
        fixed = [
            ("Via", via),
            ("Max-Forwards", "70"),
            ("From", dialog.ours),
            ("To", dialog.theirs),
            ("Call-ID", dialog.call_id),
            ("CSeq", f"{dialog.sequence} {method}"),
        ]
        return sip.Message(
            first=f"{method} {dialog.target} SIP/2.0",
            headers=(*fixed, *contact, *headers, *content),
            body=body,
        )

    # --- what comes in --------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the event loop."""
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: Address) -> None:
        """Called by the event loop with one message."""
        try:
            message = sip.parse(data)
        except ValueError:
            return
        if message.status is not None:
            answers = self._answers.get((message.header("Call-ID"), message.header("CSeq")))
            if answers is not None:
                answers.put_nowait(message)
            return
        self._take(message)

    def _take(self, request: sip.Message) -> None:
        call_id = request.header("Call-ID")
        talk = self._talks.get(call_id)
        match request.method:
            case "ACK":
                pass
            case "INVITE" if talk is not None and ";tag=" in request.header("To"):
                talk.media.towards(sip.media_address(request.body))
                self._reply(request, "200 OK", "", self.description(talk.media))
            case "INVITE":
                self._ring(request)
            case "CANCEL":
                self._reply(request, "200 OK", secrets.token_hex(4))
                if (rung := self._rung.get(call_id)) is not None:
                    self.refuse(rung, "487 Request Terminated")
                    rung.cancelled.set()
            case "BYE":
                self._reply(request, "200 OK", "")
                if talk is not None:
                    talk.ended.set()
            case "NOTIFY":
                self.words.append(request.header("Event"))
                rung = self._rung.get(call_id)
                takes = self.remote and self.words[-1] == "talk" and rung is not None
                status = "200 OK" if takes else "481 Subscription Does Not Exist"
                self._reply(request, status, secrets.token_hex(4))
                if takes and rung is not None:
                    self._tasks.create_task(self._lift(rung), name="answered by a word")
            case _:
                self._reply(request, "200 OK", secrets.token_hex(4))

    async def _lift(self, rung: Ringing) -> None:
        self.lifted.put_nowait(await rung.answer())

    def _ring(self, invite: sip.Message) -> None:
        call_id = invite.header("Call-ID")
        if (said := self._replies.get(call_id)) is not None:
            self._send(said)  # our answer was lost
            return
        if call_id in self._rung:
            return
        ringing = self._rung[call_id] = Ringing(self, invite)
        if not sip.takes(invite.body, self.kind):
            self.refuse(ringing, "488 Not Acceptable Here")
            return
        if self.first_word:
            self._reply(invite, self.first_word, ringing.tag)
        self.ringing.put_nowait(ringing)

    def _reply(
        self, request: sip.Message, status: str, tag: str, body: str = "", *headers: sip.Header
    ) -> None:
        contact = ("Contact", f"<sip:{sip.user_in(request.header('To'))}@{self.host}:{self.port}>")
        own = [] if any(name == "Contact" for name, _ in headers) else [contact]
        content = [("Content-Type", "application/sdp")] if body else []
        said = sip.response(request, status, *own, *headers, *content, tag=tag, body=body)
        if request.method == "INVITE":
            self._replies[request.header("Call-ID")] = said
        self._send(said)

    # --- sound ----------------------------------------------------------------------------------

    async def _media(self) -> Media:
        loop = asyncio.get_running_loop()
        _, media = await loop.create_datagram_endpoint(
            lambda: Media(tones=self.tones, kind=self.kind), local_addr=(self.host, 0)
        )
        return media

    def _talk(self, dialog: _Dialog, media: Media, description: str) -> PhoneCall:
        media.towards(sip.media_address(description))
        talk = self._talks[dialog.call_id] = PhoneCall(self, dialog, media)
        self._tasks.create_task(self._sounding(talk, dialog.call_id), name="sound of a call")
        return talk

    async def _sounding(self, talk: PhoneCall, call_id: str) -> None:
        async with asyncio.TaskGroup() as group:
            frames = group.create_task(talk.media.run(), name="frames")
            await talk.ended.wait()
            frames.cancel()
        talk.media.close()
        del self._talks[call_id]
        self._replies.pop(call_id, None)

    @property
    def _socket(self) -> asyncio.DatagramTransport:
        assert self._transport is not None  # noqa: S101 - set before anybody has this object
        return self._transport

    def _send(self, message: sip.Message) -> None:
        self._socket.sendto(message.encode(), self._pbx)


@asynccontextmanager
async def telephone(bind: str, pbx: Address, port: int = 0) -> AsyncIterator[Telephone]:
    """A telephone at the address `bind`, with the Asterisk `pbx`; its calls end with the block."""
    loop = asyncio.get_running_loop()
    async with asyncio.TaskGroup() as tasks:
        transport, phone = await loop.create_datagram_endpoint(
            lambda: Telephone(tasks, pbx), local_addr=(bind, port)
        )
        try:
            yield phone
        finally:
            await phone.put_down()
            transport.close()
