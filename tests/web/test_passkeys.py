"""Passkeys: made on one's own page, and logging in by them; an authenticator of our own answers."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field, replace

import cbor2
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

from lab.pages.people import PASSWORD

pytestmark = pytest.mark.web
HTML = {"Accept": "text/html"}
ORIGIN = "http://localhost"
PRESENT, VERIFIED, ATTESTED = 1, 4, 64


@pytest.fixture
def settings(settings):
    """A panel at a name where browsers make passkeys."""
    return replace(settings, origin=ORIGIN)


@dataclass
class Authenticator:
    """A key that does what it is told, rightly unless told otherwise."""

    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    name: bytes = b"passkey of a test"
    counter: int = 0
    origin: str = ORIGIN
    site: str = "localhost"
    flags: int = PRESENT | VERIFIED

    def make(self, options):
        """What a browser answers to an offer to make one."""
        point = self.key.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: _bytes(point.x), -3: _bytes(point.y)}
        length = len(self.name).to_bytes(2, "big")
        made = bytes(16) + length + self.name + cbor2.dumps(public)
        attested = cbor2.dumps(
            {"fmt": "none", "attStmt": {}, "authData": self._data(ATTESTED) + made}
        )
        client = self._client("webauthn.create", options)
        return self._answer(
            {"clientDataJSON": bytes_to_base64url(client),
             "attestationObject": bytes_to_base64url(attested)}
        )  # fmt: skip

    def use(self, options):
        """What a browser answers that wants in."""
        self.counter += 1
        data, client = self._data(0), self._client("webauthn.get", options)
        signed = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(
            {"clientDataJSON": bytes_to_base64url(client),
             "authenticatorData": bytes_to_base64url(data),
             "signature": bytes_to_base64url(signed)}
        )  # fmt: skip

    def _data(self, more):
        site = hashlib.sha256(self.site.encode()).digest()
        return site + bytes([self.flags | more]) + self.counter.to_bytes(4, "big")

    def _client(self, kind, options):
        what = {"type": kind, "challenge": options["challenge"], "origin": self.origin}
        return json.dumps({**what, "crossOrigin": False}).encode()

    def _answer(self, response):
        name = bytes_to_base64url(self.name)
        whole = {"id": name, "rawId": name, "type": "public-key", "response": response}
        return json.dumps({**whole, "clientExtensionResults": {}})


def _bytes(number):
    return number.to_bytes(32, "big")


async def make(browser, csrf, key, **changes):
    """Make a passkey on one's own page; what the page answers."""
    form = {"csrf": csrf(browser), "password": PASSWORD}
    offer = await (await browser.post("/account/passkeys/offer", data=form)).json()
    form = {"csrf": csrf(browser), "ticket": offer["ticket"], "name": "Mans tālrunis"}
    form["credential"] = key.make(offer["options"])
    return await browser.post(
        "/account/passkeys", data={**form, **changes}, headers=HTML, allow_redirects=False
    )


async def ask(browser):
    """The log-in page's offer, and the form that goes with it."""
    page = await (await browser.get("/login", headers=HTML)).text()
    csrf = re.search(r'name="csrf" value="([^"]+)"', page)[1]
    offer = await (await browser.post("/login/passkey/offer", data={"csrf": csrf})).json()
    return offer["options"], {"csrf": csrf, "ticket": offer["ticket"]}


async def enter_by(browser, key):
    options, form = await ask(browser)
    form["credential"] = key.use(options)
    return await browser.post("/login/passkey", data=form, headers=HTML, allow_redirects=False)


async def test_a_passkey_is_a_whole_log_in(enter, csrf):
    """Made once, it opens a session without name, password or code; recovery codes came with it."""
    key = Authenticator()
    answer = await make(await enter("talking"), csrf, key)
    assert len(re.findall(r"<li><code>", await answer.text())) == 10
    browser = await enter(None)
    answer = await enter_by(browser, key)
    assert (answer.status, answer.headers["Location"]) == (303, "/desk")
    page = await (await browser.get("/account", headers=HTML)).text()
    assert "Mans tālrunis" in page


async def test_it_is_a_second_factor_too(enter, csrf):
    """With a passkey the password alone opens nothing; the passkey does at the second step."""
    key = Authenticator()
    await make(await enter("talking"), csrf, key)
    browser = await enter(None)
    page = await (await browser.get("/login", headers=HTML)).text()
    token = re.search(r'name="csrf" value="([^"]+)"', page)[1]
    form = {"csrf": token, "username": "talking", "password": PASSWORD}
    answer = await browser.post("/login", data=form, allow_redirects=False)
    assert answer.headers["Location"] == "/login/code"
    assert 'id="passkey-form"' in await (await browser.get("/login/code", headers=HTML)).text()
    assert (await enter_by(browser, key)).headers["Location"] == "/desk"


async def test_several_of_one_person(enter, csrf, world):
    """Each has its name, each is removed alone; without any the password is enough again."""
    browser = await enter("talking")
    keys = [Authenticator(name=name) for name in (b"first of these", b"second of these")]
    for key in keys:
        await make(browser, csrf, key)
    for key in keys:
        form = {"csrf": csrf(browser), "password": PASSWORD}
        form["passkey"] = bytes_to_base64url(key.name)
        answer = await browser.post("/account/passkeys/remove", data=form, allow_redirects=False)
        assert answer.status == 303
    assert (await enter_by(await enter(None), keys[0])).status == 401
    assert await world.accounts.log_in("talking", PASSWORD, address="a")


async def test_nobody_removes_anothers(enter, csrf):
    """A passkey belongs to one account."""
    key = Authenticator()
    await make(await enter("talking"), csrf, key)
    other = await enter("idle")
    form = {"csrf": csrf(other), "password": PASSWORD, "passkey": bytes_to_base64url(key.name)}
    assert (await other.post("/account/passkeys/remove", data=form)).status == 409
    assert (await make(other, csrf, key)).status == 400
    assert (await enter_by(await enter(None), key)).status == 303


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "https://panel.test"},
        {"origin": "http://localhost.evil.test"},
        {"site": "evil.test"},
        {"flags": PRESENT},
        {"flags": VERIFIED},
    ],
)
async def test_what_is_not_for_us(enter, csrf, wrong):
    """Another site, another origin, or a user who was not verified: neither made nor let in."""
    assert (await make(await enter("talking"), csrf, Authenticator(**wrong))).status == 400
    key = Authenticator()
    await make(await enter("talking"), csrf, key)
    assert (await enter_by(await enter(None), replace(key, **wrong))).status == 401


async def test_anothers_key(enter, csrf):
    """The name of a passkey without its key opens nothing."""
    await make(await enter("talking"), csrf, Authenticator())
    assert (await enter_by(await enter(None), Authenticator(counter=9))).status == 401


async def test_an_answer_counts_once(enter, csrf):
    """Whoever has seen the answer can't send it again, whatever its counter says."""
    key = Authenticator()
    await make(await enter("talking"), csrf, key)
    options, form = await ask(await enter(None))
    key.counter = -1  # authenticators that sync do not count: always 0
    form["credential"] = key.use(options)
    statuses = []
    for browser in (await enter(None), await enter(None)):
        _, own = await ask(browser)
        answer = await browser.post(
            "/login/passkey", data={**form, "csrf": own["csrf"]}, allow_redirects=False
        )
        statuses.append(answer.status)
    assert statuses == [303, 401]


async def test_a_counter_that_goes_back(enter, csrf):
    """A copy of the key that has fallen behind is refused."""
    key = Authenticator()
    await make(await enter("talking"), csrf, key)
    for _ in range(3):
        assert (await enter_by(await enter(None), key)).status == 303
    key.counter = 1
    assert (await enter_by(await enter(None), key)).status == 401


async def test_an_answer_to_another_challenge(enter, csrf):
    """A ticket goes with its own challenge, and one for making a passkey opens nothing."""
    key = Authenticator()
    mine = await enter("talking")
    await make(mine, csrf, key)
    form = {"csrf": csrf(mine), "password": PASSWORD}
    making = await (await mine.post("/account/passkeys/offer", data=form)).json()
    browser = await enter(None)
    _, form = await ask(browser)
    other, _ = await ask(browser)
    for ticket, asked in ((form["ticket"], other), (making["ticket"], making["options"])):
        form |= {"ticket": ticket, "credential": key.use(asked)}
        assert (await browser.post("/login/passkey", data=form)).status == 401


async def test_a_switched_off_account(enter, csrf, world):
    """Its passkeys open nothing."""
    key = Authenticator()
    await make(await enter("talking"), csrf, key)
    await world.accounts.set_active("talking", active=False)
    assert (await enter_by(await enter(None), key)).status == 401


async def test_anothers_offer_makes_nothing(enter, csrf):
    """What one person was offered, another can't take up."""
    theirs = await enter("idle")
    form = {"csrf": csrf(theirs), "password": PASSWORD}
    offer = await (await theirs.post("/account/passkeys/offer", data=form)).json()
    key = Authenticator()
    answer = await make(
        await enter("talking"), csrf, key,
        ticket=offer["ticket"], credential=key.make(offer["options"]),
    )  # fmt: skip
    assert answer.status == 400


async def test_the_password_is_asked_for(enter, csrf):
    """An open desk is not enough to make a passkey."""
    browser = await enter("talking")
    form = {"csrf": csrf(browser), "password": "another"}
    answer = await browser.post("/account/passkeys/offer", data=form)
    assert (answer.status, await answer.json()) == (403, {"error": "password"})


@pytest.mark.parametrize(
    "credential",
    ["", "{}", "[]", "null", "[" * 9000, '{"id":"a","rawId":"%","type":"public-key"}', "\u0101",
     '{"id":"YQ","rawId":"YQ","type":"public-key","response":{"clientDataJSON":"é",'
     '"authenticatorData":"","signature":"","userHandle":"a"}}'],
)  # fmt: skip
async def test_what_no_browser_sends(enter, csrf, credential):
    """Refused, and no fault of ours."""
    mine, browser = await enter("talking"), await enter(None)
    assert (await make(mine, csrf, Authenticator(), credential=credential)).status == 400
    _, form = await ask(browser)
    answer = await browser.post("/login/passkey", data={**form, "credential": credential})
    assert answer.status == 401
    assert 'role="alert"' in await answer.text()


async def test_no_name_is_told(enter, csrf):
    """The log-in's offer is the same for everybody: it names no account and no passkey."""
    await make(await enter("talking"), csrf, Authenticator())
    options, _ = await ask(await enter(None))
    assert options["allowCredentials"] == []
    assert len(base64url_to_bytes(options["challenge"])) == 32
    assert options["userVerification"] == "required"
