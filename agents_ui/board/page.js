/** The supervisor's board: alarms, tiles, figures, who waits, who is at work, promises, calls. */

/** @import { AlarmRow, BoardView, CallbackRow, CallRow, FigureCheck, FigureRow } from "./port.js" */
/** @import { Line } from "./crew.js" */
/** @import { Look } from "./look.js" */

import { showBanner, showCrisis } from "../shell/banner.js";
import { countFrom, onTick } from "../shell/clocks.js";
import { cover, lock, lockUnused, onEntered, prepareCover, uncover } from "../shell/cover.js";
import { $, all, make, pressed, setText } from "../shell/dom.js";
import { ask, Live } from "../shell/live.js";
import "../shell/menus.js";
import { config, t } from "../shell/texts.js";
import { moment, now, setServerTime } from "../shell/time.js";
import { openActs } from "./acts.js";
import { lines, matches, plain } from "./crew.js";
import { keepDays } from "./days.js";
import { sorted, USUAL } from "./look.js";
import { figureKey, Picture } from "./picture.js";
import * as rows from "./rows.js";
import { Table } from "./table.js";
import { showTiles } from "./tiles.js";
import * as trouble from "./trouble.js";
import { keepViews } from "./views.js";
import { explain } from "./why.js";
import { ALARMS } from "./words.js";

const STALE_S = 6; // the server ticks each 5 s
const nobody = $("agents").dataset.empty;
const search = $("search", HTMLInputElement);
const agentSearch = $("agent-search", HTMLInputElement);

/** @type {Live<BoardView>} */
const live = new Live("/board/live", config);
let picture = new Picture(/** @type {BoardView} */ (config.view));
/** @type {Look} */
let look = { ...USUAL };
/** @type {Set<string>} */
const open = new Set();
let at = picture.view.at;

/** @type {Table<FigureRow>} */
const figures = new Table("queues", {
  key: figureKey,
  made: (row) => rows.figureRow(at, row),
  shown: (row) => [row, trouble.figureTrouble(at, row)],
});
/** @type {Table<CallRow>} */
const waiting = new Table("waiting", {
  key: (row) => row.call_id,
  made: (row) => rows.waitingRow(picture, at, row),
  shown: (row) => [
    row,
    picture.rows.demands.get(row.demand),
    trouble.waitTrouble(picture, at, row),
  ],
});
/** @type {Table<Line>} */
const agents = new Table("agents", {
  key: (line) => line.key,
  made: (line) => ("agent" in line ? rows.agentRow(at, line.agent) : rows.bunchRow(line)),
  shown: (line) =>
    "agent" in line
      ? [line.agent, trouble.agentTrouble(at, line.agent)]
      : [line.count, line.since, line.open],
});
/** @type {Table<CallbackRow>} */
const callbacks = new Table("callbacks", {
  key: (row) => row.call_id,
  made: (row) => rows.callbackRow(picture, at, row),
  shown: (row) => [row, trouble.callbackTrouble(at, row), row.due_at > at],
});
/** @type {Table<CallRow>} */
const calls = new Table("calls", {
  key: (row) => row.call_id,
  made: (row) => rows.callRow(picture, row),
});

function show() {
  at = now();
  const { view } = picture;
  showCrisis(view.crisis);
  showAlarms(view.alarms);
  showTiles(picture);
  setText($("besides"), rows.aside(view.total));
  $("realms").hidden = view.realms.length === 0;
  setText($("realms-word"), view.realms.join(", "));
  showFigures();
  showWaiting();
  showAgents();
  const promised = [...picture.rows.callbacks.values()].sort((a, b) => a.due_at - b.due_at);
  callbacks.show(chosen(promised, trouble.callbackTrouble));
  calls.show(
    chosen(
      [...picture.rows.calls.values()].filter((row) => !rows.isWaiting(row)),
      trouble.callTrouble,
    ),
  );
  setText($("callbacks-count"), String(view.callbacks_waiting));
  const seconds = view.total.answer_within_s;
  setText($("within"), seconds === null ? t("In time") : t("within {seconds} s", { seconds }));
  setText($("problems"), String(problems()));
  setText($("checked"), checkedWord(view.checked));
}

/** @param {FigureCheck | null} checked */
function checkedWord(checked) {
  if (!checked) return t("The sums of the latest days have not been looked at since the start.");
  const time = moment(checked.at);
  if (!checked.broken)
    return t("The sums of the latest days were looked at {time}: all hold.", { time });
  return t("The sums of the latest days were looked at {time}: {count} do not hold.", {
    time,
    count: checked.broken,
  });
}

function showFigures() {
  const { queues, groups } = picture.rows;
  const of = look.dimension === "queue" ? [...queues.values()] : [...groups.values()];
  const words = plain(look.search);
  const found = of
    .filter((row) => row.dimension === look.dimension)
    .filter((row) => !words || plain(rows.figureName(row)).includes(words));
  figures.show(sorted(chosen(found, trouble.figureTrouble), look, rows.figureName));
}

function showWaiting() {
  const inLine = [...picture.rows.calls.values()].filter(rows.isWaiting);
  inLine.sort((a, b) => (a.queued_at ?? 0) - (b.queued_at ?? 0));
  setText($("waiting-count"), String(inLine.length));
  waiting.show(
    look.problems ? inLine.filter((row) => trouble.waitTrouble(picture, at, row)) : inLine,
  );
}

function showAgents() {
  const everybody = [...picture.rows.agents.values()];
  const found = look.agents ? everybody.filter((row) => matches(row, look.agents)) : everybody;
  const shown = chosen(found, trouble.agentTrouble);
  setText($("agents-count"), String(shown.length));
  $("agents").dataset.empty = everybody.length ? $("queues").dataset.empty : nobody;
  agents.show(lines(shown, open, look.bunched && !look.agents && !look.problems));
}

/** @template Row @param {Row[]} list @param {(at: number, row: Row) => boolean} isTrouble */
function chosen(list, isTrouble) {
  return look.problems ? list.filter((row) => isTrouble(at, row)) : list;
}

/** How many rows somebody should look at. */
function problems() {
  const { queues, agents: people, callbacks: promised, calls: open_calls } = picture.rows;
  const count = (
    /** @type {Iterable<any>} */ list,
    /** @type {(at: number, row: any) => boolean} */ is,
  ) => [...list].filter((row) => is(at, row)).length;
  const late = (/** @type {number} */ _, /** @type {CallRow} */ row) =>
    rows.isWaiting(row) && trouble.waitTrouble(picture, at, row);
  return (
    count(queues.values(), trouble.figureTrouble) +
    count(people.values(), trouble.agentTrouble) +
    count(promised.values(), trouble.callbackTrouble) +
    count(open_calls.values(), late)
  );
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
  const words = [ALARMS[code] ?? code, rows.queueName(picture, place), detail].filter(Boolean);
  const told = make(code.startsWith("alert") ? "a" : "span", "grow", words.join(" · "));
  if (told instanceof HTMLAnchorElement) told.href = "/alerts";
  const clock = make("span", "num");
  clock.setAttribute("aria-hidden", "true"); // it changes each second
  countFrom(clock, since);
  return make("li", "", told, clock);
}

let shownAt = 0;

function onClock() {
  const stale = live.ageS > STALE_S || !live.up;
  const age = Math.floor(live.ageS);
  $("age").className = `pill plain ${stale ? "bad" : "ready"}`;
  setText($("age"), Number.isFinite(age) ? t("Data {age} s old", { age }) : t("Connecting"));
  $("board").classList.toggle("stale", stale);
  if (now() - shownAt > 1) redraw(); // what was in time a second ago may be late
}

function redraw() {
  shownAt = now();
  show();
}

// --- how it is looked at -----------------------------------------------------------------------

/** @param {Partial<Look>} wanted */
function lookAt(wanted) {
  look = { ...look, ...wanted };
  press("[data-show]", (one) => (one.dataset.show === "problems") === look.problems);
  press("[data-dimension]", (one) => one.dataset.dimension === look.dimension);
  press("[data-bunched]", () => look.bunched);
  for (const one of all("[data-sort]")) {
    const direction = look.down ? "descending" : "ascending";
    one
      .closest("th")
      ?.setAttribute("aria-sort", one.dataset.sort === look.sort ? direction : "none");
  }
  if (search.value !== look.search) search.value = look.search;
  if (agentSearch.value !== look.agents) agentSearch.value = look.agents;
  redraw();
}

/** A link, as of an alert, leads to a row of the figures. */
function lookByAddress() {
  const asked = new URLSearchParams(location.search);
  const key = `${asked.get("by")}:${asked.get("of")}`;
  const row = picture.rows.queues.get(key) ?? picture.rows.groups.get(key);
  if (row) lookAt({ dimension: row.dimension, search: rows.figureName(row) });
}

/** @param {string} selector @param {(one: HTMLElement) => boolean} isPressed */
function press(selector, isPressed) {
  for (const one of all(selector)) one.setAttribute("aria-pressed", String(isPressed(one)));
}

search.addEventListener("input", () => lookAt({ search: search.value }));
agentSearch.addEventListener("input", () => lookAt({ agents: agentSearch.value }));

document.addEventListener("click", (event) => {
  explain(pressed(event, "[data-why]"));
  openActs(pressed(event, "[data-acts]"));
  closeRecords(pressed(event, "[data-close]"));
  giveHelp(pressed(event, "[data-help]"));
  const shows = pressed(event, "[data-show]")?.dataset.show;
  if (shows) lookAt({ problems: shows === "problems" });
  const dimension = pressed(event, "[data-dimension]")?.dataset.dimension;
  if (dimension) lookAt({ dimension: /** @type {Look["dimension"]} */ (dimension) });
  const sort = pressed(event, "[data-sort]")?.dataset.sort;
  if (sort) lookAt({ sort, down: look.sort === sort ? !look.down : sort !== "name" });
  if (pressed(event, "[data-bunched]")) lookAt({ bunched: !look.bunched });
  unfold(pressed(event, "[data-unfold]")?.dataset.unfold);
});

/** @param {string | undefined} key */
function unfold(key) {
  if (key === undefined) return;
  if (!open.delete(key)) open.add(key);
  redraw();
}

// --- what is done ------------------------------------------------------------------------------

/** @param {HTMLElement | null} button with the agent who asks for help */
async function giveHelp(button) {
  const agent_id = button?.dataset.help;
  if (!agent_id) return;
  await ask("/board/help", { csrf: config.csrf, body: { agent_id } }).catch(() =>
    showBanner(t("That did not go through. Try again.")),
  );
}

/** @param {HTMLElement | null | undefined} button with the agent whose open records are to be closed */
async function closeRecords(button) {
  const agent = picture.rows.agents.get(button?.dataset.close ?? "");
  if (!agent) return;
  const { name, unsaved: count } = agent;
  if (!confirm(t("Close {count} open records of {name} as not recorded?", { count, name }))) return;
  const body = { agent_id: agent.agent_id };
  await ask("/board/close-records", { csrf: config.csrf, body }).catch(() =>
    showBanner(t("That did not go through. Try again.")),
  );
}

// --- the link ----------------------------------------------------------------------------------

live.on("view", (fresh) => {
  picture = new Picture(fresh);
  redraw();
  onClock();
});
live.on("changes", (changes) => {
  if (picture.change(changes)) redraw();
  else live.again();
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
onTick(onClock);

prepareCover();
lockUnused(Number(config.lock_s ?? 0), lock);
onEntered(() => live.wake());
live.on("up", uncover);
setServerTime(picture.view.at);
keepViews(() => look, lookAt);
lookAt({});
lookByAddress();
keepDays(() => [...picture.rows.queues.values()]);
live.open();
