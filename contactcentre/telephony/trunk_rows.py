"""A trunk as Asterisk reads it: rows of the directory. Pure."""

from collections.abc import Mapping
from typing import Final

from contactcentre.core.config.trunk import Trunk
from contactcentre.telephony.translation import trunk_endpoint

Row = Mapping[str, str]

TABLES: Final = ("ps_endpoints", "ps_aors", "ps_endpoint_id_ips", "ps_registrations")
"""Where the trunk is gone from once it is no document any more; its secret is another's affair."""

SILENCE_S: Final = 120
"""A carrier may send nothing while a citizen listens in silence."""

ASKED_EVERY_S: Final = 30


def rows(trunk: Trunk) -> Mapping[str, Row]:
    """By table. A trunk without a server is never rung, one that does not register has no row of
    that kind."""
    made = {"ps_endpoints": _endpoint(trunk), "ps_endpoint_id_ips": _peers(trunk)}
    if trunk.server is not None:
        made["ps_aors"] = _aor(trunk)
    if trunk.registers:
        made["ps_registrations"] = _registration(trunk)
    return made


def _endpoint(trunk: Trunk) -> Row:
    name = trunk_endpoint(trunk.trunk_id)
    log_in = name if trunk.user is not None else ""
    return {
        "id": name,
        "context": "cc-entry",
        "transport": trunk.transport,
        "aors": name if trunk.server is not None else "",
        "auth": name if trunk.challenges else "",
        "outbound_auth": log_in,
        "from_domain": trunk.domain or "",
        "disallow": "all",
        "allow": ",".join(trunk.codecs),
        "webrtc": "no",
        "media_encryption": "sdes" if trunk.encrypted else "no",
        "language": "lv",
        "dtmf_mode": "auto",
        "direct_media": "no",
        "allow_transfer": "no",
        "identify_by": "ip",
        "rtp_symmetric": "yes",
        "force_rport": "yes",
        "rewrite_contact": "yes",
        "device_state_busy_at": "0",
        "rtp_timeout": str(SILENCE_S),
        "rtp_timeout_hold": str(5 * SILENCE_S),
        "rtp_keepalive": "0",
        # Numbers of headers would be written unescaped into manager events, line breaks included:
        # every caller is 0 until the dialplan has read who it is (extensions.conf, cc-caller).
        "trust_id_inbound": "no",
        "callerid": "<0>",
    }


def _aor(trunk: Trunk) -> Row:
    return {
        "id": trunk_endpoint(trunk.trunk_id),
        "contact": trunk.uri,
        "max_contacts": "0",
        "remove_existing": "no",
        "qualify_frequency": str(ASKED_EVERY_S),
        "qualify_timeout": "3.0",
        "minimum_expiration": "60",
        "default_expiration": "3600",
        "maximum_expiration": "7200",
    }


def _peers(trunk: Trunk) -> Row:
    name = trunk_endpoint(trunk.trunk_id)
    return {"id": name, "endpoint": name, "match": ",".join(trunk.peers), "srv_lookups": "no"}


def _registration(trunk: Trunk) -> Row:
    name = trunk_endpoint(trunk.trunk_id)
    return {
        "id": name,
        "transport": trunk.transport,
        "server_uri": trunk.uri,
        "client_uri": f"sip:{trunk.user}@{trunk.domain or trunk.host}",
        "contact_user": trunk.numbers[0],
        "outbound_auth": name,
        "expiration": "600",
        "retry_interval": "10",
        "forbidden_retry_interval": "60",
        "auth_rejection_permanent": "no",
        "max_retries": "1000000",
    }
