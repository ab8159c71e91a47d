"""`contactcentre check`: tries every part for real and says what to do where one fails."""

from __future__ import annotations

import asyncio
import secrets
import sqlite3
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import get_args
from urllib.parse import urlsplit

import aiohttp
from sqlalchemy.exc import SQLAlchemyError

from agents_ui.shell.port import Role
from contactcentre import paths
from contactcentre.app.post import mail_server
from contactcentre.cli import console, machine_trial
from contactcentre.cli.command import program
from contactcentre.cli.part import PATIENCE_S, Lacking, Part, Sick, linked
from contactcentre.cli.trunk_trial import examine
from contactcentre.core.config.document import Refused
from contactcentre.core.config.lacks import missing
from contactcentre.features.accounts.leaked import BadList, LeakedPasswords
from contactcentre.features.analysts.parquet import INSTALL, NotInstalled, duckdb
from contactcentre.features.cases.scanner import Scanner
from contactcentre.features.outbox.mail import NotSent
from contactcentre.features.prompts.document import catalogue
from contactcentre.features.prompts.playable import Library
from contactcentre.features.publication.network import NetworkRefused, load
from contactcentre.features.trunks import store as trunk_store
from contactcentre.settings import Settings
from contactcentre.storage import database
from contactcentre.telephony import open_files, sip
from contactcentre.telephony.ami import Ami, AmiRefused
from contactcentre.telephony.binary import PbxFailed, find_asterisk
from contactcentre.telephony.directory import Directory

PHONE = "check"


NAMED = 5

LACKS = {
    "no-number": ("there is no number: nobody can ring", "make one on /network"),
    "no-menu": ("there is no menu", "run: contactcentre flow publish config/starter/hotline.yaml"),
    "no-queue": ("there is no queue", "make one on /network"),
    "no-agent": ("there is no agent: nobody answers", "make one on /network"),
    "unanswered": (
        "queues that nobody can answer: {names}",
        "give an agent their skills, and Latvian, on /network",
    ),
    "no-hours": (
        "centres without hours, which count as always open: {count} ({names})",
        "give them hours on /network",
    ),
}
"""What a network lacks, and what to do (docs/handbook/trouble.md)."""

app = program("check")


@app.default
async def check(*, settings: Settings) -> int:
    """Try all parts, print a line for each; the exit status counts those that fail."""
    failed = 0
    for part in (*PARTS, *await trunks(settings)):
        try:
            async with asyncio.timeout(4 * PATIENCE_S):
                finding = await part.examine(settings)
        except Lacking as lack:
            _say("lacks", part.name, f"{lack}\n{'':25}-> {lack.advice}")
        except Sick as sick:
            failed += 1
            _say("FAIL", part.name, f"{sick}\n{'':25}-> {sick.advice}")
        except (TimeoutError, OSError) as error:
            failed += 1
            advice = "see that the part runs and that its port is right (docs/settings.md)"
            _say("FAIL", part.name, f"no answer ({type(error).__name__})\n{'':25}-> {advice}")
        else:
            _say("ok", part.name, finding)
    for told, advice in await lacks(settings):
        _say("lacks", "network", f"{told}\n{'':25}-> {advice}")
    for told, advice in unguarded(settings):
        _say("lacks", "security", f"{told}\n{'':25}-> {advice}")
    return min(failed, 100)


def unguarded(settings: Settings) -> Iterator[tuple[str, str]]:
    """What ASVS 5.0 asks for and nobody has set up yet, and what to do. Sample data need none."""
    if settings.sample:
        return
    if not any(path.exists() for path in paths.leaked_passwords(settings)):
        yield (
            "no list of leaked passwords: what thousands have chosen may be chosen here",
            "run: contactcentre passwords FILE (docs/accounts.md)",
        )
    alone = sorted({*get_args(Role)} - {*settings.second_factor})
    if alone:
        yield f"a password alone lets in: {', '.join(alone)}", "name them in CC_SECOND_FACTOR"
    if "MD5" in settings.sip_digests:
        yield (
            "telephones and carriers may log in by MD5",
            "take it out of CC_SIP_DIGESTS once none needs it",
        )


async def trunks(settings: Settings) -> list[Part]:
    """A part for each; none where the database tells of none, which is told by itself."""
    try:
        async with database.opened(settings.database) as storage:
            there = await trunk_store.listed(storage)
    except (*database.AWAY, SQLAlchemyError, Refused):
        return []
    return [Part(f"trunk {one.trunk_id}", partial(examine, one)) for one in there]


async def lacks(settings: Settings) -> list[tuple[str, str]]:
    """What callers would not find, and what to do: nothing has failed, and somebody has to do it.
    Of a network that can't be read, nothing: that is told by itself."""
    try:
        async with database.opened(settings.database) as storage:
            network = await load(storage)
    except (*database.AWAY, SQLAlchemyError, NetworkRefused):
        return []
    found: dict[str, list[str]] = {}
    for one in missing(network):
        found.setdefault(one.code, []).append(one.key)
    return [_lacking(code, keys) for code, keys in found.items()]


def _lacking(code: str, keys: list[str]) -> tuple[str, str]:
    told, advice = LACKS[code]
    more = f" and {len(keys) - NAMED} more" if len(keys) > NAMED else ""
    return told.format(count=len(keys), names=", ".join(keys[:NAMED]) + more), advice


def _say(verdict: str, name: str, finding: str) -> None:
    console.say(f"{verdict:5} {name:18} {finding}")


async def _home(settings: Settings) -> str:
    probe = settings.home / f".check-{secrets.token_hex(4)}"
    try:
        await asyncio.to_thread(_write_and_remove, probe)
    except OSError as error:
        raise Sick(
            f"{settings.home} cannot be written ({error.strerror})",
            "make the folder writable for this user, or set CC_HOME",
        ) from None
    return str(settings.home)


def _write_and_remove(probe: Path) -> None:
    probe.parent.mkdir(parents=True, exist_ok=True)
    probe.write_bytes(bytes(4096))
    probe.unlink()


async def _database(settings: Settings) -> str:
    try:
        async with database.opened(settings.database) as storage:
            spoken = Library(paths.prompts(settings)).keys("lv")
            network = await load(storage, prompts=spoken)
    except NetworkRefused as refused:
        raise Sick(
            f"version {refused.version} is refused"
            + "".join(f"\n{'':25}{p}" for p in refused.problems),
            "mend these places and publish again; the last good version goes on meanwhile",
        ) from None
    except (*database.AWAY, SQLAlchemyError) as error:
        raise Sick(console.database_away(error), console.DATABASE_ADVICE) from None
    return (
        f"{storage.dialect.name}: version {network.version}, {len(network.centres)} centres, "
        f"{len(network.queues)} queues, {len(network.agents)} agents, "
        f"{len(network.hotlines)} numbers"
    )


async def _prompts(settings: Settings) -> str:
    library = Library(paths.prompts(settings))
    texts = await asyncio.to_thread(catalogue, settings.config / "prompts")
    wanted = [(key, language) for language, own in texts.items() for key in own]
    missing = [one for one in wanted if not library.has(*one)]
    if missing:
        key, language = missing[0]
        raise Sick(
            f"{len(missing)} prompts have no audio, first: {language}/{key}",
            "run: contactcentre prompts",
        )
    return f"{len(wanted)} prompts in {', '.join(texts)}"


async def _binary(settings: Settings) -> str:
    try:
        binary = await asyncio.to_thread(find_asterisk, outdated=settings.asterisk_outdated)
    except PbxFailed as error:
        raise Sick(str(error), "run: scripts/setup") from None
    return f"{binary.name}, lacks security fixes of 22.10.1" if binary.outdated else binary.name


async def _open_files(settings: Settings) -> str:
    allowed = open_files.limit()
    service = open_files.of_service(settings.max_calls, settings.max_sockets)
    asterisk = open_files.of_asterisk(settings.max_calls, settings.max_sockets)
    if allowed < max(service, asterisk):
        raise Sick(
            f"the system allows {allowed} open files; the service needs {service}, Asterisk"
            f" {asterisk}",
            "raise it (LimitNOFILE= of the units, or limits.conf), or lower CC_MAX_CALLS and"
            " CC_MAX_SOCKETS: browsers get what calls leave over, and none where it is too little",
        )
    return f"{allowed} allowed, {service} needed by the service, {asterisk} by Asterisk"


async def _manager(settings: Settings) -> str:
    """Log in, and see that the account can do no more than it should."""
    async with linked(settings) as (ami, link):
        await _is_least(ami)
        return f"logged in to Asterisk {link.version or ''}".strip()


async def _is_least(ami: Ami) -> None:
    try:
        await ami.action("Command", {"Command": "core show version"})
    except AmiRefused:
        return
    raise Sick(
        "the manager account may run commands, which amounts to a shell",
        "give it write=call,originate,reporting,user and nothing more",
    )


async def _leash(settings: Settings) -> str:
    try:
        _, writer = await asyncio.open_connection(settings.agi_host, settings.agi_port)
    except OSError:
        raise Sick(
            f"nobody listens for calls on {settings.agi_host}:{settings.agi_port}",
            "start the service: contactcentre serve",
        ) from None
    writer.close()
    return f"listens on {settings.agi_host}:{settings.agi_port}"


async def _panel(settings: Settings) -> str:
    url = f"http://{settings.host}:{settings.port}/readyz"
    timeout = aiohttp.ClientTimeout(total=PATIENCE_S)
    async with aiohttp.ClientSession(timeout=timeout) as client:
        try:
            async with client.get(url) as answer:
                if answer.status != 200:
                    raise Sick(
                        f"the service is not ready ({await answer.text()})",
                        "mend the part that is named; the log says more",
                    )
        except aiohttp.ClientError:
            raise Sick(
                f"the panel does not answer on {settings.host}:{settings.port}",
                "start the service: contactcentre serve",
            ) from None
    return settings.panel_origin


async def _mail(settings: Settings) -> str:
    """Connect as for a message: certificate, log-in; nothing is sent."""
    server = mail_server(settings)
    if server is None:
        return "not set up (CC_SMTP_HOST): nothing is sent by e-mail"
    try:
        async with server.reached():
            return f"{settings.smtp_host}:{settings.smtp_port} takes mail of {settings.smtp_sender}"
    except NotSent as why:
        raise Sick(
            f"the mail server {settings.smtp_host}:{settings.smtp_port} cannot be used ({why})",
            "see CC_SMTP_HOST, _PORT, _SECURITY, _USER and _PASSWORD (docs/settings.md)",
        ) from None


async def _log_ins(settings: Settings) -> str:
    try:
        count = await asyncio.to_thread(LeakedPasswords(*paths.leaked_passwords(settings)).count)
    except BadList as bad:
        raise Sick(str(bad), "make it anew: contactcentre passwords FILE") from None
    return f"{count:,} leaked passwords; a second factor of {', '.join(settings.second_factor)}"


async def _attachments(settings: Settings) -> str:
    if settings.clamd is None:
        return "not set up (CC_CLAMD): no file is attached to cases"
    if not await Scanner(settings.clamd).answers():
        raise Sick(
            f"nobody looks for viruses at {settings.clamd}: no file is attached to cases",
            "systemctl status clamav-daemon; see CC_CLAMD",
        )
    return f"looked at by {settings.clamd} before they are kept"


async def _analysts(settings: Settings) -> str:
    if not settings.analyst_months:
        return "not set up (CC_ANALYST_MONTHS): no files are made"
    try:
        version = (await asyncio.to_thread(duckdb)).__version__
    except NotInstalled:
        raise Sick("no DuckDB: no files for analysts are made", INSTALL) from None
    return f"files of {settings.analyst_months} months, by DuckDB {version}"


async def _browser_phone(settings: Settings) -> str:
    """Enrol a phone, register it over WebSocket as a browser does, withdraw it."""
    secret = secrets.token_urlsafe(24)
    directory = Directory(paths.directory(settings))
    try:
        await asyncio.to_thread(lambda: directory.enrol(PHONE, secret, kind="browser"))
    except sqlite3.Error:
        raise Sick(
            "the directory of phones cannot be written", "start the service: contactcentre serve"
        ) from None
    try:
        status = await _register(settings, secret)
    except aiohttp.ClientError:
        raise Sick(
            f"no WebSocket at {settings.exchange_url}",
            "see CC_SIP_WEBSOCKET_HOST and CC_SIP_WEBSOCKET_PORT",
        ) from None
    finally:
        await asyncio.to_thread(directory.withdraw, PHONE)
    if status != 200:
        raise Sick(
            f"a browser phone may not register (SIP {status})",
            "Asterisk must read the directory file of CC_HOME",
        )
    return f"registered over {settings.exchange_url}; browsers come by {settings.websocket_url}"


async def _register(settings: Settings, secret: str) -> int:
    uri = f"sip:{settings.sip_host}"
    tag = secrets.token_hex(6)
    timeout = aiohttp.ClientTimeout(total=PATIENCE_S)
    async with (
        aiohttp.ClientSession(timeout=timeout) as client,
        client.ws_connect(settings.exchange_url, protocols=("sip",)) as socket,
    ):
        await socket.send_str(_request(uri, tag, 1, ()))
        answer = await _answer(socket)
        if answer.status == 401:
            challenge = answer.header("WWW-Authenticate")
            word = sip.authorization(challenge, "REGISTER", uri, PHONE, secret)
            await socket.send_str(_request(uri, tag, 2, (("Authorization", word),)))
            answer = await _answer(socket)
        return answer.status or 0


async def _answer(socket: aiohttp.ClientWebSocketResponse) -> sip.Message:
    """Asterisk may ask the phone something before it answers it."""
    while (heard := sip.parse((await socket.receive_str()).encode())).status is None:
        pass
    return heard


def _request(uri: str, tag: str, number: int, more: tuple[sip.Header, ...]) -> str:
    host = urlsplit(f"//{uri.removeprefix('sip:')}").hostname
    me = f"<sip:{PHONE}@{host}>"
    message = sip.Message(
        first=f"REGISTER {uri} SIP/2.0",
        headers=(
            ("Via", f"SIP/2.0/WS check.invalid;branch=z9hG4bK{tag}{number}"),
            ("Max-Forwards", "70"),
            ("From", f"{me};tag={tag}"),
            ("To", me),
            ("Call-ID", tag),
            ("CSeq", f"{number} REGISTER"),
            ("Contact", f"<sip:{PHONE}@check.invalid;transport=ws>"),
            ("Expires", "60"),
            *more,
        ),
    )
    return message.encode().decode()


PARTS = (
    Part("folder", _home),
    Part("disk", machine_trial.disk),
    Part("clock", machine_trial.clock),
    Part("open files", _open_files),
    Part("database", _database),
    Part("prompts", _prompts),
    Part("asterisk", _binary),
    Part("manager (AMI)", _manager),
    Part("leash (FastAGI)", _leash),
    Part("panel", _panel),
    Part("certificate", machine_trial.certificate_of_panel),
    Part("browser phone", _browser_phone),
    Part("mail", _mail),
    Part("log-ins", _log_ins),
    Part("attachments", _attachments),
    Part("analysts", _analysts),
)
