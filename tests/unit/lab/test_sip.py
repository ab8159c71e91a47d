"""SIP as a plain telephone speaks it."""

import hashlib
import re

import pytest

from contactcentre.telephony import sip
from lab import g711

pytestmark = pytest.mark.unit

INVITE = (
    b"INVITE sip:a-1@127.0.0.1:4000 SIP/2.0\r\n"
    b"Via: SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bK1\r\n"
    b'From: "Anna" <sip:+37120000001@127.0.0.1>;tag=a\r\n'
    b"To: <sip:a-1@127.0.0.1>\r\n"
    b"Call-ID: 1\r\nCSeq: 7 INVITE\r\nContent-Length: 3\r\n\r\nv=0"
)


def test_a_message_survives_the_wire() -> None:
    """What is parsed and encoded is parsed the same."""
    message = sip.parse(INVITE)
    assert sip.parse(message.encode()) == message
    assert (message.method, message.status, message.body) == ("INVITE", None, "v=0")


def test_an_answer_belongs_to_its_request() -> None:
    """Via, From, Call-ID and CSeq are kept; To gets a tag once."""
    answer = sip.response(sip.parse(INVITE), "180 Ringing", tag="b")
    assert (answer.status, answer.method) == (180, "INVITE")
    assert answer.header("To") == "<sip:a-1@127.0.0.1>;tag=b"
    assert answer.header("Via") == "SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bK1"


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n"])
def test_noise_is_not_a_message(data: bytes) -> None:
    """Anything else that reaches the port is refused."""
    with pytest.raises(ValueError, match="SIP"):
        sip.parse(data)


def test_a_log_in_is_answered_as_the_standard_says() -> None:
    """The response is the digest of RFC 7616 over the client's own nonce."""
    challenge = 'Digest realm="asterisk",nonce="n",opaque="o",algorithm=SHA-256,qop="auth"'
    answer = sip.authorization(challenge, "REGISTER", "sip:x", "a-1", "secret")
    assert 'username="a-1"' in answer
    assert 'opaque="o"' in answer
    assert "secret" not in answer
    given = dict(re.findall(r'(\w+)="([^"]+)"', answer))

    def hashed(text: str) -> str:
        return hashlib.sha256(text.encode()).hexdigest()

    whose, what = hashed("a-1:asterisk:secret"), hashed("REGISTER:sip:x")
    said = f"{whose}:n:00000001:{given['cnonce']}:auth:{what}"
    assert given["response"] == hashed(said)


@pytest.mark.parametrize("algorithm", ["", ",algorithm=MD5", ",algorithm=SHA-256-sess"])
def test_a_weaker_digest_is_not_spoken(algorithm: str) -> None:
    """Whoever asks for another proof gets none; without a word MD5 is meant (RFC 3261)."""
    challenge = f'Digest realm="asterisk",nonce="n"{algorithm},qop="auth"'
    with pytest.raises(ValueError, match="SHA-256"):
        sip.authorization(challenge, "REGISTER", "sip:x", "a-1", "secret")


def test_sound_goes_where_the_other_side_wants_it() -> None:
    """An offer is read back as it was made."""
    assert sip.media_address(sip.offer("127.0.0.2", 4000)) == ("127.0.0.2", 4000)
    with pytest.raises(ValueError, match="audio"):
        sip.media_address("v=0")


def test_a_number_is_read_from_an_address() -> None:
    """With a name before it or without."""
    assert sip.user_in('"Anna" <sip:+37120000001@127.0.0.1>;tag=a') == "+37120000001"
    assert sip.user_in("sip:a-1@127.0.0.1;transport=udp") == "a-1"


def test_sound_survives_a_law() -> None:
    """Every byte of A-law is its own nearest byte."""
    everything = bytes(range(256))
    assert g711.encode(g711.decode(everything)) == everything
    assert g711.loudness(bytes([g711.SILENCE]) * 100) < 0.001
