"""A telephone's settings as one file, in the words of its maker. Pure.

Sources: Yealink, SIP IP Phones Auto Provisioning Guide (`#!version:1.0.0.1`, a parameter a line);
Snom, Desk Phone Configuration Files (XML: `settings`, `phone-settings`, an element a parameter).

Whatever the make: it registers as one account at one server, for 90 s at a time; it speaks the
codecs of the directory; it shows no second call, for the hotline rings who is free; and it keeps no
list of calls, for a citizen's number would stay in it beyond every term.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal
from xml.etree import ElementTree as ET

EXPIRES_S: Final = 90
"""As the directory has it for every phone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneAccount:
    """What a telephone must know. `encrypted`: SIP over TLS and SRTP by keys in it (RFC 4568), both
    or none: keys in plain SIP would be open to read."""

    endpoint: str
    name: str  # whose it is, as its display shows
    server: str
    port: int
    encrypted: bool
    password: str = field(repr=False)


def sheet(account: PhoneAccount) -> str:
    """For whoever types it into a telephone of another make."""
    lines = {
        "telephone of": _one_line(account.name),
        "server": account.server,
        "port": account.port,
        "transport": "TLS" if account.encrypted else "UDP",
        "sound": "SRTP, always (SDES)" if account.encrypted else "RTP",
        "user": account.endpoint,
        "password": account.password,
        "registers for": f"{EXPIRES_S} s",
        "codecs": "G.722, G.711 A-law, G.711 u-law",
        "keys (DTMF)": "RFC 4733 (RFC 2833)",
        "call waiting": "off",
        "list of calls": "off",
    }
    return "".join(f"{name:<15}{value}\n" for name, value in lines.items())


def yealink(account: PhoneAccount) -> str:
    """Taken by the telephone's page (Settings, Configuration), or as MAC.cfg by provisioning."""
    lines = (f"{name} = {value}" for name, value in _yealink(account))
    return "\n".join(("#!version:1.0.0.1", *lines, ""))


def _yealink(account: PhoneAccount) -> Iterator[tuple[str, object]]:
    secure = account.encrypted
    line = "account.1."
    yield line + "enable", 1
    yield line + "label", _one_line(account.name)
    yield line + "display_name", account.endpoint
    yield line + "user_name", account.endpoint
    yield line + "auth_name", account.endpoint
    yield line + "password", account.password
    yield line + "sip_server.1.address", account.server
    yield line + "sip_server.1.port", account.port
    yield line + "sip_server.1.transport_type", 2 if secure else 0  # TLS, UDP
    yield line + "sip_server.1.expires", EXPIRES_S
    yield line + "srtp_encryption", 2 if secure else 0  # always, never
    for place, codec in enumerate(("g722", "pcma", "pcmu"), 1):
        yield f"{line}codec.{codec}.enable", 1
        yield f"{line}codec.{codec}.priority", place
    yield line + "codec.g729.enable", 0
    yield line + "dtmf.type", 1  # RFC 2833
    yield "call_waiting.enable", 0
    yield "features.save_call_history", 0
    if secure:
        yield "static.security.trust_certificates", 1
        yield "static.security.cn_validation", 1


def snom(account: PhoneAccount) -> str:
    """Taken by the telephone's page (Advanced, Update), or from a settings server."""
    root = ET.Element("settings")
    phone = ET.SubElement(root, "phone-settings", e="2")
    for name, value in _snom(account):
        ET.SubElement(phone, name, idx="1", perm="R").text = value
    for name, value in {"call_waiting": "off", "check_fqdn_against_server_cert": "on"}.items():
        ET.SubElement(phone, name, perm="R").text = value
    ET.indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _snom(account: PhoneAccount) -> Iterator[tuple[str, str]]:
    secure = account.encrypted
    transport = "tls" if secure else "udp"
    server = f"[{account.server}]" if ":" in account.server else account.server
    yield "user_active", "on"
    yield "user_realname", _one_line(account.name)
    yield "user_name", account.endpoint
    yield "user_pname", account.endpoint
    yield "user_pass", account.password
    yield "user_host", account.server
    yield "user_outbound", f"{server}:{account.port};transport={transport}"
    yield "user_expiry", str(EXPIRES_S)
    yield "user_srtp", "on" if secure else "off"
    yield "user_savp", "mandatory" if secure else "off"
    yield "user_auth_tag", "off"  # a tag of 80 bits, as Asterisk asks for
    yield "codec_priority_list", "g722,pcma,pcmu,telephone-event"
    yield "user_dtmf_info", "off"
    for kept in ("missed", "dialed", "received"):
        yield f"record_{kept}_calls", "off"


def _one_line(name: str) -> str:
    return " ".join(name.split())


Make = Literal["sheet", "yealink", "snom"]

MAKES: Final[Mapping[Make, Callable[[PhoneAccount], str]]] = {
    "sheet": sheet,
    "yealink": yealink,
    "snom": snom,
}

ENDINGS: Final[Mapping[Make, str]] = {"sheet": ".txt", "yealink": ".cfg", "snom": ".xml"}
"""Of the file's name."""
