"""Settings: documented, each changed by its variable, unknown ones refused."""

import time
from pathlib import Path

import pytest

from contactcentre.engine import clock
from contactcentre.settings import Exposed, Settings, table

pytestmark = pytest.mark.unit


def test_every_setting_is_documented(root: Path) -> None:
    """docs/settings.md holds the table that the code makes."""
    assert table() in (root / "docs" / "settings.md").read_text()


def test_a_variable_changes_its_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    """CC_PORT moves the panel, and the origin follows."""
    monkeypatch.setenv("CC_PORT", "9090")
    assert Settings.load().panel_origin == "http://127.0.0.1:9090"


def test_an_unknown_variable_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A misspelt variable stops the start and is named."""
    monkeypatch.setenv("CC_PROT", "9090")
    with pytest.raises(ValueError, match="CC_PROT"):
        Settings.load()


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("CC_PORT", "eighty", r"\ACC_PORT: .*valid integer"),
        ("CC_DATABASE_URL", "mysql://me:geheim@host/db", r"\ACC_DATABASE_URL: .*sqlite: or postg"),
        ("CC_DATABASE_URL", "geheim", r"\ACC_DATABASE_URL: .*cannot be read"),
        ("CC_CLOCK_SHIFT_S", "86400", r"\ACC_CLOCK_SHIFT_S is for"),
        ("CC_TRUSTED_PROXIES", "10.0.0.4,geheim", r"\ACC_TRUSTED_PROXIES: must be addresses"),
        ("CC_AMI_HOST", "192.0.2.7", r"\ACC_AMI_HOST: must be of loopback"),
        ("CC_AGI_HOST", "::", r"\ACC_AGI_HOST: must be of loopback"),
        ("CC_AGI_PEERS", "127.0.0.1,192.0.2.7", r"\ACC_AGI_PEERS: must be of loopback"),
        ("CC_SIP_LOCAL_NETWORKS", "geheim", r"\ACC_SIP_LOCAL_NETWORKS: must be addresses"),
        ("CC_SIP_TLS_PORT", "5061", r"\ACC_SIP_TLS_PORT needs CC_SIP_TLS_CERTIFICATE"),
        ("CC_TRUNKS", "192.0.2.7", r"\Aunknown setting CC_TRUNKS"),
    ],
)
def test_what_is_wrong_is_told_without_secrets(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, said: str
) -> None:
    """The variable is named; no value is shown, for others may read along."""
    monkeypatch.setenv("CC_AMI_SECRET", "geheim")
    monkeypatch.setenv(variable, value)
    with pytest.raises(ValueError, match=said) as refused:
        Settings.load()
    assert "geheim" not in str(refused.value)


def test_real_calls_have_real_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A shifted clock is refused unless everything is sample data."""
    monkeypatch.setenv("CC_CLOCK_SHIFT_S", "86400")
    with pytest.raises(ValueError, match="CC_CLOCK_SHIFT_S is for rehearsals"):
        Settings.load()
    monkeypatch.setenv("CC_SAMPLE", "1")
    assert Settings.load().clock_shift_s == 86400.0


def test_a_shifted_clock() -> None:
    """It runs as the machine's does, so many seconds ahead, until it is set back."""
    before = time.time()
    clock.shift(-3600.0)
    try:
        assert before - 3600 <= clock.now() <= time.time() - 3600
    finally:
        clock.shift(0.0)
    assert clock.now() >= before


def test_proxies_are_addresses_and_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of both kinds, in one line; none unless told."""
    assert Settings.load().trusted_proxies == ()
    monkeypatch.setenv("CC_TRUSTED_PROXIES", "10.0.0.4, fd00::/64")
    assert Settings.load().trusted_proxies == ("10.0.0.4/32", "fd00::/64")


def test_sample_log_ins_stay_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither by the environment nor by a command are they served to others."""
    monkeypatch.setenv("CC_ORIGIN", "https://hotline.example")
    with pytest.raises(Exposed, match="sample log-ins"):
        Settings.load().with_sample()
    monkeypatch.setenv("CC_SAMPLE", "1")
    with pytest.raises(ValueError, match="unset CC_HOST and CC_ORIGIN"):
        Settings.load()


DATABASE = "postgresql://cc:secret@192.0.2.7/cc"


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        *(("CC_HOST", host) for host in ("0.0.0.0", "192.0.2.7", "::", "panel.example")),  # noqa: S104
        ("CC_SIP_WEBSOCKET_HOST", "192.0.2.7"),
        ("CC_SIP_WEBSOCKET_URL", "ws://phones.example/ws"),
        ("CC_SPEAKER", "http://speaker.example/"),
        ("CC_SMS_URL", "http://sms.example/"),
        ("CC_DATABASE_URL", DATABASE),
        ("CC_DATABASE_URL", f"{DATABASE}?ssl=prefer"),
        ("CC_DATABASE_URL", "postgresql:///cc?host=db.example"),
    ],
)
def test_nothing_leaves_the_machine_in_the_clear(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    """What listens, and what is asked of others, is within the machine or by TLS; the refusal names
    the variable, and no secret of its value."""
    monkeypatch.setenv(variable, value)
    with pytest.raises(ValueError, match=variable) as refused:
        Settings.load()
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("CC_SIP_WEBSOCKET_URL", "wss://phones.example/ws"),
        ("CC_SPEAKER", "https://speaker.example/"),
        ("CC_SPEAKER", "http://127.0.0.1:5500/"),
        ("CC_DATABASE_URL", f"{DATABASE}?ssl=verify-full"),
        ("CC_DATABASE_URL", "postgresql:///cc"),
        ("CC_DATABASE_URL", "postgresql:///cc?host=/run/postgresql"),
        ("CC_DATABASE_URL", "postgresql://cc@127.0.0.1:5433/cc"),
    ],
)
def test_what_is_private_will_do(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    """By TLS, by a socket file, on loopback."""
    monkeypatch.setenv(variable, value)
    Settings.load()


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.5", "::1", "localhost"])
def test_sample_data_on_loopback(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    """There they may be."""
    monkeypatch.setenv("CC_HOST", host)
    assert Settings.load().with_sample().sample


def test_a_public_address_for_calls_opens_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """SIP may listen to the world: the manager, FastAGI and the plain WebSocket stay within."""
    monkeypatch.setenv("CC_SIP_HOST", "192.0.2.1")
    settings = Settings.load()
    hosts = {settings.ami_host, settings.agi_host, settings.sip_websocket_host}
    assert hosts == {"127.0.0.1"}
    assert settings.exchange_url == "ws://127.0.0.1:8088/ws"


def test_browser_phones_go_through_the_panel(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the address at which browsers see it, unless another one is given."""
    monkeypatch.setenv("CC_ORIGIN", "https://hotline.example")
    assert Settings.load().websocket_url == "wss://hotline.example/desk/sip"
    monkeypatch.setenv("CC_SIP_WEBSOCKET_URL", "wss://phones.example/ws")
    assert Settings.load().websocket_url == "wss://phones.example/ws"
