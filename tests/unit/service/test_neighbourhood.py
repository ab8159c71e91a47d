"""What is kept of where somebody logs in from."""

import pytest

from agents_ui.shell.browsers import family
from contactcentre.features.accounts.sessions import neighbourhood

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
        ("localhost", ""),
        ("", ""),
    ],
)
def test_no_whole_address_is_kept(address: str, kept: str) -> None:
    """The neighbourhood tells a strange place from one's own, and nobody from their neighbours."""
    assert neighbourhood(address) == kept


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge, Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0", "Firefox, Linux"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537.36", "Chrome, Android"),
        ("curl/8", ""),
    ],
)
def test_browsers_by_their_family(agent: str, name: str) -> None:
    """As their users call them, without versions."""
    assert family(agent) == name
