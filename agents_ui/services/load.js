/** A file of changed cards: reviewed, and published as it was shown. */

/** @import { CardChange, CardReview } from "./port.js" */

import { $, make, setText } from "../shell/dom.js";
import { config, t } from "../shell/texts.js";

const LARGEST = 10_000_000;
const CHANGED = "changed";

/** What was reviewed last. @type {{ file: File, digest: string } | null} */
let shown = null;

export function loadCards() {
  const [input, publish] = [$("file", HTMLInputElement), $("publish", HTMLButtonElement)];
  input.addEventListener("change", () => clear());
  $("load").addEventListener("submit", async (event) => {
    event.preventDefault();
    const [file] = input.files ?? [];
    if (file) await show(file);
  });
  publish.addEventListener("click", async () => {
    publish.disabled = true; // pressed twice, it is published once
    await load();
    publish.disabled = false;
  });
}

function clear(word = "") {
  shown = null;
  $("publish").hidden = true;
  setText($("load-state"), word);
  $("load-problems").replaceChildren();
  $("load-changes").replaceChildren();
}

/** @param {File} file */
async function show(file) {
  if (file.size > LARGEST) return clear(t("A file can have 10 MB at most."));
  clear(t("Reading …"));
  const { review, problems } = await send("/services/review", file, {});
  if (problems.length || !review) return tell(problems);
  const found = /** @type {CardReview} */ (review);
  clear(
    found.count
      ? t("Cards that would change: {count}", { count: found.count })
      : t("Nothing would change."),
  );
  $("load-changes").replaceChildren(...found.changes.map(row));
  if (found.count > found.changes.length)
    $("load-changes").append(make("p", "tiny", t("The rest is not listed here.")));
  if (!found.count) return;
  shown = { file, digest: found.digest };
  $("publish").hidden = false;
}

async function load() {
  if (!shown) return;
  const { count, problems } = await send("/services/load", shown.file, {
    "X-Digest": shown.digest,
  });
  if (problems.length) return tell(problems);
  clear(t("Published. Cards: {count}. The search has them within seconds.", { count }));
}

/** @param {string[]} problems */
function tell(problems) {
  if (problems[0] === CHANGED)
    return clear(t("The cards have changed meanwhile: look at the changes once more."));
  clear(t("The file was not taken:"));
  $("load-problems").replaceChildren(...problems.map((one) => make("li", "note bad", one)));
}

/** @param {CardChange} card */
function row({ code, name, new: fresh, fields }) {
  const title = `${name} (${code})`;
  if (fresh) return make("p", "", make("b", "", title), ` ${t("new")}`);
  const list = make("dl", "facts");
  for (const one of fields)
    list.append(
      make("dt", "", one.name),
      make("dd", "", make("del", "", one.was), " → ", make("ins", "", one.new)),
    );
  return make("details", "", make("summary", "", title), list);
}

/** @param {string} path @param {File} file @param {Record<string, string>} more @returns {Promise<any>} */
async function send(path, file, more) {
  const name = encodeURIComponent(file.name);
  try {
    const headers = { "X-CSRF": config.csrf, "X-Name": name, ...more };
    const answer = await fetch(path, { method: "POST", headers, body: file });
    const said = await answer.json();
    if (Array.isArray(said.problems)) return said;
  } catch {
    // a link that is down, or a file that has gone since it was chosen
  }
  return {
    problems: [t("The hotline cannot be reached at the moment. Please try again in a minute.")],
  };
}
