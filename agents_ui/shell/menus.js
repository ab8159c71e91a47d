/** Menus are `<details>`: one open at a time, closed by a click beside them, a choice or Escape. */

import { all, pressed } from "./dom.js";

const menus = () => all("details.menu[open]", HTMLDetailsElement);

/** Whether a menu or a dialog has the keys at the moment. */
export function somethingOpen() {
  return menus().length > 0 || document.querySelector("dialog[open]") !== null;
}

/** Close every menu but one. @param {HTMLElement | null} [except] */
export function closeMenus(except = null) {
  for (const menu of menus()) if (menu !== except) menu.open = false;
}

document.addEventListener("click", (event) => {
  closeMenus(pressed(event, ".sheet button") ? null : pressed(event, "details.menu"));
});

document.addEventListener(
  "keydown",
  (event) => {
    if (event.key !== "Escape") return;
    for (const menu of menus()) {
      event.stopImmediatePropagation();
      menu.open = false;
      menu.querySelector("summary")?.focus();
    }
  },
  true,
);
