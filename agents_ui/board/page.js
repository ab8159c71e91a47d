/** The supervisor's board: alarms, tiles, queues, agents, promises to ring back, the latest calls. */

/** @import { AlarmRow, BoardView } from "./port.js" */

import { showBanner, showCrisis } from "../shell/banner.js";
import { countFrom, onTick } from "../shell/clocks.js";
import { cover, lock, lockUnused, onEntered, prepareCover, uncover } from "../shell/cover.js";
import { $, all, make, pressed, setText } from "../shell/dom.js";
import { ask, Live } from "../shell/live.js";
import "../shell/menus.js";
import { config, t } from "../shell/texts.js";
import { setServerTime } from "../shell/time.js";
import * as rows from "./rows.js";
import { showTiles } from "./tiles.js";
import { explain } from "./why.js";
import { ALARMS } from "./words.js";

const STALE_S = 6; // the server ticks each 5 s
const nobody = $("agents").dataset.empty;

/** @type {Live<BoardView>} */
const live = new Live("/board/live", config);
let view = /** @type {BoardView} */ (config.view);
let onlyProblems = false;

function show() {
  showCrisis(view.crisis);
  showAlarms(view.alarms);
  showTiles(view);
  $("besides").textContent = rows.aside(view.total);
  $("realms").hidden = view.realms.length === 0;
  setText($("realms-word"), view.realms.join(", "));
  const problems =
    table("queues", view.queues, rows.queueRow, rows.queueTrouble) +
    table("agents", view.agents, rows.agentRow, rows.agentTrouble) +
    table("callbacks", view.callbacks, rows.callbackRow, rows.callbackTrouble);
  table("calls", view.calls, rows.callRow, rows.callTrouble);
  $("agents").dataset.empty = view.agents.length ? $("queues").dataset.empty : nobody;
  $("callbacks-count").textContent = String(view.callbacks_waiting);
  const seconds = view.total.answer_within_s;
  $("within").textContent = seconds === null ? t("In time") : t("within {seconds} s", { seconds });
  $("problems").textContent = String(problems);
}

/**
 * Fill a table; answers how many of its rows somebody should look at.
 * @template Row
 * @param {string} id
 * @param {Row[]} list
 * @param {(view: BoardView, row: Row) => HTMLElement} made
 * @param {(view: BoardView, row: Row) => boolean} isTrouble
 */
function table(id, list, made, isTrouble) {
  const troubles = list.filter((row) => isTrouble(view, row));
  const shown = onlyProblems ? troubles : list;
  $(id).replaceChildren(...shown.map((row) => made(view, row)));
  return troubles.length;
}

/** Made anew only when an alarm has come or gone, so that a screen reader tells each once. @param {AlarmRow[]} alarms */
function showAlarms(alarms) {
  const key = JSON.stringify(alarms);
  if ($("alarms").dataset.key === key) return;
  $("alarms").dataset.key = key;
  $("alarms").hidden = alarms.length === 0;
  $("alarm-list").replaceChildren(...alarms.map(alarmItem));
}

/** @param {AlarmRow} alarm */
function alarmItem({ code, place, detail, since }) {
  const words = [ALARMS[code] ?? code, rows.queueName(view, place), detail].filter(Boolean);
  const clock = make("span", "num");
  clock.setAttribute("aria-hidden", "true"); // it changes each second
  countFrom(clock, since);
  return make("li", "", make("span", "grow", words.join(" · ")), clock);
}

function showAge() {
  const stale = live.ageS > STALE_S || !live.up;
  const age = Math.floor(live.ageS);
  $("age").className = `pill plain ${stale ? "bad" : "ready"}`;
  $("age").textContent = Number.isFinite(age) ? t("Data {age} s old", { age }) : t("Connecting");
  $("board").classList.toggle("stale", stale);
}

// A row may be replaced between press and release, so the press counts.
document.addEventListener("pointerdown", (event) => {
  explain(pressed(event, "[data-why]"));
  closeRecords(pressed(event, "[data-close]"));
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  explain(pressed(event, "[data-why]"));
  closeRecords(pressed(event, "[data-close]"));
});

/** @param {HTMLElement | null | undefined} button with the agent whose open records are to be closed */
async function closeRecords(button) {
  const agent = view.agents.find((row) => row.agent_id === button?.dataset.close);
  if (!agent) return;
  const { name, unsaved: count } = agent;
  if (!confirm(t("Close {count} open records of {name} as not recorded?", { count, name }))) return;
  const body = { agent_id: agent.agent_id };
  await ask("/board/close-records", { csrf: config.csrf, body }).catch(() =>
    showBanner(t("That did not go through. Try again.")),
  );
}

document.addEventListener("click", (event) => {
  const chip = pressed(event, "[data-show]");
  if (!chip) return;
  onlyProblems = chip.dataset.show === "problems";
  for (const one of all("[data-show]")) one.setAttribute("aria-pressed", String(one === chip));
  show();
});

live.on("view", (fresh) => {
  view = fresh;
  show();
  showAge();
});
live.on("up", () => showBanner(null));
live.on("down", () =>
  showBanner(t("The link to the service is lost: trying again. These figures are old.")),
);
live.on("session-over", () => {
  showBanner(t("You are logged out."), { login: true });
  cover(t("You are logged out."));
});
live.on("forbidden", () =>
  showBanner(t("Your roles have changed: this page is no longer open to you.")),
);
onTick(showAge);

prepareCover();
lockUnused(Number(config.lock_s ?? 0), lock);
onEntered(() => live.wake());
live.on("up", uncover);
setServerTime(view.at);
show();
live.open();
