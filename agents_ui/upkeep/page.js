/** The page of cards' upkeep: what every page does, and a guard over the questions that others will read. */

import "../shell/menus.js";
import { all, make } from "../shell/dom.js";
import { findingsAndPhones } from "../shell/guard.js";
import { Guarded } from "../shell/guarded.js";

for (const area of all('textarea[name="question"]', HTMLTextAreaElement)) {
  const list = make("ul", "stack");
  const box = make("div", "note hold", list);
  area.after(box);
  const guarded = new Guarded(area, box, list, () => {}, findingsAndPhones);
  area.addEventListener("input", () => guarded.look());
  guarded.look();
}
