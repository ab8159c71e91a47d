/** What a supervisor has told this agent, or did: it stays until the agent has seen it. */

/** @import { ListenedView, MemoView } from "./port.js" */

import { $, make, makeButton, setText } from "../shell/dom.js";
import { t } from "../shell/texts.js";
import { moment } from "../shell/time.js";
import { command } from "./state.js";
import { hint } from "./topbar.js";

/** @type {Record<MemoView["kind"], (by: string) => string>} */
const WORDS = {
  message: (by) => t("{by} writes:", { by }),
  ready: (by) => t("{by} has set you ready:", { by }),
  not_ready: (by) => t("{by} has set you not ready:", { by }),
  logged_out: (by) => t("{by} has logged you out:", { by }),
  released: (by) => t("{by} has let you out of what held you:", { by }),
  caller_given: (by) => t("{by} has given your caller to others:", { by }),
  queues: (by) => t("{by} has said which queues you take today (see “My day”):", { by }),
  skills: (by) => t("{by} has said what you can do today (see “My day”):", { by }),
  help: (by) => t("{by} comes to help you.", { by }),
  answered: (by) => t("{by}: news of your question, see My day:", { by }),
  settled: (by) => t("{by}: the error that you reported is settled, see My day:", { by }),
};

/** @type {Record<ListenedView["mode"], (by: string) => string>} */
const LISTENED = {
  listen: (by) => t("Supervisor {by} listens", { by }),
  whisper: (by) => t("Supervisor {by} listens; you alone hear them speak", { by }),
  barge: (by) => t("Supervisor {by} is in the talk: all hear each other", { by }),
};

/** Who listens to the talk, as long as somebody does. @param {ListenedView | null} listened */
export function showListened(listened) {
  $("listened").hidden = !listened;
  setText($("listened"), listened ? LISTENED[listened.mode](listened.by) : "");
}

/** Made anew only when one has come or gone, so that a screen reader tells each once. @param {MemoView[]} memos */
export function showMemos(memos) {
  const list = $("memos");
  const key = memos.map((memo) => memo.memo_id).join();
  if (list.dataset.key === key) return;
  list.dataset.key = key;
  list.hidden = memos.length === 0;
  list.replaceChildren(...memos.map(item));
}

/** @param {MemoView} memo */
function item({ memo_id, at, kind, by, text }) {
  const seen = makeButton("chip", t("Seen"));
  seen.addEventListener("click", async () => {
    if (!(await command("memo_seen", { memo_id }))) hint(t("That did not go through. Try again."));
  });
  const said = make("span", "grow", make("b", "", WORDS[kind](by)), " ", text);
  return make("li", "", make("span", "num tiny", moment(at)), said, seen);
}
