"""The configuration of one Asterisk instance, rendered from `config/asterisk`."""

import os
import re
from dataclasses import dataclass, field
from pathlib import Path

import jinja2

from contactcentre.telephony import fallback_log, heartbeat, open_files
from contactcentre.telephony.binary import AsteriskBinary
from contactcentre.telephony.translation import NO_CODEC, NO_LINE

# `run/asterisk.ctl` is a Unix socket, whose path the kernel limits to 107 bytes.
_LONGEST_HOME = 107 - len("/run/asterisk.ctl")

# One of these would let a value end its line, or begin an argument or variable of its own.
_UNSAFE = re.compile(r"[\s;,&|\[\](){}$\"'\\]")

_TEXTS = (
    *("home", "prompts", "music", "directory", "ami_secret", "ami_user"),
    *("sip_host", "http_host", "ami_host"),
)
_UNLESS_EMPTY = ("agi_secret", "sip_external_host")
_TLS = ("sip_tls_certificate", "sip_tls_key", "sip_tls_authorities")


@dataclass(frozen=True, kw_only=True, slots=True)
class PbxSettings:
    """One Asterisk instance. `home` is its own folder: configuration, log, run, spool.

    `agi`: `host:port` of the services, in the order in which a call tries them; `agi_secret` goes
    with each request. `sip_tcp_port`, `sip_tls_port`: 0 is no such port; with TLS go a certificate,
    its key, and the authorities whose certificates carriers may show. `sip_digests`: by which
    phones and carriers log in, the best first. `sip_external_host`: where who is outside
    `sip_local_networks` reaches us. `overlay`: folder of templates that take the place of those of
    the same name, which they may include as `base/NAME`. `prompts`: folder with a folder per
    language. `music`: folder of WAV files; while it is empty, Asterisk's own music is played.
    `tries`: rounds over the services, about a second each, before the fallback queue. So
    often whoever is on hold is spoken to while no service is there: `hold_word_s`, where none has
    said how often (`CC_WORD_S`).
    `max_sockets`: of browsers' phones. `outdated`: an Asterisk without security fixes will do.
    `listen`: supervisors may listen to talks. `talks`: folder of recordings; None records nothing.
    """

    home: Path
    templates: Path
    prompts: Path
    music: Path
    directory: Path
    ami_secret: str = field(repr=False)
    overlay: Path | None = None
    ami_user: str = "contactcentre"
    agi_secret: str = field(default="", repr=False)
    sip_host: str = "127.0.0.1"
    sip_port: int = 5060
    sip_tcp_port: int = 0
    sip_tls_port: int = 0
    sip_tls_certificate: Path | None = None
    sip_tls_key: Path | None = None
    sip_tls_authorities: Path | None = None
    sip_digests: tuple[str, ...] = ("SHA-256",)
    sip_external_host: str = ""
    sip_local_networks: tuple[str, ...] = ()
    http_host: str = "127.0.0.1"
    http_port: int = 8088
    ami_host: str = "127.0.0.1"
    ami_port: int = 5038
    rtp_first: int = 10_000
    rtp_last: int = 19_999
    agi: tuple[str, ...] = ("127.0.0.1:4573",)
    tries: int = 4
    fallback_round_s: int = 20
    hold_word_s: int = 45
    max_sockets: int = 4000
    max_calls: int = 4000
    outdated: bool = False
    listen: bool = False
    talks: Path | None = None

    def __post_init__(self) -> None:
        if len(os.fsencode(self.home)) > _LONGEST_HOME:
            raise ValueError(f"home: longer than {_LONGEST_HOME} bytes")
        if not self.agi:
            raise ValueError("agi: at least one address")
        tls = _TLS if self.sip_tls_port else ()
        talks = ("talks",) if self.talks is not None else ()
        for name in (*_TEXTS, *tls, *talks, *(one for one in _UNLESS_EMPTY if getattr(self, one))):
            _check(name, str(getattr(self, name) or ""))
        for name in ("agi", "sip_digests", "sip_local_networks"):
            for address in getattr(self, name):
                _check(name, address)

    @property
    def max_files(self) -> int:
        """How many files Asterisk may have open: what it needs, or what the system allows."""
        return min(open_files.of_asterisk(self.max_calls, self.max_sockets), open_files.limit())

    @property
    def etc(self) -> Path:
        """Folder of the rendered files."""
        return self.home / "etc"

    @property
    def fallback_log(self) -> Path:
        """What the fallback queue did: beside the phones, for the service writes there as well."""
        return self.directory.with_name(fallback_log.FILE)

    @property
    def log(self) -> Path:
        """Folder of what Asterisk says, as its keeper writes it down."""
        return self.home / "log"

    @property
    def messages(self) -> Path:
        """The log of warnings and errors."""
        return self.log / "messages"


def _check(name: str, value: str) -> None:
    if not value or _UNSAFE.search(value):
        raise ValueError(f"{name}: empty, or a character that Asterisk's files cannot hold")


def render(settings: PbxSettings, binary: AsteriskBinary) -> None:
    """Write the instance's folders and its configuration, readable by its owner only."""
    for name in ("etc", "lib/keys", "spool", "run", "log", "cache"):
        (settings.home / name).mkdir(parents=True, exist_ok=True)
    settings.home.chmod(0o700)
    documentation = settings.home / "lib" / "documentation"
    documentation.unlink(missing_ok=True)
    documentation.symlink_to(binary.data / "documentation")
    overlay = [settings.overlay] if settings.overlay is not None else []
    base = jinja2.FileSystemLoader(settings.templates)
    environment = jinja2.Environment(
        loader=jinja2.ChoiceLoader(
            [jinja2.FileSystemLoader(overlay), base, jinja2.PrefixLoader({"base": base})]
        ),
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - no markup; PbxSettings refuses what would break a line
    )
    environment.filters["heartbeat"] = heartbeat.variable
    values = {name: getattr(settings, name) for name in PbxSettings.__slots__}
    values |= {"etc": settings.etc, "modules": binary.modules, "music": _music(settings, binary)}
    values |= {"stopped_s": heartbeat.STOPPED_S, "fallback_log": settings.fallback_log}
    values |= {"no_line": NO_LINE, "no_codec": NO_CODEC}
    files = settings.max_files
    values["max_files"] = files
    values["max_calls"] = min(
        settings.max_calls, open_files.left_for_calls(files, settings.max_sockets)
    )
    folders = (settings.templates, *overlay)
    for name in sorted({file.name for folder in folders for file in folder.glob("*.j2")}):
        file = settings.etc / name.removesuffix(".j2")
        file.touch(mode=0o600)
        file.write_text(environment.get_template(name).render(values))


def _music(settings: PbxSettings, binary: AsteriskBinary) -> Path:
    own = settings.music.is_dir() and any(settings.music.glob("*.wav"))
    return settings.music if own else binary.data / "moh"
