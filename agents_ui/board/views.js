/** Views that somebody has saved: kept on the server, with the account. */

/** @import { Look } from "./look.js" */
/** @import { SavedView } from "./port.js" */

import { $, make, makeButton, pressed, setText } from "../shell/dom.js";
import { ask } from "../shell/live.js";
import { config, t } from "../shell/texts.js";

let views = /** @type {SavedView[]} */ (config.views ?? []);

/** @param {() => Look} now how the board is looked at @param {(look: Look) => void} lookAt */
export function keepViews(now, lookAt) {
  const name = $("views-name", HTMLInputElement);
  $("views-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    if (await send("save", { name: name.value.trim(), look: now() })) name.value = "";
  });
  $("views-list").addEventListener("click", async (event) => {
    const chosen = views.find((one) => one.name === pressed(event, "[data-view]")?.dataset.view);
    if (chosen) {
      lookAt(chosen.look);
      $("views", HTMLDetailsElement).open = false;
      $("views").querySelector("summary")?.focus();
    }
    const gone = pressed(event, "[data-drop]")?.dataset.drop;
    if (gone === undefined) return;
    await send("remove", { name: gone });
    name.focus(); // its button is no more
  });
  show();
}

/** @param {"save" | "remove"} what @param {object} body */
async function send(what, body) {
  const wrong = await tried(what, body);
  $("views", HTMLDetailsElement).open = true; // the press has closed it: what came of it is told there
  setText($("views-error"), wrong);
  show();
  return !wrong;
}

/** What is wrong, in words; "" where it is done. @param {string} what @param {object} body */
async function tried(what, body) {
  try {
    views = (await ask(`/board/views/${what}`, { csrf: config.csrf, body })).views;
    return "";
  } catch (fault) {
    const full = fault instanceof Error && fault.cause === 409;
    return full
      ? t("No more views can be kept: remove one first.")
      : t("That did not go through. Try again.");
  }
}

function show() {
  $("views-none").hidden = views.length > 0;
  $("views-list").replaceChildren(...views.map(({ name }) => item(name)));
}

/** @param {string} name */
function item(name) {
  const [choose, drop] = [makeButton("btn", name), makeButton("btn", "×")];
  choose.dataset.view = name;
  drop.dataset.drop = name;
  drop.setAttribute("aria-label", t("Remove the view: {name}", { name }));
  return make("li", "", choose, drop);
}
