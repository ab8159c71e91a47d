/** One's own page: what was just made or refused is read first. */

import "../shell/menus.js";

document.getElementById("print")?.addEventListener("click", () => print());
document.getElementById("codes-title")?.focus();
