"""A trunk: a carrier's line, by which citizens ring the hotline and are rung.

What stands here becomes rows that Asterisk reads, so each text has a shape of its own: nothing of a
document can end a line, begin a parameter or name another section. The secret of a trunk's log-in
is no part of it (`contactcentre.telephony.directory`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from itertools import combinations
from typing import Annotated, Final, Literal

from pydantic import AfterValidator

from routing.scope import Place

Transport = Literal["udp", "tcp", "tls"]
Codec = Literal["alaw", "ulaw", "g722", "opus"]

PORTS: Final[Mapping[Transport, int]] = {"udp": 5060, "tcp": 5060, "tls": 5061}

WIDEST: Final = {4: 16, 6: 32}
"""A network of peers is no wider, by IP version: a carrier is not half of the world."""

COUNTRY: Final = "371"
LOCAL: Final = 8
"""Digits of a Latvian number without its country."""

_LABEL: Final = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_HOST: Final = rf"(?=.{{1,253}}\Z){_LABEL}(\.{_LABEL})*"
_SERVER: Final = re.compile(r"(?P<host>\[[0-9a-f:.]+\]|[^:\[\]]+)(:(?P<port>[0-9]{1,5}))?")


def _shaped(pattern: str, words: str) -> AfterValidator:
    """A text of that shape, as a whole."""

    def checked(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise ValueError(words)
        return text

    return AfterValidator(checked)


def _peer(text: str) -> str:
    try:
        network = ip_network(text)
    except ValueError:
        words = "must be an address or a network, such as 192.0.2.10 or 192.0.2.64/29"
        raise ValueError(words) from None
    widest = WIDEST[network.version]
    if network.prefixlen < widest:
        raise ValueError(f"is too wide: name the carrier's own addresses, a /{widest} at most")
    return text


def _server(text: str) -> str:
    found = _SERVER.fullmatch(text)
    if found is None or not 0 < int(found["port"] or "1") < 2**16 or not _is_host(found["host"]):
        raise ValueError("must be a host, and its port if need be, such as sip.carrier.lv:5061")
    return text


def _is_host(name: str) -> bool:
    if not name.startswith("["):
        return re.fullmatch(_HOST, name) is not None
    try:
        return ip_address(name.strip("[]")).version == 6
    except ValueError:
        return False


Number = Annotated[str, _shaped(r"\+?[0-9]{3,15}", "3 to 15 digits, as the carrier signals it")]
Peer = Annotated[str, AfterValidator(_peer)]
Server = Annotated[str, AfterValidator(_server)]
Domain = Annotated[str, _shaped(_HOST, "must be a host's name, such as sip.carrier.lv")]
Key = Annotated[
    str,
    _shaped("[a-z0-9]([a-z0-9-]{0,28}[a-z0-9])?", "must be 1 to 30 of a-z, 0-9 and - between"),
]
User = Annotated[
    str, _shaped("[A-Za-z0-9._+-]{1,64}", "must be 1 to 64 of letters, digits . _ + -")
]
Name = Annotated[
    str, _shaped(r"[^\x00-\x1f\x7f-\x9f]{0,80}", "must be one line of 80 letters at most")
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trunk:
    """One line of a carrier's. Of several that serve, calls out take the first.

    `peers` are whose calls are taken. `server` is where calls out and the registration go; without
    one, calls only come in. `domain` is the account's, where it is not the server's name. `user` is
    the log-in's: the hotline's to the carrier, and with `challenges` the carrier's to the hotline
    as well. `registers`: the carrier is told where we are, and rings the first of `numbers` there.
    `numbers` are those that the trunk brings, `shows` the one that citizens see who are rung on
    behalf of another.
    """

    trunk_id: Key
    peers: Annotated[tuple[Peer, ...], AfterValidator(lambda peers: _some(peers, "address"))]
    name: Name = ""
    municipality: str | None = None
    centre_id: str | None = None
    server: Server | None = None
    transport: Transport = "udp"
    srtp: bool | None = None  # None: with TLS
    domain: Domain | None = None
    user: User | None = None
    challenges: bool = False
    registers: bool = False
    codecs: Annotated[tuple[Codec, ...], AfterValidator(lambda codecs: _some(codecs, "codec"))] = (
        "g722",
        "alaw",
        "ulaw",
    )
    numbers: tuple[Number, ...] = ()
    shows: Number | None = None
    link: Name = (
        ""  # what encrypts the way to the carrier, where SIP and speech are not: IPsec, ...
    )

    def __post_init__(self) -> None:
        if self.srtp and self.transport != "tls":
            raise ValueError("srtp needs transport tls: its keys travel in what SIP says")
        if self.registers and (self.server is None or self.user is None):
            raise ValueError("registers needs a server and a user")
        if self.registers and not self.numbers:
            raise ValueError("registers needs numbers: the first is where the carrier rings us")
        if self.challenges and self.user is None:
            raise ValueError("challenges needs a user, by whom the carrier logs in")

    @property
    def encrypted(self) -> bool:
        """Whether speech is (SRTP)."""
        return self.transport == "tls" if self.srtp is None else self.srtp

    @property
    def is_open_to_read(self) -> bool:
        """Whether talks leave this machine unencrypted, as far as anybody has said (ASVS 5.0,
        12.3.1: "all inbound and outbound connections", "partner systems")."""
        private = self.transport == "tls" and self.encrypted
        here = all(ip_network(peer).is_loopback for peer in self.peers)
        return not (private or here or self.link)

    @property
    def host(self) -> str:
        """The server's, without its port (IPv6 in brackets); "" where there is none."""
        return self._at[0]

    @property
    def uri(self) -> str:
        """Of the server, in SIP; "" where there is none."""
        host, port = self._at
        return f"sip:{host}:{port};transport={self.transport}" if host else ""

    @property
    def _at(self) -> tuple[str, str]:
        found = _SERVER.fullmatch(self.server or "")
        own = str(PORTS[self.transport])
        return (found["host"], found["port"] or own) if found else ("", own)

    def shown(self, dialled: str) -> str:
        """What a citizen sees who is rung on behalf of that number: the carrier lets no other
        through than its own."""
        own = (number for number in self.numbers if same(number, dialled))
        return next(own, None) or self.shows or next(iter(self.numbers), dialled)


def _some(given: tuple[str, ...], what: str) -> tuple[str, ...]:
    if not given:
        raise ValueError(f"must name at least one {what}")
    if len(set(given)) < len(given):
        raise ValueError(f"names one {what} twice")
    return given


@dataclass(frozen=True, slots=True)
class WayOut:
    """A call goes out by this trunk, and shows that number."""

    trunk_id: str
    shown: str
    codecs: tuple[Codec, ...] = ("alaw",)


def ways_out(
    trunks: Iterable[Trunk], dialled: str, place: Place, down: Collection[str]
) -> tuple[WayOut, ...]:
    """By which trunks a call may go out on behalf of a number, the best first: those that answer
    (not in `down`), that bring the number, that are the centre's, that are its municipality's."""

    def rank(trunk: Trunk) -> tuple[bool, ...]:
        return (
            trunk.trunk_id in down,
            not any(same(number, dialled) for number in trunk.numbers),
            trunk.centre_id is None or trunk.centre_id != place.centre,
            trunk.municipality is None or trunk.municipality != place.municipality,
        )

    able = (trunk for trunk in trunks if trunk.server is not None)
    return tuple(
        WayOut(one.trunk_id, one.shown(dialled), one.codecs) for one in sorted(able, key=rank)
    )


def same(number: str, other: str) -> bool:
    """Whether both are one number, with its country or without."""
    return _plain(number) == _plain(other)


def _plain(number: str) -> str:
    digits = number.removeprefix("+").removeprefix("00")
    bare = digits.removeprefix(COUNTRY)
    return bare if len(bare) == LOCAL else digits


def overlaps(trunks: Iterable[Trunk]) -> Iterator[str]:
    """Peers of two trunks: nobody could say whose call it is."""
    for one, other in combinations(trunks, 2):
        for peer in other.peers:
            for known in one.peers:
                mine, theirs = ip_network(known), ip_network(peer)
                if mine.version == theirs.version and mine.overlaps(theirs):
                    yield f"trunk {other.trunk_id}, peers: {peer} is {one.trunk_id}'s already"
