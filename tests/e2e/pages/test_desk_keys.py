"""The whole of a call by the keyboard, and what is written down of it."""

from __future__ import annotations

import re

import pytest
from panel import PLACES, World, an_offer, connect
from playwright.async_api import (
    Page,
    expect,
)

from contactcentre.core import commands, events
from lab.pages.people import AGENTS

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]


KEY_S, THOUGHT_S = 0.28, 1.35
"""A key of somebody who is no typist, and the thought before an act: the keystroke-level model
(Card, Moran and Newell, The Psychology of Human-Computer Interaction, 1983)."""


class Keys:
    """Presses keys, and counts them; what is typed into a field is no act. `person_s` is how long
    a person would take."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.pressed = 0
        self.person_s = 0.0

    async def press(self, key: str) -> None:
        self.pressed += 1
        self.person_s += THOUGHT_S + KEY_S * len(key.split("+"))
        await self.page.keyboard.press(key)

    async def type(self, text: str) -> None:
        self.person_s += THOUGHT_S + KEY_S * len(text)
        await self.page.keyboard.type(text)


async def rings(world: World) -> tuple[Page, Keys]:
    """A desk at which a call rings, in the service and on the phone."""
    page = await world.open("ringing")
    world.exchange.ring(await an_offer(page))
    await expect(page.locator("body")).to_have_attribute("data-session", "incoming")
    return page, Keys(page)


async def answered(world: World, keys: Keys) -> None:
    """One act: from here on the note has the keys."""
    await keys.press("Enter")
    await connect(keys.page, world.exchange)
    world.stage.answer("ringing")
    await expect(keys.page.locator("#note")).to_be_focused()


async def test_from_ring_to_ready_by_keyboard(world: World) -> None:
    """Answer, write, end, save: three acts, the focus is right, and nothing moves a pixel."""
    page, keys = await rings(world)
    places = await page.evaluate(PLACES)
    await answered(world, keys)
    assert await page.evaluate(PLACES) == places
    await page.keyboard.type("Jautā par pabalstu.")
    await keys.press("Control+e")
    await expect(page.locator("[data-mode=wrap_up]")).to_be_visible()
    assert await page.evaluate(PLACES) == places
    await keys.press("Control+Enter")
    await expect(page.locator("[data-mode=idle]")).to_be_visible()
    assert (await world.until(commands.NoteWritten)).text == "Jautā par pabalstu."
    assert keys.pressed <= 4


async def test_another_kind_outcome_and_service_by_keyboard(world: World) -> None:
    """All of it from within the note, in seven acts."""
    page, keys = await rings(world)
    await answered(world, keys)
    await keys.press("Alt+2")
    await keys.press("Alt+8")
    await keys.press("Alt+/")
    await page.keyboard.type("gimenes")
    await keys.press("Enter")
    await expect(page.locator("#services")).to_contain_text("Ģimenes")
    await keys.press("Control+e")
    await expect(page.locator("[data-mode=wrap_up]")).to_be_visible()
    await keys.press("Control+Enter")
    await expect(page.locator("[data-mode=idle]")).to_be_visible()
    saved = world.stage.heard(commands.RecordSaved)[-1]
    assert isinstance(saved, commands.RecordSaved)
    assert (saved.kind, saved.outcome, saved.services) == ("application", "callback", ("VSAA-GVP",))
    (promised,) = world.stage.heard(commands.CallbackPromised)  # as the form says, in the same act
    assert promised.call_id == saved.call_id
    assert keys.pressed <= 7


async def test_a_record_of_which_nothing_stands_yet_takes_a_person_less_than_20_seconds(
    world: World,
) -> None:
    """A sentence, kind, outcome and a further service, all after the talk and by the keyboard."""
    page, keys = await rings(world)
    await answered(world, keys)
    await keys.press("Control+e")
    await expect(page.locator("[data-mode=wrap_up]")).to_be_visible()
    keys.person_s = 0.0
    await keys.type("Sūtīs iesniegumu.")
    await keys.press("Alt+3")
    await keys.press("Alt+7")
    await keys.press("Alt+/")
    await keys.type("gimenes")
    await keys.press("Enter")
    await expect(page.locator("#services")).to_contain_text("Ģimenes")
    await keys.press("Control+Enter")
    await expect(page.locator("[data-mode=idle]")).to_be_visible()
    saved = world.stage.heard(commands.RecordSaved)[-1]
    note = world.stage.heard(commands.NoteWritten)[-1]
    assert isinstance(saved, commands.RecordSaved)
    assert isinstance(note, commands.NoteWritten)
    assert (saved.finish, note.text) == (True, "Sūtīs iesniegumu.")
    assert (saved.kind, saved.outcome) == ("e_service", "handed_on")
    assert "VSAA-GVP" in saved.services
    assert keys.person_s <= 20.0


async def test_a_promise_that_can_t_be_given_keeps_the_record_open(world: World) -> None:
    """The cursor is where the number is missing, and it says what is wrong."""
    page = await world.open("wrapup")
    await page.keyboard.press("Alt+8")
    await page.fill("#promise-number", "112")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator("#promise-state")).to_contain_text("nav pierakstīts")
    await expect(page.locator("#promise-number")).to_be_focused()
    await expect(page.locator("[data-mode=wrap_up]")).to_be_visible()
    await page.fill("#promise-number", "26000001")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator("[data-mode=wrap_up]")).to_be_hidden()
    assert (await world.until(commands.CallbackPromised)).call_id


@pytest.mark.parametrize(
    ("key", "asked"), [("Y", commands.PassChosen), ("X", commands.TakeOverDeclined)]
)
async def test_a_colleague_would_take_the_caller_over(
    world: World, key: str, asked: type[events.Event]
) -> None:
    """Who it is stands there, and one key says yes or no, also from within the note."""
    page = await world.open("offered")
    await expect(page.locator("#taker-word")).to_contain_text("Zane Lapiņa-Dzenīte")
    await page.locator("#note").focus()
    await page.keyboard.press(f"Alt+{key}")
    assert (await world.until(asked)).agent_id == AGENTS["offered"].agent_id
    if key == "X":
        await expect(page.locator("#taker")).to_be_hidden()


async def test_the_owner_of_the_service_is_asked_from_the_list(world: World) -> None:
    """Whose number stands on the card, and need not be typed; a typed name leaves it out."""
    page = await world.open("talking")
    await page.keyboard.press("t")
    owner = page.locator("#reach-people li", has_text="64507020")
    await expect(owner).to_contain_text("VSAA")
    await page.fill("#reach-text", "zzz")
    await expect(owner).to_be_hidden()
    await page.fill("#reach-text", "")
    await owner.locator("button").first.click()
    asked = await world.until(commands.ConsultChosen)
    assert (asked.number, asked.colleague) == ("64507020", "")


async def test_whoever_types_fast_asks_nobody_who_stood_there_before(world: World) -> None:
    """Enter goes to the first of those who are meant by all that is typed, or stays."""
    world.stage.act("idle")
    page = await world.open("talking")
    await page.keyboard.press("t")
    first = page.locator("#reach-people li", has_text=AGENTS["idle"].name)
    await expect(first).to_be_visible()
    await page.keyboard.type("zzz")
    await page.keyboard.press("Enter")
    await expect(first).to_be_hidden()
    await expect(page.locator("#reach-text")).to_be_focused()


async def test_two_calls_are_switched_with_one_key(world: World) -> None:
    """From within the note, whose text stays with its call; each has its clock."""
    page = await world.open("two")
    first = AGENTS["two"].caller
    await expect(page.locator("#beside-word")).to_have_text("Otrs zvans aizturēts")
    await expect(page.locator("#dial-second")).to_be_hidden()
    await expect(page.locator("#beside-clock")).not_to_be_empty()
    await page.locator("#note").focus()
    await page.keyboard.type("Iestāde atbild rīt.")
    await page.keyboard.press("Alt+z")
    resumed = await world.until(commands.ResumeChosen)
    assert world.stage.world.calls[resumed.call_id].caller == first
    await expect(page.locator("#note")).to_have_value(re.compile("^Jautā, vai bērna"))
    await expect(page.locator("#hint")).to_contain_text("otru zvanītāju")
    await page.keyboard.press("Alt+z")
    await expect(page.locator("#note")).to_have_value("Iestāde atbild rīt.")
    written = world.stage.heard(commands.NoteWritten)[-1]
    assert isinstance(written, commands.NoteWritten)
    assert (written.text, written.call_id == resumed.call_id) == ("Iestāde atbild rīt.", False)


async def test_a_second_number_is_rung_beside_a_talk(world: World) -> None:
    """D asks for it, and says that the caller hears music; what rings can be stopped."""
    page = await world.open("talking")
    await page.keyboard.press("d")
    await expect(page.locator("#dial-beside")).to_be_visible()
    await page.keyboard.type("67013000")
    await page.keyboard.press("Enter")
    await expect(page.locator("#beside-word")).to_have_text("Zvanām uz otru numuru …")
    await expect(page.locator("#beside-turn")).to_be_hidden()
    await page.locator("#beside-stop").press("Enter")
    await expect(page.locator("#beside")).to_be_hidden()
    await expect(page.locator("#held")).to_be_visible()
    await page.keyboard.press("h")
    await expect(page.locator("#held")).to_be_hidden()


async def test_a_visit_is_written_down_by_the_keyboard(world: World) -> None:
    """W begins it, the note has the focus; kind and outcome of one service are its own, and what
    should not stand in the note is named and taken out. Calls come all the while."""
    page = await world.open("idle")
    await page.keyboard.press("w")
    await expect(page.locator("#note")).to_be_focused()
    await page.keyboard.type("Kods 010180-12345.")
    await page.get_by_role("button", name="Noņemt").click()
    await page.keyboard.press("Alt+/")
    await page.keyboard.type("gimenes")
    await page.keyboard.press("Enter")
    await page.locator("#services").get_by_role("button", name="Ģimenes").first.click()
    await page.keyboard.press("2")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator("#record")).to_be_hidden()
    saved = world.stage.heard(commands.RecordSaved)[-1]
    assert isinstance(saved, commands.RecordSaved)
    assert (saved.kind, saved.services) == ("consultation", ("VSAA-GVP",))
    assert [(one.service, one.kind) for one in saved.apart] == [("VSAA-GVP", "application")]
    contact = next(call for call in world.stage.world.ended if call.call_id == saved.call_id)
    assert (contact.record.note.strip(), contact.came_by) == ("Kods .", "visit")
    assert world.stage.desk("idle").state == "READY"


async def test_every_control_has_its_key_while_one_writes(world: World) -> None:
    """Alt and a letter work from within the note, Esc leaves it, N comes back."""
    page, keys = await rings(world)
    await answered(world, keys)
    await keys.press("Alt+m")
    await expect(page.locator("#muted")).to_be_visible()
    await keys.press("Alt+i")
    await keys.press("1")
    assert (await world.until(commands.CallerIdentified)).level == 1
    await expect(page.locator("#note")).to_be_focused()
    await keys.press("Alt+k")
    await keys.press("5")
    await expect(page.locator("#pad-sent")).to_have_text("5")
    await keys.press("k")
    await keys.press("n")
    await expect(page.locator("#note")).to_be_focused()
    await expect(page.locator("#note")).to_have_value("")
    await keys.press("Escape")
    await expect(page.locator("#note")).not_to_be_focused()


async def test_the_last_callers_search_is_gone_with_the_call(world: World) -> None:
    """What was looked up for one caller can't be filed for the next."""
    page = await world.open("idle")
    await page.fill("#search", "pase")
    await expect(page.locator("#cards h2").first).to_contain_text("ase")
    story, number = world.stage, 900
    story.arrives(number, dialled=AGENTS["idle"].hotline)
    story.presses(number, "1")
    await expect(page.locator("body")).to_have_attribute("data-ringing", "true")
    await expect(page.locator("#search")).to_have_value("")
    await expect(page.locator("#cards h2").first).to_contain_text("pabalsts")


async def test_the_button_says_the_key_that_works(world: World) -> None:
    """Enter answers, but where letters are written F2 does, and the button says so."""
    page = await world.open("ringing")
    await expect(page.locator("#answer .at-rest")).to_be_visible()
    await page.focus("#search")
    await expect(page.locator("#answer .in-text")).to_be_visible()
    await expect(page.locator("#answer .at-rest")).to_be_hidden()


async def test_a_service_joins_the_call_from_the_search(world: World) -> None:
    """Slash, a few letters without diacritics and Enter put the service into the record."""
    page = await world.open("talking")
    await page.keyboard.press("/")
    await page.keyboard.type("gimenes")
    await expect(page.locator("#cards h2")).to_contain_text("imenes")
    await page.keyboard.press("Enter")
    saved = await world.until(commands.RecordSaved)
    assert saved.services == ("VSAA-KOPS", "VSAA-GVP")


async def test_the_past_opens_with_the_identification(world: World) -> None:
    """Notes of earlier contacts and the whole number show only from level 1 on."""
    page = await world.open("talking")
    await expect(page.locator("#contacts li")).to_have_count(3)
    await expect(page.locator("#contacts .said")).to_have_count(0)
    await expect(page.locator("#who")).to_have_text("+371 29 ··· ·54")
    await page.click("#level")
    await page.click("#identify [data-level='1']")
    assert (await world.until(commands.CallerIdentified)).method == "name_contact"
    await expect(page.locator("#contacts .said")).to_have_count(3)
    await expect(page.locator("#who")).to_have_text("+371 29 000 054")


async def test_an_earlier_record_can_still_be_saved(world: World) -> None:
    """A record that outlived its wrap-up waits in the left column."""
    page = await world.open("unsaved")
    call_id = world.stage.call_of("unsaved").call_id
    await page.click(f"[data-unsaved='{call_id}']")
    await page.click("[data-kind=application]")
    saved = await world.until(commands.RecordSaved)
    assert (saved.call_id, saved.kind) == (call_id, "application")
