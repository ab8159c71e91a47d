/** The pages of quality: what every page does, a card filled in by digits, and a guard over its words. */

import "../shell/menus.js";
import { all, make } from "../shell/dom.js";
import { findingsAndPhones } from "../shell/guard.js";
import { Guarded } from "../shell/guarded.js";

const criteria = all("fieldset.criterion", HTMLFieldSetElement);

/** @param {Element} within @returns {HTMLInputElement[]} */
const marksOf = (within) =>
  [...within.querySelectorAll("input[data-digit]")].filter(
    (one) => one instanceof HTMLInputElement,
  );

/** The next criterion's mark, or the comment behind the last. @param {Element} criterion */
function goOn(criterion) {
  const next = criteria[criteria.indexOf(/** @type {HTMLFieldSetElement} */ (criterion)) + 1];
  const marks = next ? marksOf(next) : [];
  const there = marks.find((one) => one.checked) ?? marks[0] ?? document.querySelector("#comment");
  if (there instanceof HTMLElement) there.focus();
}

document.addEventListener("keydown", (event) => {
  const { target, key } = event;
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  if (!(target instanceof HTMLInputElement) || !target.dataset.digit) return;
  const criterion = target.closest("fieldset.criterion");
  if (!criterion) return;
  const chosen = marksOf(criterion).find((one) => one.dataset.digit === key);
  if (!chosen) return;
  event.preventDefault();
  chosen.checked = true;
  goOn(criterion);
});

const open = criteria.find((one) => !marksOf(one).some((mark) => mark.checked));
if (open && document.querySelector('form[action^="/quality/assessments/"]'))
  marksOf(open)[0]?.focus();

for (const area of all("textarea", HTMLTextAreaElement)) {
  if (!["comment", "reply"].includes(area.name)) continue;
  const list = make("ul", "stack");
  const box = make("div", "note hold", list);
  area.after(box);
  const guarded = new Guarded(area, box, list, () => {}, findingsAndPhones);
  area.addEventListener("input", () => guarded.look());
  guarded.look();
}
