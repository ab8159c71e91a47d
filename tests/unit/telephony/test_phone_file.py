"""The settings of a telephone on a table, read as its maker says that they are read."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from contactcentre.telephony.phone_file import MAKES, PhoneAccount

PASSWORD = "n0-b0dy_kn0ws"
SECURE = PhoneAccount(
    endpoint="a-1",
    name="Žanete \nKļaviņa <&>",
    server="hotline.example.lv",
    port=5061,
    encrypted=True,
    password=PASSWORD,
)

pytestmark = pytest.mark.unit
PLAIN = replace(SECURE, encrypted=False, port=5060, server="192.0.2.5")


def yealink(account: PhoneAccount) -> dict[str, str]:
    """The header is the first line; then a parameter a line."""
    header, *lines = MAKES["yealink"](account).splitlines()
    assert header == "#!version:1.0.0.1"
    given = [line.split(" = ", 1) for line in lines]
    assert len({name for name, _ in given}) == len(given)
    return dict(given)  # type: ignore[arg-type]


def snom(account: PhoneAccount) -> dict[str, str]:
    """A parameter is an element; those of an account have its number."""
    text = MAKES["snom"](account)
    assert text.startswith('<?xml version="1.0" encoding="utf-8"?>\n')
    (phone,) = ET.fromstring(text.encode())  # noqa: S314 - written by this file's subject
    assert phone.tag == "phone-settings"
    assert all(one.get("idx", "1") == "1" for one in phone)
    return {one.tag: one.text or "" for one in phone}


def sheet(account: PhoneAccount) -> dict[str, str]:
    """Name and value in two columns."""
    return {line[:15].strip(): line[15:] for line in MAKES["sheet"](account).splitlines()}


def test_encrypted() -> None:
    """TLS and SRTP, never without, and the server's certificate must be its own."""
    told = yealink(SECURE)
    assert told["account.1.sip_server.1.address"] == "hotline.example.lv"
    assert told["account.1.sip_server.1.port"] == "5061"
    assert told["account.1.sip_server.1.transport_type"] == "2"
    assert told["account.1.srtp_encryption"] == "2"
    assert told["static.security.cn_validation"] == "1"
    other = snom(SECURE)
    assert other["user_outbound"] == "hotline.example.lv:5061;transport=tls"
    assert (other["user_srtp"], other["user_savp"]) == ("on", "mandatory")
    assert other["check_fqdn_against_server_cert"] == "on"
    assert sheet(SECURE)["transport"] == "TLS"


def test_plain() -> None:
    """UDP and RTP where the installation has no TLS: no keys that others could read."""
    told = yealink(PLAIN)
    assert told["account.1.sip_server.1.transport_type"] == "0"
    assert told["account.1.srtp_encryption"] == "0"
    other = snom(PLAIN)
    assert other["user_outbound"] == "192.0.2.5:5060;transport=udp"
    assert (other["user_srtp"], other["user_savp"]) == ("off", "off")
    assert sheet(PLAIN)["sound"] == "RTP"


def test_an_address_of_version_6() -> None:
    """Stands in brackets where a port follows."""
    account = replace(PLAIN, server="2001:db8::5")
    assert snom(account)["user_outbound"] == "[2001:db8::5]:5060;transport=udp"


@pytest.mark.parametrize("account", [SECURE, PLAIN])
def test_whatever_the_make(account: PhoneAccount) -> None:
    """The log-in is there; a second call and a list of calls are not."""
    told = yealink(account)
    line = "account.1."
    names = [told[line + one] for one in ("user_name", "auth_name", "password")]
    assert names == ["a-1", "a-1", PASSWORD]
    assert told["features.save_call_history"] == told["call_waiting.enable"] == "0"
    other = snom(account)
    assert [other[f"user_{one}"] for one in ("name", "pname", "pass")] == ["a-1", "a-1", PASSWORD]
    kept = [other[f"record_{one}_calls"] for one in ("missed", "dialed", "received")]
    assert [*kept, other["call_waiting"]] == ["off"] * 4
    typed = sheet(account)
    assert (typed["user"], typed["password"]) == ("a-1", PASSWORD)


def test_a_name_says_nothing_else() -> None:
    """Whatever stands in it is one value of one line, or of one element."""
    name = "Žanete Kļaviņa <&>"
    assert yealink(SECURE)["account.1.label"] == name
    assert snom(SECURE)["user_realname"] == name
    assert sheet(SECURE)["telephone of"] == name
    assert PASSWORD not in repr(SECURE)
