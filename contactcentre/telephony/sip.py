"""As much of SIP as a plain telephone speaks: messages, digest log-in, session descriptions.

Pure: bytes in, bytes out. Source: RFC 3261, RFC 8760 with RFC 7616, RFC 4566.
"""

import hashlib
import re
import secrets
from dataclasses import dataclass

# The dynamic payload type that we give to RFC 4733 telephone events.
EVENTS = 101
PCMU, PCMA = 0, 8

_KINDS = {PCMU: "PCMU", PCMA: "PCMA"}

Header = tuple[str, str]

DIGEST = "SHA-256"

_ANSWER = re.compile(r"SIP/2\.0 ([1-6][0-9]{2})( |$)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """One request or response; header names are compared without case."""

    first: str
    headers: tuple[Header, ...]
    body: str = ""

    @property
    def status(self) -> int | None:
        """The response's code; None of a request."""
        answer = _ANSWER.match(self.first)
        return int(answer[1]) if answer else None

    @property
    def method(self) -> str:
        """The request's method, or that of the request which the response answers."""
        return self.header("CSeq").split()[-1]

    def header(self, name: str) -> str:
        """The first header of that name, "" when there is none."""
        return next(iter(self.all(name)), "")

    def all(self, name: str) -> list[str]:
        """Every header of that name."""
        return [value for key, value in self.headers if key.lower() == name.lower()]

    def encode(self) -> bytes:
        """The message as it goes over the wire."""
        body = self.body.encode()
        lines = [self.first, *(f"{name}: {value}" for name, value in self.headers)]
        return "\r\n".join((*lines, f"Content-Length: {len(body)}", "", "")).encode() + body


def parse(data: bytes) -> Message:
    """One datagram; `ValueError` when it is not a SIP message."""
    head, _, body = data.decode(errors="replace").partition("\r\n\r\n")
    first, *lines = head.split("\r\n")
    headers = [line.partition(":") for line in lines]
    known = _ANSWER.match(first) or first.endswith(" SIP/2.0")
    if not known or not all(colon for _, colon, _ in headers):
        raise ValueError("not a SIP message")
    pairs = tuple((name.strip(), value.strip()) for name, _, value in headers)
    message = Message(
        first=first,
        headers=tuple(pair for pair in pairs if pair[0].lower() != "content-length"),
        body=body,
    )
    if not message.header("CSeq") or not message.header("Call-ID"):
        raise ValueError("not a SIP message")
    return message


def response(request: Message, status: str, *headers: Header, tag: str, body: str = "") -> Message:
    """The answer to a request; `status` as in "200 OK"."""
    kept = [("Via", via) for via in request.all("Via")]
    kept += [("Record-Route", route) for route in request.all("Record-Route")]
    to = request.header("To")
    kept += [("From", request.header("From")), ("To", to if ";tag=" in to else f"{to};tag={tag}")]
    kept += [(name, request.header(name)) for name in ("Call-ID", "CSeq")]
    return Message(first=f"SIP/2.0 {status}", headers=(*kept, *headers), body=body)


def authorization(challenge: str, method: str, uri: str, user: str, secret: str) -> str:
    """The Authorization header that answers a WWW-Authenticate header (SHA-256, qop=auth).

    Raises `ValueError` where another digest is asked for: a weaker one is not spoken.
    """
    asked = dict(re.findall(r'(\w+)="?([^",]+)"?', challenge))
    if asked.get("algorithm") != DIGEST:
        raise ValueError(f"a log-in by {asked.get('algorithm', 'MD5')}, not by {DIGEST}")
    realm, nonce = asked["realm"], asked["nonce"]
    client_nonce = secrets.token_hex(8)
    ours = _hash(f"{user}:{realm}:{secret}")
    answer = _hash(f"{ours}:{nonce}:00000001:{client_nonce}:auth:{_hash(f'{method}:{uri}')}")
    parts = [f'username="{user}"', f'realm="{realm}"', f'nonce="{nonce}"', f'uri="{uri}"']
    parts += [f'response="{answer}"', f"algorithm={DIGEST}", "qop=auth", "nc=00000001"]
    parts += [f'cnonce="{client_nonce}"']
    if "opaque" in asked:
        parts.append(f'opaque="{asked["opaque"]}"')
    return "Digest " + ", ".join(parts)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def offer(
    host: str, port: int, direction: str = "sendrecv", *, events: bool = True, kind: int = PCMA
) -> str:
    """A session description: A-law or µ-law and, as `events` of their own, keys at `host:port`."""
    lines = ["v=0", f"o=- 1 1 IN IP4 {host}", "s=-", f"c=IN IP4 {host}", "t=0 0"]
    kinds = f"{kind} {EVENTS}" if events else f"{kind}"
    lines += [f"m=audio {port} RTP/AVP {kinds}", f"a=rtpmap:{kind} {_KINDS[kind]}/8000"]
    if events:
        lines += [f"a=rtpmap:{EVENTS} telephone-event/8000", f"a=fmtp:{EVENTS} 0-16"]
    return "\r\n".join((*lines, "a=ptime:20", f"a={direction}", ""))


def takes(description: str, kind: int) -> bool:
    """Whether sound of that kind is among what the other side offers."""
    found = re.search(r"^m=audio \d+ \S+((?: \d+)+)", description, re.MULTILINE)
    return found is not None and str(kind) in found[1].split()


def media_address(description: str) -> tuple[str, int]:
    """Where the other side wants its sound; `ValueError` when it does not say."""
    host = re.search(r"^c=IN IP4 (\S+)", description, re.MULTILINE)
    port = re.search(r"^m=audio (\d+)", description, re.MULTILINE)
    if host is None or port is None:
        raise ValueError("no audio in the session description")
    return host[1], int(port[1])


def uri_in(header: str) -> str:
    """The address of a From, To or Contact header."""
    found = re.search(r"<([^>]+)>", header)
    return found[1] if found else header.split(";")[0].strip()


def user_in(header: str) -> str:
    """The part of that address before the @."""
    return uri_in(header).partition(":")[2].partition("@")[0]
