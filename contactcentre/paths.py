"""Where each part keeps its files, and the secrets that are made once.

All lie in the home folder of one user, or in three folders of two users: the service's home,
Asterisk's home, and what they share (docs/decisions/0025).
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Final

from contactcentre.settings import Settings
from contactcentre.telephony.agi import AgiAccess
from contactcentre.telephony.ami import AmiSettings
from contactcentre.telephony.fallback_log import FILE as FALLBACK_LOG
from contactcentre.telephony.pbx_config import PbxSettings
from contactcentre.telephony.shared_files import make

AMI: Final = "ami-secret"
AGI: Final = "agi-secret"
DIRECTORY: Final = "directory.sqlite"
RECORDINGS: Final = "recordings"
TALKS: Final = "talks"

SHARED: Final = frozenset({AMI, AGI, DIRECTORY, FALLBACK_LOG, RECORDINGS, TALKS})
"""What Asterisk needs beside its own: nothing else of the service's is for its user."""


class LooseKeys(Exception):
    """Others may read what should be a secret."""


def shared(settings: Settings) -> Path:
    """Where that is: the home folder where one user runs both."""
    return settings.shared or settings.home


def kept(settings: Settings, name: Path) -> Path:
    """Where a file lies that would be of that name in the home folder of one user."""
    return (shared(settings) if name.parts[0] in SHARED else settings.home) / name


def spool(settings: Settings) -> Path:
    """The journal's local file."""
    return settings.home / "journal.sqlite"


def availability(settings: Settings) -> Path:
    """What the synthetic calls have come to."""
    return settings.home / "availability.json"


def control(settings: Settings) -> Path:
    """The socket file by which the command line reaches the running service."""
    return settings.home / "control.sock"


def good_network(settings: Settings) -> Path:
    """The rows of the last configuration that held together."""
    return settings.home / "network.json"


def good_catalogue(settings: Settings) -> Path:
    """The service cards as they were read last."""
    return settings.home / "catalogue.json"


def good_abuse_list(settings: Settings) -> Path:
    """The abuse list as it was read last."""
    return settings.home / "abuse.json"


def fallback_log(settings: Settings) -> Path:
    """What Asterisk's fallback queue did while no service lived."""
    return shared(settings) / FALLBACK_LOG


def directory(settings: Settings) -> Path:
    """The phones that Asterisk reads."""
    return shared(settings) / DIRECTORY


def recordings(settings: Settings) -> Path:
    """Voice messages."""
    return shared(settings) / RECORDINGS


def talks(settings: Settings) -> Path:
    """What Asterisk records of talks, until it is sealed."""
    return shared(settings) / TALKS


def sealed_talks(settings: Settings) -> Path:
    """The recordings of talks, sealed."""
    return settings.home / "sealed-talks"


def sealed_attachments(settings: Settings) -> Path:
    """What is attached to cases, sealed with the newest of the keys of recordings."""
    return settings.home / "sealed-attachments"


def prompts(settings: Settings) -> Path:
    """Rendered speech and music, which can be made again."""
    return settings.cache / "prompts"


def templates(settings: Settings) -> Path:
    """The panel's templates as they were compiled, which can be made again."""
    return settings.cache / "templates"


def own_recordings(settings: Settings) -> Path:
    """Recorded prompts that replace the spoken ones of the same name."""
    return settings.home / "prompts"


def analysts(settings: Settings) -> Path:
    """Parquet files for analysts."""
    return settings.home / "analysts"


def sample_logins(settings: Settings) -> Path:
    """The log-ins of the sample data, so that they can be shown again."""
    return settings.home / "sample-logins.txt"


def demo_phone(settings: Settings) -> Path:
    """The browser test phone's log-in, written by the demonstration carrier."""
    return settings.home / "demo-phone.json"


def ami_secret(settings: Settings) -> str:
    """The manager account's secret: as set, or made once and kept."""
    given = settings.ami_secret.get_secret_value()
    return given or _kept_secret(shared(settings) / AMI)


def device_secret(settings: Settings) -> str:
    """What the cookies are signed with by which browsers are known again."""
    return _kept_secret(settings.home / "device-secret")


def account_keys(settings: Settings) -> tuple[str, ...]:
    """What second factors are sealed with, the newest first: as set, or made once and kept."""
    given = settings.account_keys.get_secret_value()
    kept = given.replace(",", " ") or _kept_secret(account_key_file(settings))
    return tuple(kept.split())


def account_key_file(settings: Settings) -> Path:
    """The keys that no setting gives, one a line."""
    return settings.home / "account-keys"


def personal_code_keys(settings: Settings) -> tuple[str, ...]:
    """What personal codes are sealed with, one a line, the newest first; their hashes are made with
    the last. Raises `LooseKeys` where others than their owner may read them."""
    return _own_keys(settings.personal_code_keys or settings.home / "personal-code-keys")


def recording_keys(settings: Settings) -> tuple[str, ...]:
    """What recordings are sealed with, one a line, the newest first. Raises `LooseKeys` where
    others than their owner may read them."""
    return _own_keys(settings.recording_keys or settings.home / "recording-keys")


def _own_keys(path: Path) -> tuple[str, ...]:
    kept = tuple(_kept_secret(path).split())
    if path.stat().st_mode & 0o077:
        raise LooseKeys(f"{path} must be for its owner alone: chmod 600 {path}")
    return kept


def oidc(settings: Settings) -> Path:
    """The providers of log-ins."""
    return settings.oidc or settings.home / "oidc.yaml"


def leaked_passwords(settings: Settings) -> tuple[Path, Path]:
    """The beginnings of the hashes of passwords that nobody may choose: the list that an operator
    has made, and the one that comes with the software."""
    return settings.home / "leaked-passwords", settings.config / "leaked-passwords"


def agi_secret(settings: Settings) -> str:
    """What Asterisk's requests carry in their path: as set, or made once and kept."""
    given = settings.agi_secret.get_secret_value()
    return given or _kept_secret(shared(settings) / AGI)


def audit_key(settings: Settings) -> bytes:
    """What the checkpoints of the audit log are signed with; the database never has it."""
    return _kept_secret(settings.home / "audit-key").encode()


def pseudonym_key(settings: Settings) -> bytes:
    """What makes pseudonyms of numbers; the database never has it."""
    return _kept_secret(settings.home / "pseudonym-key").encode()


def audit_head(settings: Settings) -> Path:
    """The last link of the audit log's chain, where the database does not reach."""
    return settings.home / "audit-head.json"


def agi_access(settings: Settings) -> AgiAccess:
    """Whom the service takes for Asterisk."""
    return AgiAccess(peers=frozenset(settings.agi_peers), secret=agi_secret(settings))


def _kept_secret(path: Path) -> str:
    """Two processes may begin at once: whoever links the file first has made the secret."""
    if not path.exists():
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        make(draft)
        draft.write_text(secrets.token_hex(32))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()


def ami_settings(settings: Settings) -> AmiSettings:
    """How the service logs in to Asterisk's manager."""
    return AmiSettings(
        host=settings.ami_host,
        port=settings.ami_port,
        username=settings.ami_user,
        secret=ami_secret(settings),
    )


def pbx_settings(settings: Settings) -> PbxSettings:
    """The Asterisk that belongs to these settings."""
    return PbxSettings(
        home=settings.home / "pbx",
        templates=settings.config / "asterisk",
        prompts=prompts(settings),
        music=prompts(settings) / "music",
        directory=directory(settings),
        ami_secret=ami_secret(settings),
        ami_user=settings.ami_user,
        agi_secret=agi_secret(settings),
        sip_host=settings.sip_host,
        sip_port=settings.sip_port,
        sip_tcp_port=settings.sip_tcp_port,
        sip_tls_port=settings.sip_tls_port,
        sip_tls_certificate=settings.sip_tls_certificate,
        sip_tls_key=settings.sip_tls_key,
        sip_tls_authorities=settings.sip_tls_authorities,
        sip_digests=settings.sip_digests,
        sip_external_host=settings.sip_external_host,
        sip_local_networks=settings.sip_local_networks,
        http_host=settings.sip_websocket_host,
        http_port=settings.sip_websocket_port,
        ami_host=settings.ami_host,
        ami_port=settings.ami_port,
        rtp_first=settings.rtp_first,
        rtp_last=settings.rtp_last,
        agi=(f"{settings.agi_host}:{settings.agi_port}",),
        max_calls=2 * settings.max_calls,
        max_sockets=settings.max_sockets,
        outdated=settings.asterisk_outdated,
        listen=settings.listen,
        talks=talks(settings) if settings.recordings else None,
    )
