"""What a card lacks: asked of its owner by a link, reported by agents, settled by editors."""

from __future__ import annotations

import json
import re

import pytest
from sqlalchemy import select, update

from agents_ui.shell.port import Grant
from contactcentre.core.agent.state import State
from contactcentre.core.config import document
from contactcentre.core.values import replace
from contactcentre.features.catalogue.document import Service
from contactcentre.features.catalogue.search import SearchIndex
from contactcentre.features.upkeep import asking, link
from contactcentre.storage import documents
from contactcentre.storage import tables as models
from lab.pages.people import AGENTS, PASSWORD

pytestmark = pytest.mark.web

CARD = "PMLP-PASE"
QUESTION = "Vai pasi var saņemt cits cilvēks ar pilnvaru?"
ANSWER = "Nē: pase jāsaņem personīgi.\nTālrunis jautājumiem: 67209400."


@pytest.fixture
async def editors(world):
    """Who edits the cards of one institution, and of another, by their log-ins."""

    async def make(name, institution):
        user_id = await world.accounts.create_user(
            name, PASSWORD, name=f"Redaktore {institution}", role="editor", centre_id="ludza"
        )
        grants = {Grant(role="editor", realm=("institution", institution))}
        await world.accounts.set_grants(user_id, grants, by="shell")

    await make("pmlp", "PMLP")
    await make("vsaa", "VSAA")


@pytest.fixture
def post(csrf):
    """Send to a page or to the desk: status and what was answered."""

    async def send(browser, path, body, *, form=False):
        headers = {"X-CSRF": csrf(browser)}
        sent = {"data": body} if form else {"json": body}
        async with browser.post(path, headers=headers, allow_redirects=False, **sent) as answer:
            text = await answer.text()
            return answer.status, text if form else (json.loads(text) if text else None)

    return send


@pytest.fixture
async def ask(enter, post, world):
    """A question from the desk of somebody who talks."""
    browser = await enter("talking")

    async def send(**changes):
        body = {"call_id": world.call_of("talking").call_id, "code": CARD, "question": QUESTION}
        return await post(browser, "/desk/enquiry", {**body, **changes})

    return send


async def rows(world, table):
    async with world.database.connect() as connection:
        return (await connection.execute(select(table))).mappings().all()


async def set_owner(enter, post, **given):
    """The editor writes down whom to ask."""
    editor = await enter("pmlp")
    body = {"institution": "PMLP", "mail": "pase@pmlp.example", "hours": "8", **given}
    assert (await post(editor, "/upkeep/owner", body, form=True))[0] == 303
    return editor


async def secret_of(world):
    """As the letter has it."""
    letters = await rows(world, models.outbox)
    return re.search(r"/answer#(\S+)", letters[-1]["body"]).group(1)


@pytest.fixture
async def stranger(enter):
    """Says something from the page of an answer, in a browser that nobody has logged in."""
    browser = await enter(None)
    async with browser.get("/answer") as answer:
        page = await answer.text()
    token = json.loads(re.search(r'id="config">(.*?)</script>', page).group(1))["csrf"]

    async def say(path, **body):
        headers = {"X-CSRF": token}
        async with browser.post(path, json=body, headers=headers) as answer:
            return answer.status, await answer.json()

    return say


async def test_from_the_desk_to_the_owner_and_back_onto_the_card(
    enter, post, ask, world, editors, stranger
):
    """Asked in a talk, mailed with a link, answered there without a log-in, read on the desk, and
    taken into the card: from then on the search finds the card by the question."""
    editor = await set_owner(enter, post)
    status, said = await ask(wants_call=True)
    assert (status, said["refused"]) == (200, "")
    (letter,) = await rows(world, models.outbox)
    (asked,) = await rows(world, models.enquiries)
    assert (letter["to"], letter["personal"]) == ("pase@pmlp.example", False)
    assert QUESTION in letter["body"]
    assert said["due_at"] == asked["due_at"] > asked["asked_at"]
    call = world.call_of("talking")
    for private in (call.caller[-8:], call.call_id, AGENTS["talking"].name):
        assert private not in letter["body"] + letter["subject"]

    secret = await secret_of(world)
    assert secret not in str([dict(one) for one in await rows(world, models.enquiries)])
    status, question = await stranger("/answer/read", secret=secret)
    assert status == 200
    assert question["question"] == QUESTION
    assert question.keys() == {"card", "service", "question", "due_at", "expires_at"}
    assert (await stranger("/answer/give", secret=secret, text=ANSWER)) == (200, {"refused": ""})
    assert (await stranger("/answer/give", secret=secret, text="x"))[0] == 404
    assert (await stranger("/answer/read", secret=secret))[0] == 404

    await world.upkeep.watch.look()
    (memo,) = world.desk("talking").memos
    assert (memo.kind, memo.by) == ("answered", "PMLP")
    agent = await enter("talking")
    async with agent.get("/desk/upkeep") as answer:
        (own,) = (await answer.json())["enquiries"]
    assert (own["answer"], own["question"]) == (ANSWER, QUESTION)

    (row,) = await rows(world, models.enquiries)
    shorter = "Vai pasi var saņemt ar pilnvaru?"
    body = {"enquiry": row["enquiry_id"], "language": "lv", "question": shorter, "answer": ANSWER}
    assert (await post(editor, "/upkeep/accept", body, form=True))[0] == 303
    async with world.database.connect() as connection:
        cards = await documents.read(connection, models.services)
    (card,) = (one for one in cards if one["code"] == CARD)
    (pair,) = card["answers"]
    assert (pair["question"], pair["answer"]) == (shorter, ANSWER)
    read = document.read(Service, card, CARD)
    others = [document.read(Service, one, "") for one in cards if one["code"] != CARD]
    found = SearchIndex([*others, read]).search("saņemt ar pilnvaru", locale="lv")
    assert found[0].code == CARD
    assert found[0].answers[0].question == shorter
    actions = [one["action"] for one in await rows(world, models.audit)]
    assert {"enquiry.asked", "enquiry.answered", "enquiry.accepted"} < set(actions)
    changed = [
        json.loads(one["details"])
        for one in await rows(world, models.audit)
        if one["object"] == f"services/{CARD}"
    ]
    assert "before" in changed[-1]
    assert changed[-1]["after"]["answers"][0]["question"] == shorter


async def test_a_citizen_who_waits_is_promised_the_call(ask, world, editors, enter, post):
    """By the answer, once, at the number of the contact, whenever the service looks."""
    assert (await ask(wants_call=True))[1]["refused"] == ""
    call = world.call_of("talking")
    contact = {
        **dict((await rows(world, models.contacts))[0]),
        "call_id": call.call_id,
        "caller": call.caller,
        "queue": call.queue,
        "matter": call.queue,
        "forgotten_at": None,
    }
    async with world.database.begin() as connection:
        await connection.execute(models.contacts.insert(), contact)
    (row,) = await rows(world, models.enquiries)
    body = {"enquiry": row["enquiry_id"], "answer": ANSWER}
    assert (await post(await enter("pmlp"), "/upkeep/answer", body, form=True))[0] == 303
    for _ in range(2):
        await world.upkeep.watch.look()
    (promise,) = [
        one
        for one in world.world.calls.values()
        if one.callback is not None and one.callback.asked_in == call.call_id
    ]
    assert (promise.caller, promise.callback.given.agent_id) == (
        call.caller,
        AGENTS["talking"].agent_id,
    )
    assert promise.record.note.startswith("PMLP: Nē")


@pytest.mark.parametrize(
    "question",
    [
        "Vai 010180-12345 pienākas?",
        "Zvaniet 29 123 445",
        "LV80BANK0000435195001",
        "4111111111111111",
    ],
)
async def test_nothing_of_a_citizen_leaves_the_house(ask, world, question):
    """What looks like a code, an account, a card or a number is refused, and its kind told."""
    status, said = await ask(question=question)
    assert (status, said["refused"]) == (200, "personal")
    assert len(said["found"]) == 1
    assert await rows(world, models.enquiries) == []


@pytest.mark.parametrize(
    ("changes", "status", "reason"),
    [
        ({"code": "NOTHING"}, 404, ""),
        ({"call_id": "c-none"}, 404, ""),
        ({"question": " \n"}, 200, "length"),
        ({"question": "ā" * 1_001}, 200, "length"),
        ({"question": "a\0b"}, 400, ""),
    ],
)
async def test_one_question_of_ones_own_call(ask, enter, world, changes, status, reason):
    """About a card that there is."""
    got, said = await ask(**changes)
    assert (got, said.get("refused", "")) == (status, reason)
    await enter("held")
    assert (await ask(call_id=world.call_of("held").call_id))[0] == 404
    assert await rows(world, models.enquiries) == []


async def test_so_often_in_a_call(ask, world):
    """Then no more: an owner is no search. The same once more is the same."""
    for number in range(asking.MOST_OF_CALL):
        for _ in range(2):
            assert (await ask(question=f"Un {number}?"))[1]["refused"] == ""
    assert len(await rows(world, models.enquiries)) == asking.MOST_OF_CALL
    assert (await ask())[1]["refused"] == "often"


async def test_a_caller_without_a_number_is_promised_nothing(ask, world):
    """The question may be put all the same."""
    call = world.call_of("talking")
    world.world.calls[call.call_id] = replace(call, caller=None)
    assert (await ask(wants_call=True))[1]["refused"] == "no-number"
    assert (await ask())[1]["refused"] == ""


async def test_links_end(ask, world, editors, enter, post, stranger):
    """By time, by a newer one, by an editor's word; and each looks the same to who tries it."""
    editor = await set_owner(enter, post)
    await ask()
    (row,) = await rows(world, models.enquiries)
    first, key = await secret_of(world), {"enquiry": row["enquiry_id"]}
    assert (await post(editor, "/upkeep/send", key, form=True))[0] == 303
    second = await secret_of(world)
    missing = await stranger("/answer/read", secret="x" * 43)
    assert await stranger("/answer/read", secret=first) == missing
    assert (await stranger("/answer/read", secret=second))[0] == 200
    assert (await post(editor, "/upkeep/revoke", key, form=True))[0] == 303
    assert await stranger("/answer/read", secret=second) == missing
    assert (await post(editor, "/upkeep/send", key, form=True))[0] == 303
    third = await secret_of(world)
    async with world.database.begin() as connection:
        await connection.execute(update(models.enquiries).values(expires_at=1.0))
    assert await stranger("/answer/give", secret=third, text=ANSWER) == missing
    assert missing == (404, {"error": "not-found"})
    assert await stranger("/answer/read", secret="") == missing


async def test_a_stranger_who_guesses_is_slowed_down(stranger, monkeypatch):
    """So many tries of one place, whatever they say; more in a while."""
    for _ in range(link.TRIES):
        assert (await stranger("/answer/read", secret="guess"))[0] == 404
    assert (await stranger("/answer/read", secret="guess"))[0] == 429


async def test_another_page_can_not_answer(ask, world, editors, enter, post):
    """Without the page's own token nothing is taken, nor from another origin."""
    await set_owner(enter, post)
    await ask()
    body = {"secret": await secret_of(world), "text": ANSWER}
    browser = await enter(None)
    for headers in ({}, {"X-CSRF": "x"}, {"Origin": "https://evil.example"}):
        async with browser.post("/answer/give", json=body, headers=headers) as answer:
            assert answer.status == 403
    assert (await rows(world, models.enquiries))[0]["answered_at"] is None


async def test_an_answer_names_nobody(ask, world, editors, enter, post, stranger):
    """A personal code in it is refused, and the link stays good."""
    await set_owner(enter, post)
    await ask()
    secret = await secret_of(world)
    said = await stranger("/answer/give", secret=secret, text="Personai 010180-12345 jā.")
    assert said == (200, {"refused": "personal"})
    assert await stranger("/answer/give", secret=secret, text=" ") == (200, {"refused": "length"})
    assert (await stranger("/answer/give", secret=secret, text=ANSWER))[1] == {"refused": ""}


async def test_editors_of_another_institution_see_and_do_nothing(ask, world, editors, enter, post):
    """What is not theirs is not there; a supervisor of the agent's centre reads, and changes
    nothing."""
    await ask()
    (row,) = await rows(world, models.enquiries)
    other, own = await enter("vsaa"), await enter("pmlp")
    async with other.get("/upkeep") as answer:
        assert QUESTION not in await answer.text()
    async with own.get("/upkeep") as answer:
        assert QUESTION in await answer.text()
    body = {"enquiry": row["enquiry_id"], "answer": ANSWER, "why": "x"}
    for path in ("answer", "close", "send", "revoke", "accept"):
        status, page = await post(other, f"/upkeep/{path}", body, form=True)
        assert status == 400
        assert QUESTION not in page
    status, _ = await post(other, "/upkeep/owner", {"institution": "PMLP"}, form=True)
    assert status == 400
    user_id = await world.accounts.create_user(
        "leads", PASSWORD, name="Vadītāja", role="agent", centre_id="talking"
    )
    for place, seen in (("talking", True), ("ludza", False)):
        grants = {Grant(role="supervisor", realm=("centre", place))}
        await world.accounts.set_grants(user_id, grants, by="shell")
        leader = await enter("leads")
        async with leader.get("/upkeep") as answer:
            assert (QUESTION in await answer.text()) is seen
        assert (await post(leader, "/upkeep/close", body, form=True))[0] == 403
    assert (await rows(world, models.enquiries))[0]["over_at"] is None


async def test_late_answers_are_counted_and_told(ask, world, editors, enter, post):
    """At the due time, not before; closed or answered, no more."""
    await ask()
    await world.upkeep.watch.look()
    assert world.upkeep.watch.late == 0
    async with world.database.begin() as connection:
        await connection.execute(update(models.enquiries).values(due_at=1.0))
    await world.upkeep.watch.look()
    assert world.upkeep.watch.late == 1
    assert [one.code for one in world.upkeep.watch.alarms()] == ["enquiries-late"]
    (row,) = await rows(world, models.enquiries)
    body = {"enquiry": row["enquiry_id"], "why": "Atbilde ir kartītē"}
    assert (await post(await enter("pmlp"), "/upkeep/close", body, form=True))[0] == 303
    await world.upkeep.watch.look()
    assert world.upkeep.watch.late == 0
    agent = await enter("talking")
    async with agent.get("/desk/upkeep") as answer:
        (own,) = (await answer.json())["enquiries"]
    assert (own["answered_at"], own["over_why"]) == (None, "Atbilde ir kartītē")
    assert [one.kind for one in world.desk("talking").memos] == ["answered"]


async def test_whoever_is_not_there_is_told_on_coming_back(ask, world, editors, enter, post):
    """An answer waits for its agent."""
    await ask()
    agent_id = AGENTS["talking"].agent_id
    (row,) = await rows(world, models.enquiries)
    here = world.world.agents[agent_id]
    world.world.agents[agent_id] = replace(here, state=State.LOGGED_OUT)
    body = {"enquiry": row["enquiry_id"], "answer": ANSWER}
    assert (await post(await enter("pmlp"), "/upkeep/answer", body, form=True))[0] == 303
    await world.upkeep.watch.look()
    assert (await rows(world, models.enquiries))[0]["told_at"] is None
    world.world.agents[agent_id] = here
    await world.upkeep.watch.look()
    assert (await rows(world, models.enquiries))[0]["told_at"] is not None
    assert [one.kind for one in world.desk("talking").memos] == ["answered"]


async def test_an_error_is_reported_and_settled(enter, post, world, editors):
    """The card bears a mark until an editor says what was done; the agent learns it."""
    agent, editor = await enter("talking"), await enter("pmlp")
    body = {"code": CARD, "kind": "outdated", "text": "Cena ir mainījusies"}
    assert (await post(agent, "/desk/flag", body))[1]["refused"] == ""
    assert (await post(agent, "/desk/flag", {**body, "kind": "x"}))[1]["refused"] == "kind"
    assert (await post(agent, "/desk/flag", {**body, "text": ""}))[1]["refused"] == "length"
    assert (await post(agent, "/desk/flag", {**body, "code": "NOTHING"}))[0] == 404
    status, said = await post(agent, "/desk/cards", {"codes": [CARD, "PMLP-EID"]})
    assert (status, said["flagged"]) == (200, [CARD])
    async with editor.get("/upkeep") as answer:
        assert "Cena ir mainījusies" in await answer.text()
    (flag,) = await rows(world, models.card_flags)
    settled = {"service": CARD, "flags": flag["flag_id"], "reason": "Cena labota"}
    other = await enter("vsaa")
    assert (await post(other, "/upkeep/settle", settled, form=True))[0] == 400
    assert (await post(editor, "/upkeep/settle", settled, form=True))[0] == 303
    assert (await post(editor, "/upkeep/settle", settled, form=True))[0] == 400
    await world.upkeep.watch.look()
    assert (await post(agent, "/desk/cards", {"codes": [CARD]}))[1]["flagged"] == []
    assert [one.kind for one in world.desk("talking").memos] == ["settled"]
    async with agent.get("/desk/upkeep") as answer:
        (own,) = (await answer.json())["flags"]
    assert (own["reason"], own["settled_at"] is not None) == ("Cena labota", True)
    actions = [one["action"] for one in await rows(world, models.audit)]
    assert {"card.flagged", "card.settled"} < set(actions)


async def test_what_is_reported_meanwhile_is_not_settled_along(enter, post, world, editors):
    """An editor settles what the page has shown, and no more."""
    agent, editor = await enter("talking"), await enter("pmlp")
    body = {"code": CARD, "kind": "wrong", "text": "Pirmā"}
    await post(agent, "/desk/flag", body)
    (shown,) = await rows(world, models.card_flags)
    await post(agent, "/desk/flag", {**body, "text": "Otrā"})
    settled = {"service": CARD, "flags": shown["flag_id"], "reason": "Labots"}
    assert (await post(editor, "/upkeep/settle", settled, form=True))[0] == 303
    still = [one["text"] for one in await rows(world, models.card_flags) if not one["settled_at"]]
    assert still == ["Otrā"]


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"mail": "nav"}, 400),
        ({"hours": "0"}, 400),
        ({"hours": "x"}, 400),
        ({"calendar": "nowhere"}, 400),
        ({"mail": ""}, 303),
        ({"calendar": "never", "hours": "400"}, 303),
    ],
)
async def test_whom_to_ask_is_checked(enter, post, world, editors, changes, status):
    """A fault is told on the page, which keeps what was written."""
    editor = await enter("pmlp")
    body = {"institution": "PMLP", "mail": "pase@pmlp.example", "hours": "8", **changes}
    got, page = await post(editor, "/upkeep/owner", body, form=True)
    assert got == status
    if status == 400:
        assert 'role="alert"' in page
        assert all(f'value="{text}"' in page for text in (body["mail"], body["hours"]))


async def test_without_an_address_a_question_waits(ask, world, editors, enter, post):
    """Nothing is mailed; sent again it says what is missing."""
    assert (await ask())[1]["refused"] == ""
    assert await rows(world, models.outbox) == []
    (row,) = await rows(world, models.enquiries)
    key = {"enquiry": row["enquiry_id"]}
    status, page = await post(await enter("pmlp"), "/upkeep/send", key, form=True)
    assert status == 400
    assert QUESTION in page


async def test_an_open_page_of_a_database_that_is_away(ask, world):
    """The agent is told to try again, and nothing is lost."""
    world.database_away = True
    status, _ = await ask()
    assert status == 503
    world.database_away = False
    assert (await ask())[1]["refused"] == ""


async def test_what_a_note_is_about_is_asked_without_sending_it(enter, post, world):
    """The saved note of one's own call alone is looked at; the page sends none."""
    browser, call = await enter("talking"), world.call_of("talking")
    note = "Vajag sodāmības izziņu darbam skolā."
    world.world.calls[call.call_id] = replace(call, record=replace(call.record, note=note))
    status, said = await post(browser, "/desk/from-note", {"call_id": call.call_id})
    assert (status, [card["code"] for card in said["cards"]]) == (200, ["IC-SODAM"])
    assert said["flagged"] == []
    await enter("held")
    other = {"call_id": world.call_of("held").call_id}
    assert (await post(browser, "/desk/from-note", other))[0] == 404
