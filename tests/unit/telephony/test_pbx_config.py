"""What may stand in Asterisk's configuration, and what becomes of it."""

import stat
from pathlib import Path
from typing import Any

import pytest

from contactcentre.telephony.binary import AsteriskBinary
from contactcentre.telephony.pbx_config import PbxSettings, render

pytestmark = pytest.mark.unit


def settings(root: Path, home: Path, **given: Any) -> PbxSettings:
    """Settings that are in order."""
    values: dict[str, Any] = {
        "home": home,
        "templates": root / "config" / "asterisk",
        "prompts": home / "prompts",
        "music": home / "music",
        "directory": home / "directory.sqlite",
        "ami_secret": "hidden",
    }
    return PbxSettings(**values | given)


@pytest.fixture
def binary(tmp_path: Path) -> AsteriskBinary:
    """An Asterisk that is not there."""
    return AsteriskBinary(argv=("asterisk",), modules=tmp_path, data=tmp_path, version=(22, 10, 1))


@pytest.mark.parametrize(
    "given",
    [
        {"ami_secret": "x\n[other]"},
        {"ami_secret": ""},
        {"ami_secret": "a;b"},
        {"agi": ("127.0.0.1:1,x",)},
        {"agi": ()},
        {"sip_external_host": "198.51.100.1\n[carrier]"},
        {"sip_local_networks": ("10.0.0.0/8;", "10.0.0.0/8")},
        {"sip_tls_certificate": None, "sip_tls_port": 5061},
        {"sip_tls_certificate": Path("/a;b"), "sip_tls_port": 5061},
        {"prompts": Path("/a&b")},
        {"prompts": Path("/${SHELL(id)}")},
    ],
)
def test_a_value_that_would_break_a_file_is_refused(root: Path, given: dict[str, Any]) -> None:
    """No value can add a line, an argument or a variable, and the error does not show it."""
    with pytest.raises(ValueError, match=next(iter(given))) as error:
        settings(root, Path("/home"), **given)
    assert "SHELL" not in str(error.value)


def test_a_home_too_long_for_a_socket_is_refused(root: Path) -> None:
    """The kernel limits the path of Asterisk's control socket."""
    with pytest.raises(ValueError, match="home"):
        settings(root, Path("/" + "x" * 120))


def test_files_are_their_owner_s_only(root: Path, tmp_path: Path, binary: AsteriskBinary) -> None:
    """Every file has the mode 0600 and no placeholder left in it."""
    given = settings(root, tmp_path / "home")
    render(given, binary)
    files = list(given.etc.iterdir())
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert not [file.name for file in files if "{{" in file.read_text()]


def test_every_address_is_tried_in_order(
    root: Path, tmp_path: Path, binary: AsteriskBinary
) -> None:
    """One round over the services is one AGI line each."""
    given = settings(root, tmp_path / "home", agi=("10.0.0.1:1", "10.0.0.2:2"))
    render(given, binary)
    lines = (given.etc / "extensions.conf").read_text().splitlines()
    asked = [line.split("AGI(")[1] for line in lines if "AGI(" in line and not line.startswith(";")]
    for who in ("call", "leg"):
        addresses = [one.rstrip(")").partition(",")[0] for one in asked if f"/{who}" in one]
        assert addresses == [f"agi://10.0.0.1:1/{who}", f"agi://10.0.0.2:2/{who}"]


def rendered(root: Path, home: Path, binary: AsteriskBinary, file: str, **given: Any) -> list[str]:
    """The lines of one file, without comments."""
    made = settings(root, home, **given)
    render(made, binary)
    lines = (made.etc / file).read_text().splitlines()
    return [line for line in lines if line and not line.startswith((";", " ;"))]


def test_the_caller_s_number_is_no_argument(
    root: Path, tmp_path: Path, binary: AsteriskBinary
) -> None:
    """Whatever a caller's number holds cannot become part of the dialplan: it is only set, and only
    from what was found to be a number."""
    lines = rendered(root, tmp_path / "home", binary, "extensions.conf")
    named = [line.split(",", 1)[1] for line in lines if "CALLERID" in line]
    shown = "Set(CALLERID(num)=${CUT(CC_LINE,:,2)})"  # a number of ours, where we ring
    assert named == ["1,Set(CALLERID(num)=)", "Set(CALLERID(num)=${CC_USER})", shown]
    checks = [line for line in lines if "FILTER(+0-9,${CC_USER})" in line]
    assert lines.index(checks[0]) + 1 == lines.index(" same => n,Set(CALLERID(num)=${CC_USER})")


def test_a_carrier_s_call_comes_in_by_numbers_alone(
    root: Path, tmp_path: Path, binary: AsteriskBinary
) -> None:
    """Each pattern where a call comes in has a fixed length, and a phone may dial nothing: there is
    no channel, so no manager event, for anything but digits."""
    lines = rendered(root, tmp_path / "home", binary, "extensions.conf")
    entry = lines[lines.index("[cc-entry]") + 1 : lines.index("[cc-caller]")]
    patterns = [line.split(",")[0].removeprefix("exten => _").removeprefix("+") for line in entry]
    assert sorted(set(patterns), key=len) == ["X" * length for length in range(3, 16)]
    assert lines[lines.index("[cc-agent]") + 1].startswith("[")


def test_each_port_has_an_address_of_its_own(
    root: Path, tmp_path: Path, binary: AsteriskBinary
) -> None:
    """Calls come from outside; the manager and the WebSocket are told apart from them."""
    hosts = {"sip_host": "192.0.2.1", "http_host": "127.0.0.3", "ami_host": "127.0.0.4"}
    for file, name, expected in [
        ("pjsip.conf", "bind", ["192.0.2.1:5060", "127.0.0.3"]),
        ("http.conf", "bindaddr", ["127.0.0.3"]),
        ("manager.conf", "bindaddr", ["127.0.0.4"]),
    ]:
        lines = rendered(root, tmp_path / "home", binary, file, **hosts)
        pairs = (line.partition(" = ") for line in lines)
        assert [value for key, _, value in pairs if key == name] == expected


def test_a_transport_is_there_when_it_has_a_port(
    root: Path, tmp_path: Path, binary: AsteriskBinary
) -> None:
    """TLS with its files, and each of them tells carriers the address before the router."""
    files = {
        f"sip_tls_{name}": Path(f"/etc/{name}") for name in ("certificate", "key", "authorities")
    }
    outside = {"sip_external_host": "198.51.100.1", "sip_local_networks": ("10.0.0.0/8",)}
    alone = rendered(root, tmp_path / "home", binary, "pjsip.conf")
    assert [line for line in alone if line.startswith("protocol")] == [
        "protocol = udp",
        "protocol = ws",
    ]
    lines = rendered(
        root, tmp_path / "home", binary, "pjsip.conf",
        sip_tcp_port=5060, sip_tls_port=5061, **files, **outside,
    )  # fmt: skip
    assert [line for line in lines if line.startswith("bind")][:3] == [
        "bind = 127.0.0.1:5060",
        "bind = 127.0.0.1:5060",
        "bind = 127.0.0.1:5061",
    ]
    assert "priv_key_file = /etc/key" in lines
    assert lines.count("external_media_address = 198.51.100.1") == 3
    assert lines.count("local_net = 10.0.0.0/8") == 3


def test_a_request_for_a_call_carries_the_secret(
    root: Path, tmp_path: Path, binary: AsteriskBinary
) -> None:
    """As an argument, for addresses are logged, and nowhere in what is printed of the settings.
    What the service knows a caller by comes behind it, whether there is one or not."""
    known = "${CC_CALL},${CC_PLACE},${CC_HOTLINE},${CC_FELL}"
    for number, secret in enumerate(("", "s3cret")):
        given = settings(root, tmp_path / f"home{number}", agi_secret=secret)
        render(given, binary)
        dialplan = (given.etc / "extensions.conf").read_text()
        assert f"AGI(agi://127.0.0.1:4573/call,{secret},{known})" in dialplan
    assert "s3cret" not in repr(given)


def test_a_secret_is_never_shown(root: Path) -> None:
    """Printing the settings does not print it."""
    assert "hidden" not in repr(settings(root, Path("/home")))
