/** The pages of alerts: in the form of a rule, the unit goes with the figure. */

import "../shell/menus.js";
import { config, t } from "../shell/texts.js";

/** @type {Record<string, string>} */
const WORDS = { s: t("seconds"), "%": "%", count: "" };
const units = /** @type {Record<string, string>} */ (config.units ?? {});

const figure = /** @type {HTMLSelectElement | null} */ (document.getElementById("figure"));
if (figure) {
  const show = () => {
    const unit = WORDS[units[figure.value] ?? "count"] ?? "";
    for (const one of document.querySelectorAll("[data-unit]")) one.textContent = unit;
  };
  figure.addEventListener("change", show);
  show();
}
