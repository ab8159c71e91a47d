"""A trunk: what may be written in its document, and by which one a call goes out."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactcentre.core.config import document
from contactcentre.core.config.network import Centre, Hotline, Municipality, Network
from contactcentre.core.config.references import names, problems
from contactcentre.core.config.trunk import Trunk, WayOut, same
from contactcentre.telephony.trunk_rows import rows

pytestmark = pytest.mark.unit

PEER = "192.0.2.10"


def read(**written: Any) -> Trunk:
    """A trunk that is in order, but for what is given."""
    return document.read(Trunk, {"trunk_id": "lmt", "peers": [PEER], **written}, "trunk lmt")


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ({"trunk_id": "a]\n[b"}, "trunk_id: must be 1 to 30 of a-z"),
        ({"peers": []}, "peers: must name at least one address"),
        ({"peers": ["192.0.2.10\nmatch=0.0.0.0/0"]}, "peers.0: must be an address"),
        ({"peers": ["sip.carrier.lv"]}, "peers.0: must be an address or a network"),
        ({"peers": ["0.0.0.0/0"]}, "peers.0: is too wide"),
        ({"peers": ["2001:db8::/16"]}, "peers.0: must be an address or a network"),
        ({"peers": [PEER, PEER]}, "peers: names one address twice"),
        ({"server": "x;lr"}, "server: must be a host"),
        ({"server": "x:99999"}, "server: must be a host"),
        ({"server": "[::1]\n"}, "server: must be a host"),
        ({"server": "sip:x@y"}, "server: must be a host"),
        ({"server": "{{ ami_secret }}"}, "server: must be a host"),
        ({"domain": "a.lv>;x=<"}, "domain: must be a host's name"),
        ({"user": "me;x"}, "user: must be 1 to 64"),
        ({"user": "${SHELL(id)}"}, "user: must be 1 to 64"),
        ({"name": "two\nlines"}, "name: must be one line"),
        ({"numbers": ["60000100&carrier_b"]}, "numbers.0: 3 to 15 digits"),
        ({"shows": "६0000100"}, "shows: 3 to 15 digits"),
        ({"codecs": ["g729"]}, "codecs.0: must be 'alaw', 'ulaw', 'g722' or 'opus'"),
        ({"codecs": []}, "codecs: must name at least one codec"),
        ({"transport": "ws"}, "transport: must be 'udp', 'tcp' or 'tls'"),
        ({"srtp": True}, "srtp needs transport tls"),
        ({"registers": True, "numbers": ["60000100"]}, "registers needs a server and a user"),
        ({"registers": True, "server": "a", "user": "b"}, "registers needs numbers"),
        ({"challenges": True}, "challenges needs a user"),
        ({"secret": "s3cret"}, "secret: is not a known key"),
    ],
)
def test_what_can_not_be_is_told_with_its_place(written: dict[str, Any], said: str) -> None:
    """Nothing of a document reaches Asterisk that could mean anything else there."""
    with pytest.raises(document.Refused) as refused:
        read(**written)
    assert any(
        problem.startswith("trunk lmt") and said in problem for problem in refused.value.problems
    )


TEXTS = st.text() | st.sampled_from(["sip.lmt.lv", "x;lr", "[::1]", "a\nb=c", "1.2.3.4", "${X}"])


@given(
    server=TEXTS, domain=TEXTS, user=TEXTS, peer=TEXTS, number=st.from_regex(r"\+?[0-9]{3,15}\s?")
)
def test_no_text_means_anything_to_asterisk(
    server: str, domain: str, user: str, peer: str, number: str
) -> None:
    """What is taken has one line, and no parameter but ours."""
    written: dict[str, Any] = {"server": server, "domain": domain, "user": user, "peers": [peer]}
    try:
        made = rows(read(**written, numbers=[number], registers=True, challenges=True))
    except document.Refused:
        return
    values = [value for row in made.values() for value in row.values()]
    assert not any(set(value) & set("\r\n\0\"'\\$(){}&|") for value in values)
    assert made["ps_aors"]["contact"].count(";") == 1
    assert not set(made["ps_endpoint_id_ips"]["match"]) - set("0123456789abcdef.:/")


def test_all_faults_are_told() -> None:
    """One document, three places."""
    with pytest.raises(document.Refused) as refused:
        read(server="a b", user="c d", numbers=["e"])
    assert len(refused.value.problems) == 3


@pytest.mark.parametrize(
    ("written", "uri"),
    [
        ({"server": "sip.carrier.lv"}, "sip:sip.carrier.lv:5060;transport=udp"),
        ({"server": "192.0.2.10:5080", "transport": "tcp"}, "sip:192.0.2.10:5080;transport=tcp"),
        ({"server": "sip.carrier.lv", "transport": "tls"}, "sip:sip.carrier.lv:5061;transport=tls"),
        ({"server": "[2001:db8::1]", "transport": "tls"}, "sip:[2001:db8::1]:5061;transport=tls"),
        ({}, ""),
    ],
)
def test_where_calls_go(written: dict[str, Any], uri: str) -> None:
    """With the port of the transport, where none is named."""
    assert read(**written).uri == uri


def test_speech_is_encrypted_with_tls() -> None:
    """Unless it is said otherwise; what the rows say follows."""
    kinds = [{"transport": "tls"}, {"transport": "tls", "srtp": False}, {"transport": "tcp"}]
    encryption = [rows(read(**kind))["ps_endpoints"]["media_encryption"] for kind in kinds]
    assert encryption == ["sdes", "no", "no"]


def test_an_account_is_registered_for_its_first_number() -> None:
    """The account's domain is the server's name, where it has none of its own."""
    account: dict[str, Any] = {
        "server": "sip.carrier.lv",
        "user": "37160000100",
        "registers": True,
        "numbers": ["+37160000100", "60000101"],
    }
    row = rows(read(**account))["ps_registrations"]
    assert row["client_uri"] == "sip:37160000100@sip.carrier.lv"
    assert row["contact_user"] == "+37160000100"
    assert rows(read(**account, domain="ims.lv"))["ps_registrations"]["client_uri"].endswith(
        "@ims.lv"
    )
    assert "ps_registrations" not in rows(read())
    assert "ps_aors" not in rows(read())


@pytest.mark.parametrize(
    ("number", "other", "is_same"),
    [
        ("+37160000100", "60000100", True),
        ("0037160000100", "37160000100", True),
        ("8345", "8345", True),
        ("8345", "8346", False),
        ("37160000", "60000", False),
        ("+37060000100", "60000100", False),
    ],
)
def test_one_number_has_several_spellings(number: str, other: str, is_same: bool) -> None:
    """Short codes have one."""
    assert same(number, other) is is_same


# --- calls out -----------------------------------------------------------------------------

NETWORK = Network(
    version=1,
    municipalities={
        name: Municipality(municipality_id=name, name=name, region="")
        for name in ("ludza", "preili")
    },
    centres={
        name: Centre(centre_id=name, name=name, municipality="ludza")
        for name in ("zilupe", "karsava")
    },
    hotlines={
        "60000108": Hotline(
            number="60000108", labels={"lv": "Z", "en": "Z"}, flow="hotline", centre_id="zilupe"
        )
    },
    trunks={
        one.trunk_id: one
        for one in (
            Trunk(trunk_id="in-only", peers=("192.0.2.1",), numbers=("60000108",)),
            Trunk(trunk_id="common", peers=("192.0.2.2",), server="a", shows="60000100"),
            Trunk(trunk_id="ludza", peers=("192.0.2.3",), server="a", municipality="ludza"),
            Trunk(trunk_id="zilupe", peers=("192.0.2.4",), server="a", centre_id="zilupe"),
            Trunk(
                trunk_id="did", peers=("192.0.2.5",), server="a", numbers=("8345", "+37160000108")
            ),
        )
    },
)


def test_a_call_goes_out_by_the_trunk_of_its_number() -> None:
    """Then by the centre's, the municipality's, and any other, in their order."""
    codecs = Trunk(trunk_id="x", peers=("192.0.2.9",)).codecs
    assert NETWORK.ways_out("60000108") == (
        WayOut("did", "+37160000108", codecs),
        WayOut("zilupe", "60000108", codecs),
        WayOut("ludza", "60000108", codecs),
        WayOut("common", "60000100", codecs),
    )
    elsewhere = [way.trunk_id for way in NETWORK.ways_out("60000199")]
    assert elsewhere == ["common", "ludza", "zilupe", "did"]


def test_a_trunk_that_does_not_answer_is_the_last() -> None:
    """It is tried still: perhaps it only does not answer when it is asked."""
    ways = NETWORK.ways_out("60000108", down={"did", "zilupe"})
    assert [way.trunk_id for way in ways] == ["ludza", "common", "did", "zilupe"]


def test_what_a_trunk_names_must_be_there() -> None:
    """And nobody's address may be two trunks'."""
    strange = Trunk(trunk_id="x", peers=("192.0.2.0/29",), centre_id="nowhere", municipality="no")
    network = Network(version=1, trunks={**NETWORK.trunks, "x": strange})
    told = list(problems(network, names(NETWORK) | {"published menu": ["hotline"]}))
    assert "trunk x, centre_id: no centre named 'nowhere'" in told
    assert "trunk x, municipality: no municipality named 'no'" in told
    assert "trunk x, peers: 192.0.2.0/29 is in-only's already" in told
