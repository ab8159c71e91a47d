"""Certificates for rehearsals, of an authority that nobody else trusts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

LASTS = timedelta(days=30)

_SIGNS = x509.KeyUsage(
    digital_signature=False,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=True,
    crl_sign=True,
    encipher_only=False,
    decipher_only=False,
)


@dataclass(frozen=True, slots=True)
class Issued:
    """The files of one certificate."""

    certificate: Path
    key: Path


class Authority:
    """Its own certificate is `file`; those that it issues are beside it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _named("Rehearsal authority")
        made = _builder(self._name, self._name, self._key.public_key())
        made = made.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        made = made.add_extension(_SIGNS, critical=True)
        named = x509.SubjectKeyIdentifier.from_public_key(self._key.public_key())
        made = made.add_extension(named, critical=False)
        self.file = folder / "authority.pem"
        self.file.write_bytes(_pem(made.sign(self._key, hashes.SHA256())))

    def issue(self, host: str, *, name: str = "", lasts: timedelta = LASTS) -> Issued:
        """For the server at that address, which may have a name as well."""
        key = ec.generate_private_key(ec.SECP256R1())
        named = [x509.DNSName(name)] if name else []
        names = x509.SubjectAlternativeName([x509.IPAddress(ip_address(host)), *named])
        made = _builder(_named(host), self._name, key.public_key(), lasts)
        by = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        made = made.add_extension(names, critical=False).add_extension(by, critical=False)
        signed = made.sign(self._key, hashes.SHA256())
        issued = Issued(self._folder / f"{host}.pem", self._folder / f"{host}.key")
        issued.certificate.write_bytes(_pem(signed))
        issued.key.touch(mode=0o600)
        issued.key.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        return issued


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _builder(
    of: x509.Name, by: x509.Name, key: ec.EllipticCurvePublicKey, lasts: timedelta = LASTS
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return x509.CertificateBuilder(
        subject_name=of,
        issuer_name=by,
        public_key=key,
        serial_number=x509.random_serial_number(),
        not_valid_before=now - timedelta(hours=1),
        not_valid_after=now + lasts,
    )


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)
