/** The right column: the service cards. */

/** @import { ServiceCard } from "../shell/port.js" */
/** @import { CallView } from "./port.js" */

import { $, make, makeButton } from "../shell/dom.js";
import { ask } from "../shell/live.js";
import { config, t } from "../shell/texts.js";
import { noteOf, noteSaved, paintFromNote } from "./from_note.js";
import { sender } from "./handout.js";
import { day, factsOf } from "./service_facts.js";
import { asker, flagger } from "./upkeep.js";

const PAUSE_MS = 160;
/** After so long nobody is typing any more: what was not found is missing. */
const SETTLED_MS = 3000;
const search = $("search", HTMLInputElement);
const list = $("cards");

/** Every card seen, by its code. @type {Map<string, ServiceCard>} */
const known = new Map();
/** Codes of those in which agents have reported errors. @type {Set<string>} */
const flagged = new Set();
/** @type {ServiceCard[]} */
let cards = [];
let open = 0;
let suggested = "";
let asked = 0;
/** What was searched for last: the cards shown are those found. */
let searched = "";
let pause = 0;
let settled = 0;
let add = (/** @type {string} */ _code) => {};
let opened = (/** @type {string} */ _code) => {};
/** The services of the call at hand; null without a call. @type {string[] | null} */
let chosen = null;
/** @type {CallView | null} */
let at_hand = null;

/** @param {(code: string) => void} work is done with the code of a card that joins the call */
export function onAdd(work) {
  add = work;
}

/** @param {(code: string) => void} work is done with the code of a card that the agent opens */
export function onOpen(work) {
  opened = work;
}

/** Show what fits the call's menu path, unless the agent is searching. @param {CallView | null} call */
export function showSuggested(call) {
  const services = call && call.phase !== "ringing" ? call.services : null;
  const changed = JSON.stringify(services) !== JSON.stringify(chosen);
  chosen = services;
  at_hand = call;
  noteOf(services ? (call?.call_id ?? "") : "");
  const wanted = JSON.stringify(call?.suggested ?? []);
  if (wanted !== suggested) {
    suggested = wanted;
    if (!search.value.trim()) suggest();
  } else if (changed) paint();
}

/** The server has more of a call's note: what it is about is shown below the cards. @param {string} callId */
export function suggestFromNote(callId) {
  noteSaved(callId, (call_id) => fetchCards("/desk/from-note", { call_id }), paintNoted);
}

/** Neither what stands above, nor what the call has already. */
function paintNoted() {
  const shown = [...cards.map((card) => card.code), ...(chosen ?? [])];
  paintFromNote(shown, (card) => brief(card, () => take(card)));
}

/** It stands above all others, open. @param {ServiceCard} card */
function take(card) {
  cards = [card, ...cards];
  openAt(0);
}

/** Another call: nothing that was searched for the last one is left to be added to it. */
export function clearSearch() {
  clearTimeout(pause);
  asked += 1;
  search.value = searched = suggested = "";
}

/** The names of services; those not seen yet are fetched first. @param {string[]} codes */
export async function names(codes) {
  const missing = codes.filter((code) => !known.has(code));
  if (missing.length) await fetchCards("/desk/cards", { codes: missing }).catch(() => []);
  return codes.map((code) => known.get(code)?.name ?? code);
}

/** A card that was seen; undefined of any other. @param {string} code */
export function cardOf(code) {
  return known.get(code);
}

/** The code of the card that the agent has looked up and opened; "" without a search. */
export function lookedUp() {
  return search.value.trim() ? (cards[open]?.code ?? "") : "";
}

/** @param {string} path @param {object} body @returns {Promise<ServiceCard[]>} */
async function fetchCards(path, body) {
  const before = new Set(flagged); // of what is reported meanwhile the answer may not know
  const answer = await ask(path, { csrf: config.csrf, body });
  for (const card of answer.cards) {
    known.set(card.code, card);
    if (before.has(card.code)) flagged.delete(card.code);
  }
  for (const code of answer.flagged) flagged.add(code);
  return answer.cards;
}

async function suggest() {
  const codes = JSON.parse(suggested || "[]");
  if (!codes.length)
    return show([], search.value ? "" : t("You can search at any time, also between calls."));
  return answerTo(fetchCards("/desk/cards", { codes }), t("Most often after this menu"));
}

async function find() {
  const q = search.value.trim();
  searched = q;
  if (!q) return suggest();
  await answerTo(fetchCards("/desk/services", { q }), t("Found"));
  clearTimeout(settled);
  if (!cards.length && q === searched) settled = setTimeout(() => miss(q), SETTLED_MS);
}

/** Editors are told what is missing. @param {string} q */
function miss(q) {
  if (search.value.trim() === q)
    ask("/desk/missing", { csrf: config.csrf, body: { q } }).catch(() => {});
}

/** @param {Promise<ServiceCard[]>} answer @param {string} title */
async function answerTo(answer, title) {
  const mine = ++asked;
  try {
    const found = await answer;
    if (mine === asked) show(found, found.length ? title : t("Nothing fits. Try other words."));
  } catch {
    if (mine === asked) show([], t("The cards cannot be reached at the moment."));
  }
}

/** @param {ServiceCard[]} found @param {string} title */
function show(found, title) {
  cards = found;
  open = 0;
  $("cards-title").textContent = title;
  paint();
}

/** Whoever has the keyboard in what stays, keeps it. */
function paint() {
  const held = document.activeElement;
  const inside = held instanceof HTMLElement && list.contains(held);
  list.replaceChildren(
    ...cards.map((card, index) =>
      index === open ? whole(card) : brief(card, () => openAt(index)),
    ),
  );
  if (inside && held.isConnected) held.focus();
  paintNoted();
}

/** @param {number} index */
function openAt(index) {
  open = index;
  paint();
  const card = cards[index];
  if (card) opened(card.code);
  list.children[index]?.querySelector("button")?.focus();
}

/** @param {ServiceCard} card @param {() => void} act */
function brief(card, act) {
  const beside = [card.institution, card.fee, card.term].filter(Boolean).join(" · ");
  const name = make("b", "", card.name, ...mark(card));
  const button = makeButton("card service brief", name, make("span", "tiny", beside));
  button.addEventListener("click", act);
  return button;
}

/** @param {ServiceCard} card */
function whole(card) {
  const level = card.level === "state" ? t("National") : t("Municipality");
  const checked = t("checked on {day}", { day: day(card.checked_on) });
  const article = make(
    "article",
    "card service",
    make("p", "tiny", `${level} · ${card.institution} · ${checked}`),
    make("h2", "", card.name, ...mark(card)),
    make("p", "", card.summary),
    ...factsOf(card),
  );
  if (chosen) article.append(adder(card, chosen.includes(card.code)), ...sender(card, at_hand));
  article.append(...asker(card, chosen ? at_hand : null), ...flagger(card, reported));
  return article;
}

/** An error in it is reported, and nobody has settled that. @param {ServiceCard} card */
function mark({ code }) {
  return flagged.has(code) ? [" ", make("span", "pill plain hold", t("error reported"))] : [];
}

/** @param {string} code */
function reported(code) {
  flagged.add(code);
  paint();
}

/** @param {ServiceCard} card @param {boolean} there whether the call has it already */
function adder(card, there) {
  const button = makeButton("btn mid", there ? t("In this call ✓") : t("Add to this call"));
  button.disabled = there;
  button.addEventListener("click", () => add(card.code));
  return button;
}

/** Enter may be quicker than the answer: what is added is what stands in the field. */
async function addFound() {
  const mine = search.value.trim();
  if (mine !== searched) {
    clearTimeout(pause);
    await find();
  }
  const card = cards[open];
  if (card && mine === search.value.trim() && mine === searched) add(card.code);
}

search.addEventListener("input", () => {
  clearTimeout(pause);
  pause = setTimeout(find, PAUSE_MS);
});
search.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && cards.length) {
    event.preventDefault();
    open = (open + step + cards.length) % cards.length;
    paint();
  } else if (event.key === "Enter" && !event.ctrlKey && chosen) addFound();
  else if (event.key === "Escape") search.blur();
});
