"""OpenID Connect: the institution's own log-in says who somebody is (code flow with PKCE).

Nothing that the browser brings back is believed: the state must be the one that was sealed for it,
the code is changed for a token at the issuer itself, and the token must be signed by the issuer,
for us, just now, and for this very log-in (its nonce). OpenID Connect Core 1.0; RFC 7636, 9207.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import quote_plus, urlencode

import msgspec
from aiohttp import ClientError, ClientSession, ClientTimeout
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from agents_ui.shell.port import Unavailable, Unproven

ANSWER_S = 10.0
KNOWN_S = 3600.0
"""So long what an issuer says of itself is remembered."""

LEEWAY_S = 60
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"]
"""None that a client's secret could sign by, and not "none"."""

ANSWER_BYTES = 1_000_000

INSTITUTION, ONE_FACTOR = "oidc", "oidc-single"
"""How such a log-in counts: as two factors where the issuer says so, else as one."""

_HERE = r"(127\.[0-9.]+|\[::1\]|localhost)"

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=500)]


class Provider(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One of the file that `CC_OIDC` names. `grants`: the roles of each group's members, as written
    for `contactcentre user grant`; without any, roles are given here. `second_factor`: the claims
    by which the issuer says that there was one, and the values that say so (`amr`: RFC 8176;
    `acr`: as agreed with the issuer, and asked for). What says nothing counts as one factor."""

    label: Text
    issuer: Annotated[str, msgspec.Meta(pattern=rf"^(https://|http://{_HERE}[:/])[^?#]+$")]
    client_id: Text
    client_secret: str = ""
    scope: str = "openid profile"
    groups_claim: str = "groups"
    second_factor: Mapping[str, Sequence[str]] = msgspec.field(
        default_factory=lambda: {"amr": ("mfa",)}
    )
    grants: Mapping[str, Sequence[str]] = {}

    def proof(self, claims: Mapping[str, Any]) -> str:
        """How a log-in with these claims counts."""
        named = self.second_factor.items()
        said = any(_values(claims.get(name)) & {*right} for name, right in named)
        return INSTITUTION if said else ONE_FACTOR


@dataclass(frozen=True, slots=True, kw_only=True)
class FreshLogIn:
    """A log-in that unlocks a page: of that user, who must log in at the provider anew."""

    user_id: str
    asked_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeFlow:
    """A log-in that is under way at a provider; sealed, it waits in the browser."""

    provider: str
    state: str
    nonce: str
    verifier: str
    again: FreshLogIn | None = None

    @classmethod
    def fresh(cls, provider: str, again: FreshLogIn | None = None) -> CodeFlow:
        """With secrets of its own."""
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        return cls(provider=provider, state=state, nonce=nonce, verifier=verifier, again=again)


@dataclass(frozen=True, slots=True)
class _Issuer:
    said: Mapping[str, Any]
    keys: KeySet
    at: float


class Providers:
    """The issuers, by their names in the file."""

    def __init__(
        self, providers: Mapping[str, Provider], clock: Callable[[], float] = time.time
    ) -> None:
        self.of = providers
        self._clock = clock
        self._issuers: dict[str, _Issuer] = {}  # one for each of the file

    async def address(self, flow: CodeFlow, redirect: str) -> str:
        """Where the browser goes. Raises Unavailable, or LookupError for no such provider."""
        provider = self.of[flow.provider]
        issuer = await self._issuer(flow.provider)
        digest = hashlib.sha256(flow.verifier.encode()).digest()
        asked = {
            "response_type": "code",
            "client_id": provider.client_id,
            "redirect_uri": redirect,
            "scope": provider.scope,
            "state": flow.state,
            "nonce": flow.nonce,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        if acr := provider.second_factor.get("acr"):
            asked["acr_values"] = " ".join(acr)
        if flow.again is not None:
            asked |= {"prompt": "login", "max_age": "0"}
        return f"{issuer.said['authorization_endpoint']}?{urlencode(asked)}"

    async def claims(
        self, flow: CodeFlow, answer: Mapping[str, str], redirect: str
    ) -> Mapping[str, Any]:
        """What the issuer says of who came back. Raises Unproven or Unavailable."""
        provider = self.of.get(flow.provider)
        if provider is None or not hmac.compare_digest(
            answer.get("state", "").encode(), flow.state.encode()
        ):
            raise Unproven
        issuer = await self._issuer(flow.provider)
        asked_for = issuer.said.get("authorization_response_iss_parameter_supported") is True
        if (asked_for or "iss" in answer) and answer.get("iss") != provider.issuer:
            raise Unproven
        token = await self._token(provider, issuer, flow, answer.get("code", ""), redirect)
        return await self._checked(flow, token)

    async def _token(
        self, provider: Provider, issuer: _Issuer, flow: CodeFlow, code: str, redirect: str
    ) -> str:
        given = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect,
            "code_verifier": flow.verifier,
            "client_id": provider.client_id,
        }
        said = await _ask(issuer.said["token_endpoint"], data=given, auth=_basic(provider))
        if not isinstance(token := said.get("id_token"), str):
            raise Unproven
        return token

    async def _checked(self, flow: CodeFlow, token: str) -> Mapping[str, Any]:
        provider = self.of[flow.provider]
        rules = jwt.JWTClaimsRegistry(
            now=lambda: int(self._clock()),
            leeway=LEEWAY_S,
            iss={"essential": True, "value": provider.issuer},
            aud={"essential": True, "value": provider.client_id},
            nonce={"essential": True, "value": flow.nonce},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
        )
        try:
            issuer = await self._issuer(flow.provider)
            try:
                claims = jwt.decode(token, issuer.keys, algorithms=ALGORITHMS).claims
            except (JoseError, ValueError):  # the issuer may have another key since
                issuer = await self._issuer(flow.provider, anew=True)
                claims = jwt.decode(token, issuer.keys, algorithms=ALGORITHMS).claims
            rules.validate(claims)
        except (JoseError, ValueError):
            raise Unproven from None
        if isinstance(claims["aud"], list) and claims.get("azp") != provider.client_id:
            raise Unproven
        if flow.again is not None and not _since(claims, flow.again.asked_at - LEEWAY_S):
            raise Unproven
        return claims

    async def _issuer(self, name: str, *, anew: bool = False) -> _Issuer:
        known, now = self._issuers.get(name), self._clock()
        if known is not None and not anew and now - known.at < KNOWN_S:
            return known
        issuer = self.of[name].issuer
        said = await _ask(issuer.rstrip("/") + "/.well-known/openid-configuration")
        if said.get("issuer") != issuer:
            raise Unavailable
        keys = KeySet.import_key_set(await _ask(str(said["jwks_uri"])))  # type: ignore[arg-type]
        self._issuers[name] = _Issuer(said, keys, now)
        return self._issuers[name]


def _values(claim: object) -> frozenset[str]:
    found = claim if isinstance(claim, list) else [claim]
    return frozenset(one for one in found if isinstance(one, str))


def _since(claims: Mapping[str, Any], at: float) -> bool:
    """Whether they have logged in there since: not by what the issuer remembered of them."""
    told = claims.get("auth_time")
    return isinstance(told, int | float) and told >= at


def _basic(provider: Provider) -> str:
    """As RFC 6749, 2.3.1, has a client name itself."""
    both = f"{quote_plus(provider.client_id)}:{quote_plus(provider.client_secret)}"
    return "Basic " + base64.b64encode(both.encode()).decode()


async def _ask(
    url: str, *, data: Mapping[str, str] | None = None, auth: str = ""
) -> dict[str, Any]:
    """A JSON object of an issuer. Raises Unproven (refused) or Unavailable (away)."""
    timeout = ClientTimeout(total=ANSWER_S)
    headers = {"Authorization": auth} if auth else {}
    try:
        async with (
            ClientSession(timeout=timeout) as client,
            client.request(
                "GET" if data is None else "POST",
                url,
                data=data,
                headers=headers,
                allow_redirects=False,
            ) as answer,
        ):
            body = await answer.content.read(ANSWER_BYTES)
            status = answer.status
    except (ClientError, TimeoutError, OSError):
        raise Unavailable from None
    if status >= 500:
        raise Unavailable
    try:
        said = json.loads(body)
    except ValueError:
        raise Unavailable from None
    if status != 200 or not isinstance(said, dict):
        raise Unproven
    return said
