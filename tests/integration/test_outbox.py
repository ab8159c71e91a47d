"""What is to be sent gets there, over a real mail server and a real HTTP peer, or is given up."""

from __future__ import annotations

import asyncio
import email
import json
import ssl
import subprocess
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiosmtpd.smtp import SMTP, AuthResult
from sqlalchemy import insert, select

from contactcentre.app.post import mail_server
from contactcentre.cli.check import check
from contactcentre.features.outbox import store
from contactcentre.features.outbox.mail import MailServer, NotSent
from contactcentre.features.outbox.sender import Sender
from contactcentre.features.outbox.sms import SmsGateway
from contactcentre.features.outbox.webhook import Webhooks, signature
from contactcentre.features.privacy.outbox_sweep import OutboxSweep
from contactcentre.features.privacy.sweeps import Reached
from contactcentre.settings import Settings
from contactcentre.storage import database, outbox
from contactcentre.storage import tables as models
from contactcentre.storage.outbox import Full, Outgoing, TooLarge

pytestmark = pytest.mark.integration

SECRET = "a secret of this test"
LETTER = Outgoing(
    kind="mail", to="anna@ludza.example", cause="alert/1", subject="Rindā gaida 14", body="Ludza: ā"
)


@dataclass
class Letters:
    """A mailbox, and what its server answers."""

    got: list[Any] = field(default_factory=list)
    answer: str = "250 OK"
    refuse: str = ""

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        """See aiosmtpd."""
        if self.refuse:
            return self.refuse
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        """See aiosmtpd."""
        if self.answer.startswith("250"):
            self.got.append(envelope)
        return self.answer


def certificate(folder: Path) -> tuple[Path, Path]:
    """Of localhost, signed by itself."""
    key, cert = folder / "key.pem", folder / "cert.pem"
    command = f"openssl req -x509 -newkey rsa:2048 -nodes -keyout {key} -out {cert} -days 1"
    command += " -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1"
    subprocess.run(command.split(), check=True, capture_output=True)  # noqa: S603
    return cert, key


@pytest.fixture
def letters():
    """What has come."""
    return Letters()


@asynccontextmanager
async def smtp(letters, *, ssl_context=None, **options):
    """A mail server on a free port."""
    loop = asyncio.get_running_loop()
    listening = await loop.create_server(
        lambda: SMTP(letters, loop=loop, **options), "127.0.0.1", 0, ssl=ssl_context
    )
    async with listening:
        yield listening.sockets[0].getsockname()[1]


@dataclass
class Hooks:
    """An HTTP peer, and what it answers."""

    port: int
    got: list[tuple[dict[str, str], bytes]]
    status: int = 200


@pytest.fixture
async def hooks():
    """On a free port."""
    peer = Hooks(0, [])

    async def take(request):
        peer.got.append((dict(request.headers), await request.read()))
        return web.Response(status=peer.status, headers={"Location": "/other"})

    app = web.Application()
    app.router.add_post("/{any}", take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    peer.port = runner.addresses[0][1]
    yield peer
    await runner.cleanup()


class Kept:
    """A database, and a clock that is set."""

    def __init__(self, engine):
        self.engine = engine
        self.at = 1_000_000.0

    def clock(self):
        return self.at

    def sender(self, **carriers):
        return Sender(self.engine, carriers, clock=self.clock)

    async def add(self, *messages):
        async with self.engine.begin() as connection:
            await outbox.add(connection, *messages, at=self.at)

    async def rows(self):
        async with self.engine.connect() as connection:
            query = select(models.outbox).order_by(models.outbox.c.cause)
            return (await connection.execute(query)).mappings().all()


@pytest.fixture
async def kept(database_url):
    """With our tables."""
    async with database.opened(database_url) as engine:
        yield Kept(engine)


def server(port, **changes):
    given = {"host": "127.0.0.1", "port": port, "sender": "Zvani <zvani@vpm.example>"}
    return MailServer(**{**given, "security": "none", **changes})


async def test_a_letter_arrives_and_what_it_said_goes(kept, letters):
    """With its sheet, in UTF-8; the table keeps that it was sent, and no word of it."""
    await kept.add(replace(LETTER, attachment=b"PK\3\4", attachment_name="atskaite.xlsx"))
    async with smtp(letters) as port:
        assert await kept.sender(mail=server(port).send).look() == 1
    letter = email.message_from_bytes(letters.got[0].original_content, policy=default)
    assert letters.got[0].rcpt_tos == ["anna@ludza.example"]
    assert letter["Subject"] == "Rindā gaida 14"
    assert letter["Auto-Submitted"] == "auto-generated"
    text, sheet = letter.iter_parts()
    assert text.get_content().strip() == "Ludza: ā"
    assert (sheet.get_filename(), sheet.get_content()) == ("atskaite.xlsx", b"PK\3\4")
    (row,) = await kept.rows()
    assert (row["state"], row["subject"], row["body"], row["attachment"]) == ("sent", "", "", None)
    assert row["to"] == "anna@ludza.example"
    assert row["message_id"] in letter["Message-ID"]


async def test_a_header_takes_no_second_line(kept, letters):
    """Whatever a rule is called: what stands behind a break is no header of its own."""
    await kept.add(replace(LETTER, subject="Rinda\r\nBcc: x@evil.example\u2028z"))
    async with smtp(letters) as port:
        await kept.sender(mail=server(port).send).look()
    letter = email.message_from_bytes(letters.got[0].original_content, policy=default)
    assert letter["Bcc"] is None
    assert letter["Subject"] == "Rinda Bcc: x@evil.example z"
    assert letters.got[0].rcpt_tos == ["anna@ludza.example"]


async def test_a_server_that_is_away_is_tried_again(kept, letters):
    """Later and later, over a restart, until it is back; then the letter comes once."""
    await kept.add(LETTER)
    async with smtp(letters) as port:
        pass  # gone again
    assert await kept.sender(mail=server(port).send).look() == 0
    (row,) = await kept.rows()
    assert (row["state"], row["tries"], row["next_try_at"]) == ("waiting", 1, kept.at + 20.0)
    assert row["body"] == "Ludza: ā"
    async with smtp(letters) as port:
        another = kept.sender(mail=server(port).send)  # as after a restart
        assert await another.look() == 0
        kept.at += 20.0
        assert await another.look() == 1
        kept.at += 4000.0
        assert await another.look() == 0
    assert len(letters.got) == 1


@pytest.mark.parametrize(
    ("answers", "state"),
    [({"refuse": "550 no such user"}, "failed"), ({"answer": "451 later"}, "waiting")],
)
async def test_what_is_refused_for_good_is_given_up(kept, letters, answers, state):
    """At once; what is refused for now is not."""
    letters.refuse, letters.answer = answers.get("refuse", ""), answers.get("answer", "250 OK")
    await kept.add(LETTER)
    async with smtp(letters) as port:
        await kept.sender(mail=server(port).send).look()
    (row,) = await kept.rows()
    assert row["state"] == state
    assert row["trouble"].startswith("refused: ")
    assert "anna" not in row["trouble"]


async def test_it_is_tried_so_often_and_no_more(kept):
    """And not after its term, when nobody needs it; the board says that something was given up."""
    await kept.add(LETTER, replace(LETTER, cause="alert/2", body="2", term_s=100.0))
    tried = []

    async def carry(one):
        tried.append(one.body)
        raise NotSent("no")

    sender = kept.sender(mail=carry)
    for _ in range(40):
        await sender.look()
        kept.at += 1800.0
    first, second = await kept.rows()
    assert (first["state"], second["state"]) == ("failed", "failed")
    assert tried.count("Ludza: ā") == store.MOST_TRIES
    assert tried.count("2") == 1
    kept.at = first["made_at"] + 60.0
    await sender.look()
    assert [one.code for one in sender.alarms()] == ["outbox-failed"]


async def test_a_message_that_breaks_its_carrier_holds_nobody_up(kept):
    """It is tried as often as one that is refused; the others go."""
    await kept.add(LETTER, replace(LETTER, cause="alert/2", body="breaks"))

    async def carry(one):
        if one.body == "breaks":
            raise ZeroDivisionError

    assert await kept.sender(mail=carry).look() == 1
    first, second = await kept.rows()
    assert (first["state"], second["state"]) == ("sent", "waiting")
    assert second["trouble"] == "ZeroDivisionError"


async def test_a_clock_that_is_set_back_holds_nothing_up(kept, letters):
    """A message that would wait for years is due at once."""
    await kept.add(LETTER)
    kept.at -= 10_000_000.0
    async with smtp(letters) as port:
        sender = kept.sender(mail=server(port).send)
        assert await sender.look() == 1


async def test_no_more_than_so_many_wait(kept, monkeypatch):
    """Nor larger ones; what is refused leaves nothing."""
    monkeypatch.setattr(outbox, "MOST_WAITING", 2)
    await kept.add(LETTER, LETTER)
    with pytest.raises(Full):
        await kept.add(LETTER)
    with pytest.raises(TooLarge):
        await kept.add(replace(LETTER, attachment=bytes(outbox.LARGEST_ATTACHMENT + 1)))
    assert len(await kept.rows()) == 2


async def test_tls_and_a_log_in(kept, letters, tmp_path):
    """By STARTTLS or from the beginning; a certificate that nobody has signed gets no password."""
    cert, key = certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    asked = []

    def log_in(server, session, envelope, mechanism, data):
        asked.append((data.login, data.password))
        return AuthResult(success=data.password == b"good", handled=False)

    options = {"tls_context": context, "require_starttls": True, "authenticator": log_in}
    good = {"security": "starttls", "user": "zvani", "password": "good", "host": "localhost"}
    await kept.add(LETTER)
    async with smtp(letters, **options) as port:
        with pytest.raises(NotSent, match="certificate"):
            async with server(port, **good).reached():
                pass
        assert asked == []
        known = {**good, "authorities": cert}
        with pytest.raises(NotSent, match="log-in"):
            async with server(port, **{**known, "password": "bad"}).reached():
                pass
        assert await kept.sender(mail=server(port, **known).send).look() == 1
    await kept.add(LETTER)
    async with smtp(letters, ssl_context=context) as port:
        whole = {"security": "tls", "host": "localhost", "authorities": cert}
        assert await kept.sender(mail=server(port, **whole).send).look() == 1
    assert len(letters.got) == 2


async def test_check_tries_the_mail_server(letters, tmp_path, capsys):
    """And says what to do where it can't be had."""
    given = {"home": tmp_path, "smtp_security": "none", "smtp_sender": "zvani@vpm.example"}
    async with smtp(letters) as port:
        settings = Settings(**given, smtp_host="127.0.0.1", smtp_port=port)
        async with mail_server(settings).reached():
            pass
    await check(settings=settings)
    assert f"the mail server 127.0.0.1:{port} cannot be used" in capsys.readouterr().out


def hook(port, **changes):
    body = json.dumps({"alert": "x"})
    url = f"http://127.0.0.1:{port}/hook"
    return replace(Outgoing(kind="webhook", to=url, cause="alert/1", body=body), **changes)


HOME = Webhooks(secret=SECRET, within=("127.0.0.0/8",), clock=lambda: 1234.5)


async def test_a_webhook_is_signed(kept, hooks):
    """Over the time and the body, so that it can be neither forged nor played again."""
    await kept.add(hook(hooks.port))
    assert await kept.sender(webhook=HOME.send).look() == 1
    ((headers, body),) = hooks.got
    assert json.loads(body) == {"alert": "x"}
    assert headers["X-Contactcentre-Timestamp"] == "1234"
    expected = f"sha256={signature(SECRET, '1234', body)}"
    assert headers["X-Contactcentre-Signature"] == expected
    assert signature(SECRET, "1235", body) not in expected


@pytest.mark.parametrize(
    ("status", "state"),
    [(302, "failed"), (404, "failed"), (429, "waiting"), (500, "waiting"), (204, "sent")],
)
async def test_what_a_peer_answers(kept, hooks, status, state):
    """Nobody is followed to another address; who is busy is asked again."""
    hooks.status = status
    await kept.add(hook(hooks.port))
    await kept.sender(webhook=HOME.send).look()
    assert (await kept.rows())[0]["state"] == state
    assert len(hooks.got) == 1


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "127.1", "2130706433", "[::ffff:127.0.0.1]"]
)
@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_no_webhook_reaches_into_the_house(kept, hooks, host, scheme):
    """By whatever name; not even a connection is opened."""
    closed = Webhooks(secret=SECRET)
    await kept.add(hook(hooks.port, to=f"{scheme}://{host}:{hooks.port}/hook"))
    await kept.sender(webhook=closed.send).look()
    assert hooks.got == []
    assert (await kept.rows())[0]["state"] != "sent"


@pytest.mark.parametrize(
    "url",
    [
        *("ftp://example.org/", "https://user:word@example.org/", "http://93.184.216.34/"),
        *("https://169.254.169.254/", "https://10.0.0.1/", "https://[fe80::1%25eth0]/", "https://"),
        *(
            "https://0.0.0.0/",
            "https://224.0.0.1/",
            "javascript:alert(1)",
            "https://[::]/",
            "https://[x",
            "x",
        ),
    ],
)
def test_addresses_that_can_be_seen_to_be_wrong(url):
    """Are told where they are written."""
    assert Webhooks(secret=SECRET).fault(url)


def test_an_address_of_the_internet_is_none_of_them():
    """By https alone."""
    assert not Webhooks(secret=SECRET).fault("https://93.184.216.34/x")
    assert not Webhooks(secret=SECRET).fault("https://hooks.example.org/x")


def test_within_the_house_by_https_too():
    """A network that is named is reached, and by plain HTTP this machine alone."""
    home = Webhooks(secret=SECRET, within=("10.1.0.0/16", "127.0.0.0/8"))
    assert not home.fault("https://10.1.2.3/x")
    assert home.fault("http://10.1.2.3/x")
    assert not home.fault("http://127.0.0.1/x")


async def test_a_citizens_number_goes_once_it_is_done(kept):
    """But for its last two digits."""
    told = Outgoing(kind="sms", to="+37120000012", cause="call/1", body="x", personal=True)
    await kept.add(told)

    async def carry(one):
        assert one.to == "+37120000012"

    assert await kept.sender(sms=carry).look() == 1
    (row,) = await kept.rows()
    assert (row["to"], row["body"]) == ("…12", "")


async def test_a_text_message_by_http(kept, hooks):
    """To the gateway of the settings, with its token; what it refuses is judged as a webhook's."""
    gateway = SmsGateway(url=f"http://127.0.0.1:{hooks.port}/sms", token="t0ken")
    text = Outgoing(kind="sms", to="+37120000012", cause="call/1", body="Pase: ā", personal=True)
    await kept.add(text)
    assert await kept.sender(sms=gateway.send).look() == 1
    ((headers, body),) = hooks.got
    (row,) = await kept.rows()
    told = {"id": row["message_id"], "to": "+37120000012", "text": "Pase: ā"}
    assert json.loads(body) == told
    assert headers["Authorization"] == "Bearer t0ken"
    assert headers["Idempotency-Key"] == row["message_id"]
    hooks.status = 500
    await kept.add(replace(text, cause="call/2"))
    await kept.sender(sms=gateway.send).look()
    waits = [one for one in await kept.rows() if one["state"] == "waiting"]
    assert [(one["to"], one["trouble"]) for one in waits] == [("+37120000012", "answered 500")]


async def test_it_is_forgotten_by_age(kept):
    """With the nightly job, a portion at a time."""
    await kept.add(LETTER)
    (row,) = await kept.rows()
    old = [{**row, "message_id": f"{number:032}", "made_at": 1.0} for number in range(700)]
    async with kept.engine.begin() as connection:
        await connection.execute(insert(models.outbox), old)
    sweep, reached, counts = OutboxSweep(), Reached(), []
    while reached is not None:
        async with kept.engine.begin() as connection:
            done = await sweep.portion(connection, 100.0, reached, kept.at)
        counts.append(done.count)
        reached = done.reached
    assert counts == [500, 200]
    assert len(await kept.rows()) == 1


def test_settings_keep_mail_private(monkeypatch):
    """A password does not go in the clear to another machine, and mail comes from somebody."""
    with pytest.raises(ValueError, match="CC_SMTP_SENDER"):
        Settings(smtp_host="mail.example")
    with pytest.raises(ValueError, match="open to read"):
        Settings(smtp_host="mail.example", smtp_sender="a@b.example", smtp_security="none")
    with pytest.raises(ValueError, match="open to read"):
        Settings(sms_url="http://sms.example/send")
    with pytest.raises(ValueError, match="16 characters"):
        Settings(webhook_secret="short")
