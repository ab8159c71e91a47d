/** Who is calling: people who have the number that rings, one of whom the agent chooses in the talk. */

/** @import { CallerView, CallView, MaybeCaller } from "./port.js" */

import { $, all, make, pressed } from "../shell/dom.js";
import { ask } from "../shell/live.js";
import { config, t } from "../shell/texts.js";

const menu = $("calling", HTMLDetailsElement);

/** Nobody is known. @type {CallerView} */
const NOBODY = { chosen: null, candidates: [], choosing: false, code: false };

/** As it was told last. @type {CallerView} */
export let callers = NOBODY;

/** Each choice makes another one of what is shown beside it. */
let version = 0;
let shown = "";
let call_id = "";
/** Shows the page anew. */
let again = () => {};

/** What is asked for beside a call: it is another where somebody was chosen, or identified. @param {CallView} call */
export function wantedOf(call) {
  return [call.call_id, call.identified_level, call.identified_at, version].join(" ");
}

/** @param {() => void} refresh */
export function onCaller(refresh) {
  again = refresh;
}

/** @param {CallView | null} call null: nobody */
export async function showCallers(call) {
  const wanted = call ? `${wantedOf(call)} ${call.phase} ${call.services.join()}` : "";
  if (shown === wanted) return;
  if (call_id !== (call?.call_id ?? "")) fill(NOBODY);
  shown = wanted;
  call_id = call?.call_id ?? "";
  if (!call) return;
  try {
    const found = await ask(`/desk/callers/${encodeURIComponent(call.call_id)}`, config);
    if (shown === wanted) fill(found);
  } catch {
    if (shown === wanted) shown = ""; // the next view tries again
  }
}

/** @param {CallerView} found */
function fill(found) {
  callers = found;
  const { chosen, candidates, choosing, code } = found;
  menu.hidden = !choosing && !chosen && !candidates.length;
  menu.inert = !choosing;
  $("calling-key").hidden = !choosing;
  $("calling-word").textContent = word(found);
  $("calling-who").className = `pill ${chosen ? "ready" : "away"}`;
  $("calling-list").replaceChildren(...candidates.map(choice));
  $("calling-nobody").hidden = !chosen;
  $("calling-code").hidden = !code;
  $("calling-codes").textContent = chosen?.codes.join(", ") ?? "";
}

/** @param {CallerView} found */
function word({ chosen, candidates }) {
  if (chosen) return told(chosen);
  const [only, another] = candidates;
  if (!only) return t("Who is calling?");
  if (another) return t("perhaps one of {count}", { count: candidates.length });
  return t("perhaps {name}", { name: told(only) });
}

/** @param {Pick<MaybeCaller, "name" | "municipality">} person */
function told({ name, municipality }) {
  const [option] = all("#calling-municipality option", HTMLOptionElement).filter(
    ({ value }) => value && value === municipality,
  );
  return [name, option?.textContent].filter(Boolean).join(", ");
}

/** @param {MaybeCaller} person @param {number} place */
function choice(person, place) {
  const button = make("button", "btn", told(person), " ", make("kbd", "", String(place + 1)));
  button.type = "button";
  button.dataset.caller = person.person_id;
  return button;
}

/** Where the agent was writing when the key opened the menu. @type {Element | null} */
let writing = null;

/** The menu; its figures are keys while it is open. */
export function openCallers() {
  if (menu.inert || menu.hidden) return;
  writing = document.activeElement;
  menu.open = true;
  const [first] = all("#calling-list button", HTMLButtonElement);
  (first ?? $("calling-name")).focus();
}

/** @param {string} act @param {object} body */
async function say(act, body) {
  const of = call_id;
  try {
    const { refused, check } = await ask(`/desk/callers/${act}`, {
      csrf: config.csrf,
      body: { call_id: of, ...body },
    });
    if (of !== call_id) return;
    $("calling-said").textContent = refused ? (REFUSED[refused] ?? "") : check ? CHECK : "";
    if (refused || check) menu.open = true;
  } catch {
    $("calling-said").textContent = t(
      "It was not kept: the database cannot be reached, or the record is closed.",
    );
    menu.open = true;
  }
  version += 1;
  again();
  if (!menu.open && writing instanceof HTMLElement) writing.focus();
}

const CHECK = t("Kept. Check the personal code: it looks like a slip.");
/** @type {Record<string, string>} */
const REFUSED = {
  code: t("That cannot be a personal code: 11 digits."),
  nobody: t("Nobody is known by this code. Choose or write down who is calling first."),
  other: t("This code is another person's. Choose nobody first, then type it again."),
  off: t("No service of this record needs a personal code."),
  name: t("Write the name."),
};

menu.addEventListener("keydown", (event) => {
  if (event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement) return;
  const [chosen] = /^[1-9]$/.test(event.key)
    ? all("#calling-list button", HTMLButtonElement).slice(Number(event.key) - 1)
    : event.key === "0"
      ? [$("calling-nobody", HTMLButtonElement)]
      : [];
  if (!chosen || chosen.hidden) return;
  event.preventDefault();
  event.stopPropagation(); // the menu closes: the figure is no key of the page's
  chosen.click();
});

menu.addEventListener("toggle", () => {
  if (!menu.open) $("calling-said").textContent = "";
});

document.addEventListener("click", (event) => {
  const { caller } = pressed(event, "[data-caller]")?.dataset ?? {};
  if (caller !== undefined) say("choose", { person_id: caller });
});

$("calling-new").addEventListener("submit", (event) => {
  event.preventDefault();
  const [name, municipality] = [
    $("calling-name", HTMLInputElement),
    $("calling-municipality", HTMLSelectElement),
  ];
  if (!name.value.trim()) return;
  const language = document.documentElement.lang;
  say("add", { name: name.value, municipality: municipality.value, language });
  name.value = "";
});

$("calling-code").addEventListener("submit", (event) => {
  event.preventDefault();
  const code = $("personal-code", HTMLInputElement);
  say("code", { code: code.value });
  code.value = "";
});
