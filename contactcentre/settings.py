"""Settings: frozen, loaded once, each from a `CC_*` variable. Unknown ones are refused."""

from __future__ import annotations

import os
from collections.abc import Iterator
from email.utils import parseaddr
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from contactcentre.core.config.mail_address import is_mail_address

Digest = Literal["SHA-256", "SHA-512-256", "MD5"]

ROOT = Path(__file__).resolve().parent.parent
PREFIX = "CC_"


def _state_home() -> Path:
    base = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    return Path(base) / "contactcentre"


def _cache_home() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "contactcentre"


class Exposed(ValueError):
    """Sample log-ins would be there for other machines."""


class Settings(BaseSettings):
    """Where everything is. The defaults make a complete hotline on one machine."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore")

    home: Path = Field(default_factory=_state_home, description="What must outlive a restart")
    shared: Path | None = Field(
        default=None,
        description="What Asterisk writes or reads as well, where it runs as another user;"
        " `home` if empty",
    )
    cache: Path = Field(default_factory=_cache_home, description="What can be made again")
    config: Path = Field(default=ROOT / "config", description="Flows, prompts, templates, seeds")
    database_url: str = Field(default="", description="SQLAlchemy URL; SQLite in `home` if empty")

    host: str = Field(default="127.0.0.1", description="Address of the panel")
    port: int = Field(default=8080, description="Port of the panel")
    origin: str = Field(default="", description="How browsers see the panel, behind a proxy")
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="Whose X-Forwarded-For is believed: addresses, networks, by commas"
    )

    sip_host: str = Field(default="127.0.0.1", description="Address of Asterisk's SIP")
    sip_port: int = Field(default=5060, description="SIP over UDP")
    sip_tcp_port: int = Field(default=0, description="SIP over TCP; 0 is none")
    sip_tls_port: int = Field(default=0, description="SIP over TLS, as a rule 5061; 0 is none")
    sip_tls_certificate: Path | None = Field(
        default=None, description="Asterisk's certificate for it, with those in between (PEM)"
    )
    sip_tls_key: Path | None = Field(default=None, description="Its key (PEM)")
    sip_tls_authorities: Path = Field(
        default=Path("/etc/ssl/certs/ca-certificates.crt"),
        description="Whose certificates carriers may show (PEM)",
    )
    sip_digests: Annotated[tuple[Digest, ...], NoDecode] = Field(
        default=("SHA-256",),
        min_length=1,
        description="How telephones and carriers log in, the best first, by commas: `SHA-256`,"
        " `SHA-512-256`; `MD5` behind them for those that know no other",
    )
    sip_external_host: str = Field(
        default="", description="Where carriers reach Asterisk, behind a router (NAT)"
    )
    sip_local_networks: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="Who needs no such detour: networks, by commas"
    )
    sip_websocket_host: str = Field(
        default="127.0.0.1", description="Address of SIP over WebSocket, without TLS"
    )
    sip_websocket_port: int = Field(default=8088, description="SIP over WebSocket")
    sip_websocket_url: str = Field(
        default="", description="How browsers reach it where not through the panel"
    )
    rtp_first: int = Field(default=10_000, description="First RTP port")
    rtp_last: int = Field(default=19_999, description="Last RTP port")

    turn_urls: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="Relays (coturn) for browsers behind firewalls, turn:..., by commas"
    )
    turn_secret: SecretStr = Field(
        default=SecretStr(""), description="What they share with us: coturn's static-auth-secret"
    )
    turn_only: bool = Field(
        default=False,
        description="Browsers send sound by the relays and no other way: the RTP ports may be"
        " closed to all but those and carriers",
    )

    ami_host: str = Field(
        default="127.0.0.1", description="Address of Asterisk's manager, of loopback"
    )
    ami_port: int = Field(default=5038, description="Port of Asterisk's manager")
    ami_user: str = Field(default="contactcentre", description="Manager account")
    ami_secret: SecretStr = Field(default=SecretStr(""), description="Its secret; made if empty")
    agi_host: str = Field(
        default="127.0.0.1", description="Where the service serves FastAGI, of loopback"
    )
    agi_port: int = Field(default=4573, description="FastAGI port")
    agi_peers: Annotated[tuple[str, ...], NoDecode] = Field(
        default=("127.0.0.1",), description="From where Asterisk may ask, by commas"
    )
    agi_secret: SecretStr = Field(
        default=SecretStr(""), description="What Asterisk's requests carry; made if empty"
    )
    max_sockets: int = Field(
        default=4_000,
        ge=100,
        description="Connections of browsers at a time; half of them for who is not logged in",
    )
    max_sockets_each: int = Field(
        default=500,
        ge=10,
        description="Of those, how many one address may have that nobody has logged in on",
    )
    lock_min: float = Field(
        default=0.0,
        ge=0.0,
        le=720.0,
        description="Minutes without a key or a movement after which a page locks, and its agent "
        "takes no calls; 0: never",
    )
    max_calls: int = Field(
        default=2_000,
        description="Callers held at a time; as many more hear music until there is room",
    )

    asterisk_outdated: bool = Field(
        default=False, description="Run an Asterisk before 22.10.1, which lacks security fixes"
    )

    account_keys: SecretStr = Field(
        default=SecretStr(""),
        description="What second factors are sealed with, by commas, the newest first;"
        " made if empty",
    )
    personal_codes: bool = Field(
        default=False,
        description="Whether agents may take down the personal code of a citizen, for the services"
        " whose card says that it is needed",
    )
    personal_code_keys: Path | None = Field(
        default=None,
        description="File of the keys of personal codes, mode 0600; made in the home folder if"
        " empty. Keep a copy apart from the database's",
    )
    second_factor: Annotated[tuple[str, ...], NoDecode] = Field(
        default=("agent", "supervisor", "editor", "admin", "auditor", "dpo"),
        description="The roles that must log in with a second factor, by commas",
    )

    oidc: Path | None = Field(
        default=None,
        description="Providers of log-ins (YAML); `oidc.yaml` in `home` if empty",
    )

    smtp_host: str = Field(
        default="", description="Server that takes our mail; nothing is sent by e-mail if empty"
    )
    smtp_port: int = Field(default=587, description="Its port; as a rule 465 with `tls`")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        default="starttls", description="`starttls`, `tls` from the beginning, or `none` (loopback)"
    )
    smtp_user: str = Field(default="", description="Account there; none if empty")
    smtp_password: SecretStr = Field(default=SecretStr(""), description="Its password")
    smtp_sender: str = Field(
        default="", description="Whom our mail comes from: an address that may send by that server"
    )
    smtp_authorities: Path | None = Field(
        default=None,
        description="Whose certificates it may show (PEM); those the system trusts if empty",
    )
    mail_language: str = Field(
        default="lv",
        pattern=r"^[a-z]{2}$",
        description="Language of alerts by e-mail",
    )
    mail_days: int = Field(
        default=90,
        ge=1,
        description="Days until it is forgotten that a message was sent, or an alert raised",
    )
    sms_url: str = Field(
        default="",
        pattern=r"^(https?://\S+)?$",
        description="Gateway of text messages (docs/handbook/alerts.md); none are sent if empty",
    )
    sms_token: SecretStr = Field(
        default=SecretStr(""), description="What it knows us by: `Authorization: Bearer`"
    )
    webhook_secret: SecretStr = Field(
        default=SecretStr(""),
        description="What webhooks are signed with, 16 characters at least; none is sent if empty",
    )
    webhook_networks: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Networks, by commas, that webhooks reach although they are not the Internet's;"
        " this machine (127.0.0.0/8) by http too",
    )

    open_catalogue: bool = Field(
        default=False,
        description="Anybody may read today's service cards, without a log-in, at"
        " `/catalogue.jsonld` (CPSV-AP) and `/catalogue.csv`",
    )
    speaker: str = Field(
        default="",
        pattern=r"^(https?://\S+)?$",
        description="Address of a service that speaks prompts, by HTTP; espeak-ng if empty",
    )
    record_days: int = Field(
        default=7, ge=1, description="Days until a call without a record is closed as not recorded"
    )
    audit_days: int = Field(
        default=548, ge=1, description="Days until a row of the audit log is forgotten"
    )
    number_days: int = Field(
        default=365, ge=1, description="Days until a caller's number becomes a pseudonym"
    )
    note_days: int = Field(default=365, ge=1, description="Days until an agent's note is deleted")
    event_days: int = Field(
        default=1095, ge=1, description="Days until the events of a call are deleted"
    )
    case_days: int = Field(
        default=1095, ge=1, description="Days until the words of a case that is over are deleted"
    )
    enquiry_days: int = Field(
        default=365,
        ge=1,
        description="Days until a question to the owner of a card, or a reported error, is deleted",
    )
    assessment_days: int = Field(
        default=730,
        ge=1,
        description="Days until an assessment of a talk, and the words of a test call, are deleted",
    )
    message_days: int = Field(
        default=30, ge=1, description="Days until a voice message that is done with is deleted"
    )
    message_mb: int = Field(
        default=2_000,
        ge=100,
        description="Megabytes of voice messages at most; a minute of one takes a megabyte",
    )
    listen: bool = Field(
        default=False,
        description="Supervisors may listen to talks of queues whose policy says so; Asterisk, too,"
        " is to be started anew with it",
    )
    recordings: bool = Field(
        default=False,
        description="Talks of queues whose policy says so are recorded; Asterisk, too, is to be"
        " started anew with it",
    )
    recording_keys: Path | None = Field(
        default=None,
        description="What recordings and attachments of cases are sealed with, one key a line, the"
        " newest first; `recording-keys` in `home` if empty, made at the first start",
    )
    recording_days: int = Field(
        default=90, ge=1, le=180, description="Days until the recording of a talk is deleted"
    )
    recording_mb: int = Field(
        default=20_000,
        ge=100,
        description="Megabytes of recordings at most; an hour of talk takes 58",
    )
    attachment_mb: int = Field(
        default=5_000, ge=100, description="Megabytes of what is attached to cases at most"
    )
    analyst_months: int = Field(
        default=0,
        ge=0,
        le=1200,
        description="Months of Parquet files for analysts, made each night in `analysts` in `home`;"
        " older ones are removed; 0: none are made",
    )
    clamd: Path | None = Field(
        default=None,
        description="Socket file of ClamAV's daemon, which looks at what is attached to cases; none"
        " is taken if empty",
    )
    sample: bool = Field(default=False, description="Sample data and the browser test phone")
    clock_shift_s: float = Field(default=0.0, description="Rehearsals only: the clock is ahead")
    traces_url: str = Field(
        default="",
        pattern=r"^(https?://\S+)?$",
        description="Collector that takes traces of calls by OTLP over HTTP, as a rule"
        " `http://127.0.0.1:4318/v1/traces`; none are made if empty",
    )
    traces_token: SecretStr = Field(
        default=SecretStr(""), description="What it knows us by: `Authorization: Bearer`"
    )
    metrics_open: bool = Field(default=False, description="/metrics for others than loopback")

    @field_validator("sip_tls_certificate", "sip_tls_key", "sip_tls_authorities")
    @classmethod
    def _not_resolved(cls, path: Path | None) -> Path | None:
        """What a link leads to is another file after each renewal."""
        return None if path is None else path.expanduser().absolute()

    @field_validator("home", "shared", "cache", "config")
    @classmethod
    def _absolute(cls, path: Path | None) -> Path | None:
        return path and path.expanduser().resolve()

    @field_validator(
        "sip_digests",
        "sip_local_networks",
        "turn_urls",
        "agi_peers",
        "trusted_proxies",
        "second_factor",
        "webhook_networks",
        mode="before",
    )
    @classmethod
    def _listed(cls, written: object) -> object:
        return (
            tuple(one.strip() for one in written.split(",") if written)
            if isinstance(written, str)
            else written
        )

    @field_validator("host", "sip_websocket_host")
    @classmethod
    def _behind_tls(cls, host: str) -> str:
        if host != "localhost" and not _is_loopback(host):
            raise ValueError(
                "must be of loopback (127.0.0.1): nothing on this port is encrypted. What others"
                " reach is a proxy with TLS on this machine (docs/handbook/install.md)"
            )
        return host

    @field_validator("speaker", "sip_websocket_url")
    @classmethod
    def _encrypted(cls, url: str) -> str:
        parts = urlsplit(url)
        here = parts.hostname == "localhost" or _is_loopback(parts.hostname or "")
        if url and parts.scheme not in ("https", "wss") and not here:
            raise ValueError("must be https: (wss:), or of loopback: it would be open to read")
        return url

    @field_validator("agi_peers", "ami_host", "agi_host")
    @classmethod
    def _within_the_machine(cls, given: str | tuple[str, ...]) -> str | tuple[str, ...]:
        hosts = (given,) if isinstance(given, str) else given
        if not hosts or not all(_is_loopback(host) for host in hosts):
            raise ValueError(
                "must be of loopback (127.0.0.1): whoever reaches this port commands Asterisk, and"
                " nothing on it is encrypted; another machine is reached by a tunnel"
            )
        return given

    @field_validator("database_url")
    @classmethod
    def _of_a_known_kind(cls, url: str) -> str:
        if url:
            # Not at the file's head: Asterisk's process needs no database, nor its libraries.
            from contactcentre.storage.database import checked, is_private

            if not is_private(checked(url)):
                raise ValueError(
                    "leads to another machine: add ?ssl=verify-full, or what is asked and answered"
                    " would be open to read"
                )
        return url

    @field_validator("trusted_proxies", "sip_local_networks", "webhook_networks")
    @classmethod
    def _networks(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        try:
            return tuple(str(ip_network(one)) for one in given)
        except ValueError:
            raise ValueError(
                "must be addresses or networks by commas, such as 10.0.0.4,fd00::/64"
            ) from None

    @model_validator(mode="after")
    def _sample_at_home(self) -> Self:
        """The accounts of the sample data are no secret to whoever can read their file."""
        seen_at = {self.host, urlsplit(self.panel_origin).hostname or ""} - {"localhost"}
        if self.sample and not all(map(_is_loopback, seen_at)):
            raise ValueError(
                "sample data have sample log-ins, so CC_SAMPLE=1 (and scripts/run) serves the "
                "panel on this machine alone: unset CC_HOST and CC_ORIGIN, or do without them"
            )
        return self

    @model_validator(mode="after")
    def _ready_for_tls(self) -> Self:
        if self.sip_tls_port and not (self.sip_tls_certificate and self.sip_tls_key):
            raise ValueError(
                "CC_SIP_TLS_PORT needs CC_SIP_TLS_CERTIFICATE and CC_SIP_TLS_KEY, files that"
                " Asterisk may read"
            )
        return self

    @model_validator(mode="after")
    def _turn_with_secret(self) -> Self:
        if not all(url.startswith(("turn:", "turns:")) for url in self.turn_urls):
            raise ValueError("CC_TURN_URLS must be turn: or turns: addresses, by commas")
        if self.turn_urls and not self.turn_secret.get_secret_value():
            raise ValueError("CC_TURN_URLS needs CC_TURN_SECRET: coturn's static-auth-secret")
        if self.turn_only and not self.turn_urls:
            raise ValueError("CC_TURN_ONLY needs CC_TURN_URLS: there is no relay to go by")
        return self

    @model_validator(mode="after")
    def _mail_in_private(self) -> Self:
        if self.smtp_host and not is_mail_address(parseaddr(self.smtp_sender)[1]):
            raise ValueError("CC_SMTP_HOST needs CC_SMTP_SENDER: whom our mail comes from")
        here = self.smtp_host in ("", "localhost") or _is_loopback(self.smtp_host)
        if self.smtp_security == "none" and not here:
            raise ValueError(
                "CC_SMTP_SECURITY=none is for a server on this machine: mail and password would"
                " be open to read"
            )
        return self

    @field_validator("sms_url")
    @classmethod
    def _numbers_in_private(cls, url: str) -> str:
        parts = urlsplit(url)
        here = parts.hostname == "localhost" or _is_loopback(parts.hostname or "")
        if url and parts.scheme != "https" and not here:
            raise ValueError("must be https: citizens' numbers would be open to read")
        return url

    @field_validator("traces_url")
    @classmethod
    def _as_meant(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.username or parts.password:
            raise ValueError("must have no log-in in it: see CC_TRACES_TOKEN")
        if url and parts.path in ("", "/"):
            raise ValueError("must have a path, as a rule /v1/traces")
        return url

    @field_validator("webhook_secret")
    @classmethod
    def _long_enough(cls, given: SecretStr) -> SecretStr:
        if 0 < len(given.get_secret_value()) < 16:
            raise ValueError("must have 16 characters at least")
        return given

    @model_validator(mode="after")
    def _real_time_for_real_calls(self) -> Self:
        if self.clock_shift_s and not self.sample:
            raise ValueError("CC_CLOCK_SHIFT_S is for rehearsals with CC_SAMPLE=1 only: unset it")
        return self

    @classmethod
    def load(cls) -> Self:
        """From the environment. Raises `ValueError` that names each variable that is wrong."""
        known = {PREFIX + name.upper() for name in cls.model_fields}
        unknown = sorted(key for key in os.environ if key.startswith(PREFIX) and key not in known)
        if unknown:
            raise ValueError(
                f"unknown setting {unknown[0]}: see docs/settings.md for the known ones"
            )
        try:
            return cls()
        except ValidationError as refused:
            # Its own text shows the values, and among them are secrets.
            raise ValueError("\n".join(_words(refused))) from None

    def with_sample(self) -> Self:
        """The same with sample data. Raises `Exposed`."""
        try:
            return self.model_validate({**dict(self), "sample": True})
        except ValidationError as refused:
            raise Exposed("\n".join(_words(refused))) from None

    @property
    def panel_origin(self) -> str:
        """scheme://host:port as browsers send it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.origin or f"http://{host}:{self.port}"

    @property
    def websocket_url(self) -> str:
        """Where the browser phone registers: through the panel, unless told otherwise."""
        return self.sip_websocket_url or self.websocket_at("/desk/sip")

    def websocket_at(self, path: str) -> str:
        """The address of a WebSocket of the panel's."""
        return self.panel_origin.replace("http", "ws", 1) + path

    @property
    def exchange_url(self) -> str:
        """Asterisk's own WebSocket."""
        host = self.sip_websocket_host
        return f"ws://{f'[{host}]' if ':' in host else host}:{self.sip_websocket_port}/ws"

    @property
    def database(self) -> str:
        """The SQLAlchemy URL in force."""
        return self.database_url or f"sqlite+aiosqlite:///{self.home / 'contactcentre.sqlite'}"


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _words(refused: ValidationError) -> Iterator[str]:
    for error in refused.errors(include_url=False, include_context=False, include_input=False):
        variable = "".join(f"{PREFIX}{name}: ".upper() for name in error["loc"])
        yield variable + error["msg"].removeprefix("Value error, ")


def table() -> str:
    """All settings as docs/settings.md has them."""
    lines = ["| variable | default | what |", "|---|---|---|"]
    for name, field in sorted(Settings.model_fields.items()):
        default = "" if field.default_factory or field.default is None else str(field.default)
        if isinstance(field.default, SecretStr):
            default = ""
        if isinstance(field.default, tuple):
            default = ",".join(field.default)
        if isinstance(field.default, Path):
            own = field.default.is_relative_to(ROOT)
            default = f"{field.default.relative_to(ROOT)}/" if own else str(field.default)
        shown = f"`{default}`" if default else "see text"
        lines.append(f"| `{PREFIX}{name.upper()}` | {shown} | {field.description} |")
    return "\n".join(lines)
