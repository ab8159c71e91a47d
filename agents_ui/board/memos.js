/** Messages to agents: written in the dialog of acts, and who has not seen them yet. */

/** @import { MemoRoom, OpenMemo } from "../supervision/port.js" */

import { make, makeButton } from "../shell/dom.js";
import { ask } from "../shell/live.js";
import { config, t } from "../shell/texts.js";
import { moment } from "../shell/time.js";

/** @typedef {(sent: number | null) => void} Sent null: it did not go through */

/** The room for a message to all, or to a centre. @param {MemoRoom} room @param {Sent} done */
export function memoRoom(room, done) {
  const everybody = new Option(t("All who are at work ({count})", { count: room.agents }), "all");
  const centres = room.centres.map(([key, name]) => new Option(name, `centre:${key}`));
  const to = make("select", "", everybody, ...centres);
  to.setAttribute("aria-label", t("To whom"));
  const seen = make("ul", "acts-people", ...room.memos.map(item));
  seen.tabIndex = 0; // it scrolls
  seen.setAttribute("aria-label", t("Not seen by all yet"));
  const empty = make("p", "tiny", t("Every message has been seen."));
  return [to, ...memoField(() => to.value, done), room.memos.length ? seen : empty];
}

/** The words, and the button that sends them. @param {() => string} to @param {Sent} done */
export function memoField(to, done) {
  const text = make("textarea");
  text.maxLength = 500;
  text.rows = 3;
  text.setAttribute("aria-label", t("Message"));
  text.placeholder = t("Message");
  const send = makeButton("btn", t("Send"));
  send.addEventListener("click", async () => {
    if (!text.value.trim()) return text.focus();
    send.disabled = true;
    const body = { to: to(), text: text.value };
    const answer = await ask("/supervision/memo", { csrf: config.csrf, body }).catch(() => null);
    send.disabled = false;
    done(answer?.sent ?? null);
  });
  return [text, send];
}

/** @param {OpenMemo} memo */
function item({ at, by, text, recipients, unseen, names }) {
  const who = make("span", "tiny", `${moment(at)} · ${by}`);
  const seen = t("Seen by {seen} of {count}", { seen: recipients - unseen, count: recipients });
  const more = unseen > names.length ? "…" : "";
  const left = t("Not yet: {names}", { names: names.join(", ") + more });
  return make(
    "li",
    "",
    make("span", "grow", text, make("span", "tiny below", `${seen}. ${left}`)),
    who,
  );
}
