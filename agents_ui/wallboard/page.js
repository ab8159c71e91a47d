/** Big screens: the page on the wall, and the list of them, which only copies a link. */

import "../shell/clocks.js";
import "../shell/menus.js";
import { config, t } from "../shell/texts.js";
import { setServerTime } from "../shell/time.js";
import { showScreen } from "./screen.js";

if (config.at) setServerTime(Number(config.at));

const copy = document.getElementById("copy");
copy?.addEventListener("click", async () => {
  await navigator.clipboard.writeText(document.getElementById("link")?.textContent ?? "");
  copy.textContent = t("Copied");
});

if (document.getElementById("screen")) showScreen();
