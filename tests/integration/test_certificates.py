"""Certificates of rehearsals: Python 3.13, as Debian 13 has it, takes them, too."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from lab.certificates import Authority

pytestmark = pytest.mark.integration


def test_as_rfc_5280_wants_them(tmp_path: Path) -> None:
    """From 3.13 on a context is strict by itself: who issued a certificate must stand in it."""
    authority = Authority(tmp_path)
    issued = authority.issue("127.0.0.1", name="hotline.test")
    ours = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    ours.load_cert_chain(issued.certificate, issued.key)
    theirs = ssl.create_default_context(cafile=authority.file)
    theirs.verify_flags |= ssl.VERIFY_X509_STRICT
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = theirs.wrap_bio(down, up, server_hostname="hotline.test")
    server = ours.wrap_bio(up, down, server_side=True)
    for side in (client, server, client, server):
        try:
            side.do_handshake()
        except ssl.SSLWantReadError:
            continue
    assert client.version() == "TLSv1.3"
    assert client.getpeercert()
