/** What the agent has promised: in the call at hand, and all that is still to be kept. */

/** @import { CallView, Commands, DeskView, PromiseView } from "./port.js" */

import { $, make, makeButton, setText } from "../shell/dom.js";
import { t } from "../shell/texts.js";
import { moment, now } from "../shell/time.js";
import { masked } from "./number.js";
import { command, desk, note } from "./state.js";
import { hint } from "./topbar.js";

const when = $("promise-when", HTMLSelectElement);
const fields = {
  number: $("promise-number", HTMLInputElement),
  local: $("promise-local", HTMLInputElement),
  keeper: $("promise-keeper", HTMLSelectElement),
  about: $("promise-about", HTMLInputElement),
};

/** The call whose promise is asked for here. @type {CallView | null} */
let call = null;

/** Show what is promised. @param {DeskView | null} view @param {CallView | null} person whose record stands here */
export function showPromises(view, person) {
  const promises = view?.promises ?? [];
  $("promises").hidden = !promises.length || Boolean(person);
  $("promises-count").textContent = String(view?.promised ?? 0);
  fill("promises-list", promises, true);
  const answered = person?.answered_at ? person : null;
  const given = promises.filter((one) => one.asked_in === answered?.call_id);
  if (answered?.call_id !== call?.call_id) empty();
  call = answered;
  const outcomes = [answered?.outcome, ...(answered?.apart ?? []).map((one) => one.outcome)];
  const wanted = outcomes.includes("callback");
  $("promise").hidden = !given.length && !wanted;
  $("promise-form").hidden = !wanted;
  fields.number.placeholder = masked(answered?.caller ?? null, Boolean(answered?.identified_level));
  fill("promise-given", given, false);
}

function empty() {
  for (const field of [fields.number, fields.local, fields.about]) field.value = "";
  when.value = "usual";
  fields.keeper.value = "agent";
  $("promise-local-field").hidden = true;
  setText($("promise-state"), "");
}

/** @param {string} id @param {PromiseView[]} promises @param {boolean} rings whether they can be kept from here */
function fill(id, promises, rings) {
  const list = $(id);
  const key = promises.map((one) => `${one.call_id} ${one.due_at <= now()} ${one.about}`).join();
  if (list.dataset.key === key) return;
  list.dataset.key = key;
  list.replaceChildren(...promises.map((one) => row(one, rings)));
}

/** @param {PromiseView} promise @param {boolean} rings */
function row(promise, rings) {
  const late = promise.due_at <= now();
  const due = make("span", `num${late ? " late" : " mute"}`, moment(promise.due_at));
  const what = make("span", "", promise.about || t("No word of what for"));
  const whom = make("span", "tiny num", masked(promise.number));
  const done = makeButton("btn", rings ? t("It is done") : t("Not needed"));
  done.addEventListener("click", () => order("promise_kept", promise));
  const acts = make("span", "row acts", done);
  if (rings) {
    const ring = makeButton("btn go", t("Ring"));
    ring.addEventListener("click", () => order("take_promise", promise));
    acts.prepend(ring);
  }
  if (late) due.setAttribute("aria-label", t("late: {time}", { time: moment(promise.due_at) }));
  return make("li", "", due, what, whom, acts);
}

/** @param {"promise_kept" | "take_promise"} name @param {PromiseView} promise */
async function order(name, { call_id }) {
  if (name === "take_promise") desk.taken = call_id;
  if (!(await command(name, { call_id }))) hint(t("That did not go through. Try again."));
}

/**
 * What the form says is promised, unless something has been; resolves to whether something is now.
 * @param {CallView | null} person whose record is to be closed
 */
export async function promiseMade(person) {
  if (person?.promises) return true;
  if (!person?.answered_at) {
    hint(t("Nobody is promised a call by this: ring the citizen, or choose another outcome."));
    return false;
  }
  call = person;
  await note.flush(); // its first line is what the call is for
  const done = await promise();
  if (!done) fields.number.focus();
  return done;
}

async function promise() {
  if (!call) return false;
  const button = $("promise-now", HTMLButtonElement);
  button.disabled = true;
  const { call_id, promises: base } = call;
  const done = await command("promise", { call_id, base, ...said() });
  button.disabled = false;
  if (done) empty();
  setText(
    $("promise-state"),
    done ? t("Promised.") : t("Not promised: look at the number and the time."),
  );
  return done;
}

/** @returns {Omit<Commands["promise"], "call_id" | "base">} */
function said() {
  return {
    number: fields.number.value,
    when: /** @type {Commands["promise"]["when"]} */ (when.value),
    local: when.value === "time" ? fields.local.value : "",
    keeper: /** @type {Commands["promise"]["keeper"]} */ (fields.keeper.value),
    about: fields.about.value,
  };
}

when.addEventListener("change", () => {
  $("promise-local-field").hidden = when.value !== "time";
  if (when.value === "time") fields.local.focus();
});
$("promise-now").addEventListener("click", promise);
for (const field of Object.values(fields))
  field.addEventListener("keydown", (event) => {
    if (event instanceof KeyboardEvent && event.key === "Enter" && !event.ctrlKey) {
      event.preventDefault();
      promise();
    }
  });

/** Why nobody was reached, once. */
const UNREACHED = {
  busy: t("The line is engaged."),
  unreached: t("Nobody has answered."),
  unreachable: t("No line leads there now."),
};

/** What this page has told; null until it has a view. @type {string | null} */
let told = null;

/** Say why nobody was reached. @param {DeskView | null} view */
export function tellUnreached(view) {
  const word = UNREACHED[/** @type {keyof typeof UNREACHED} */ (view?.last_dial ?? "")] ?? "";
  if (word && told === "") hint(word);
  if (view) told = word;
}
