/** The pages of cases: what every page does, and a guard over what is written. */

import "../shell/clocks.js";
import "../shell/menus.js";
import { all, make } from "../shell/dom.js";
import { Guarded } from "../shell/guarded.js";
import { config } from "../shell/texts.js";
import { setServerTime } from "../shell/time.js";

setServerTime(Number(config.at));

for (const area of all("textarea:not([hidden])", HTMLTextAreaElement)) {
  const list = make("ul", "stack");
  const box = make("div", "note hold", list);
  area.after(box);
  const guarded = new Guarded(area, box, list);
  area.addEventListener("input", () => guarded.look());
  guarded.look();
}
