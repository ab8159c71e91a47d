"""A telephone of somebody else's making: baresip, as Debian has it, set up from the sheet that the
hotline gives out. It says a tone, writes down what it hears, and is worked by its control port."""

from __future__ import annotations

import asyncio
import json
import wave
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Final

from lab.telephone import Address

SEEN_WITHIN_S: Final = 15.0

_RATE_HZ: Final = 16_000  # G.722's

_CONFIG: Final = """
net_interface {host}
sip_cafile {authority}
audio_source ausine,{hz}
ausrc_srate 48000
ausrc_channels 2
audio_player aubridge,ear
audio_alert aubridge,bell
snd_path {home}
module_path {modules}
module g722.so
module srtp.so
module ausine.so
module aubridge.so
module sndfile.so
module_tmp account.so
module_app ctrl_tcp.so
module_app menu.so
ctrl_tcp_listen {control}
"""

_ACCOUNT: Final = (
    "<sip:{user}@{server}:{port};transport={transport}>;auth_user={user};auth_pass={password}"
    ";regint={seconds};mediaenc={encrypts};audio_codecs=G722/16000/1\n"
)
"""One codec: it writes nothing more down once that has changed."""


def read(sheet: str) -> dict[str, str]:
    """What stands in a sheet, by its names."""
    return {line[:15].strip(): line[15:].strip() for line in sheet.splitlines()}


class Baresip:
    """The telephone, while it runs."""

    def __init__(self, home: Path, reader: asyncio.StreamReader, writer: asyncio.StreamWriter):
        self._home = home
        self._reader = reader
        self._writer = writer

    async def until(self, kind: str) -> dict[str, Any]:
        """The next event of that kind; those before it are dropped."""
        async with asyncio.timeout(SEEN_WITHIN_S):
            while (told := await self._next()).get("type") != kind:
                pass
        return told

    async def does(self, command: str) -> None:
        """As by its keys: accept, hold, resume, hangup."""
        said = json.dumps({"command": command, "token": command}).encode()
        self._writer.write(b"%d:%b," % (len(said), said))
        async with asyncio.timeout(SEEN_WITHIN_S):
            while (told := await self._next()).get("token") != command:
                pass
        assert told["ok"], told  # noqa: S101 - a tool of tests

    def heard(self) -> bytes:
        """What it has heard until its first hold: 16-bit samples, 8,000 a second."""
        (file,) = self._home.glob("dump-*-dec.wav")
        with wave.open(str(file)) as sound:
            assert sound.getframerate() == _RATE_HZ  # noqa: S101 - as above
            samples = memoryview(sound.readframes(sound.getnframes())).cast("h")
        return samples[::2].tobytes()

    async def _next(self) -> dict[str, Any]:
        length = int((await self._reader.readuntil(b":"))[:-1])
        told = json.loads((await self._reader.readexactly(length + 1))[:-1])
        assert isinstance(told, dict)  # noqa: S101 - as above
        return told


@asynccontextmanager
async def baresip(
    home: Path, sheet: Mapping[str, str], *, host: str, control: Address, authority: Path, hz: int
) -> AsyncIterator[Baresip]:
    """The telephone at `host`, in a folder of its own, registered as its sheet says; it trusts
    certificates of `authority` and says a tone of `hz`."""
    given = {"host": host, "authority": authority, "hz": hz, "control": "{}:{}".format(*control)}
    await asyncio.to_thread(_set_up, home, sheet, given)
    process = await asyncio.create_subprocess_exec(
        *("baresip", "-f", str(home)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        reader, writer = await _connected(control)
        try:
            yield Baresip(home, reader, writer)
        finally:
            writer.close()
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def _set_up(home: Path, sheet: Mapping[str, str], given: Mapping[str, object]) -> None:
    home.mkdir()
    (modules,) = Path("/usr/lib").glob("**/baresip/modules")
    (home / "config").write_text(_CONFIG.format(home=home, modules=modules, **given))
    (home / "accounts").write_text(_account(sheet))


def _account(sheet: Mapping[str, str]) -> str:
    secret = sheet["sound"].startswith("SRTP, always")
    return _ACCOUNT.format(
        **sheet,
        seconds=sheet["registers for"].removesuffix(" s"),
        encrypts="srtp-mand" if secret else "",
    )


async def _connected(control: Address) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    async with asyncio.timeout(SEEN_WITHIN_S):
        while True:
            with suppress(OSError):
                return await asyncio.open_connection(*control)
            await asyncio.sleep(0.02)
