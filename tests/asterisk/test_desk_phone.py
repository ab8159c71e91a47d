"""A telephone on a table, set up by the file that it is given: over TLS, with encrypted sound."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from contactcentre.core.config.trunk import Trunk
from contactcentre.telephony.directory import Directory
from contactcentre.telephony.phone_file import PhoneAccount, yealink
from lab import LAB, g711
from lab.certificates import Authority
from lab.telephone import PhoneCall, telephone

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(60)]

TABLE, CARRIER, HANDSET = "127.0.0.3", "127.0.0.2", "20000999"
PASSWORD = "n0-b0dy_kn0ws"
VOICE = bytes(range(256)) * 40
LOUD = 0.05


async def test_as_its_file_says(
    start_pbx: Any,
    free_port: Callable[[], int],
    tmp_path: Path,
    log_in: Any,
    service_at: Any,
) -> None:
    """It registers over TLS, is rung by the connection that it has made, and both are heard, by
    SRTP. (The telephone is an Asterisk.) One that somebody has set to UDP is not rung: the keys of
    its sound would be open to read."""
    authority = Authority(tmp_path)

    def tls(host: str) -> dict[str, Any]:
        issued = authority.issue(host)
        return {
            "sip_host": host,
            "sip_tls_port": free_port(),
            "sip_tls_certificate": issued.certificate,
            "sip_tls_key": issued.key,
            "sip_tls_authorities": authority.file,
        }

    hotline = await start_pbx(**tls("127.0.0.1"))
    phones = Directory(hotline.settings.directory)
    phones.enrol("a-1", PASSWORD, kind="desk", encrypted=True)
    told = read(
        PhoneAccount(
            endpoint="a-1",
            name="Anna",
            server="127.0.0.1",
            port=hotline.settings.sip_tls_port,
            encrypted=True,
            password=PASSWORD,
        )
    )
    manager = await log_in(hotline)
    line = Trunk(
        trunk_id="line",
        peers=("127.0.0.1",),
        transport="tls",
        server=f"{told['sip_server.1.address']}:{told['sip_server.1.port']}",
        user=told["user_name"],
        registers=True,
        numbers=(HANDSET,),
    )
    assert line.encrypted
    overlay = LAB / "asterisk"
    table = await start_pbx(line, secret=told["password"], overlay=overlay, **tls(TABLE))
    Directory(table.settings.directory).enrol("demo", "secret-2", kind="desk")
    await manager.event("ContactStatus", EndpointName="a-1", ContactStatus="NonQualified")
    talks: list[PhoneCall] = []
    agi = int(hotline.settings.agi[0].rpartition(":")[2])
    carrier = "127.0.0.1", hotline.settings.sip_port
    async with (
        telephone(TABLE, (TABLE, table.settings.sip_port)) as handset,
        telephone(CARRIER, carrier, hotline.settings.sip_port) as citizen,
        service_at(agi) as service,
    ):
        await handset.register("demo", "secret-2")
        dialled = asyncio.create_task(citizen.call("60000100", "+37120000001"))
        call = await service.calls.get()
        call.send("EXEC Dial PJSIP/a-1,20,g")
        for talk in (await (await handset.ringing.get()).answer(), await dialled):
            talk.media.say(VOICE, again=True)
            talks.append(talk)
        for talk in talks:
            await talk.media.hears(10)
            while g711.loudness(talk.media.heard(0.2)) < LOUD:
                await talk.media.hears(5)
        assert await secured(manager) == ["1", "1"]
        for talk in talks:
            await talk.hang_up()
    async with telephone("127.0.0.1", carrier) as open_to_read:
        await open_to_read.register("a-1", PASSWORD)
        rung = {"Channel": "PJSIP/a-1", "Application": "Wait", "Data": "5", "Timeout": "2000"}
        assert (await manager.act("Originate", **rung))["Response"] == "Error"
        assert open_to_read.ringing.empty()


def read(account: PhoneAccount) -> dict[str, str]:
    """The account in the telephone's file, as the telephone takes it."""
    lines = (line.split(" = ", 1) for line in yealink(account).splitlines()[1:])
    return {name.removeprefix("account.1."): value for name, value in lines}


async def secured(manager: Any) -> list[str]:
    """Whether sound and signalling of the telephone's leg are."""
    await manager.act("CoreShowChannels")
    while not (leg := await manager.event("CoreShowChannel"))["Channel"].startswith("PJSIP/a-1-"):
        pass
    of = leg["Channel"]
    asked = (f"CHANNEL({what},secure)" for what in ("rtp", "pjsip"))
    return [(await manager.act("Getvar", Channel=of, Variable=one))["Value"] for one in asked]
