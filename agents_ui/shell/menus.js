/** Menus are `<details>`: one open at a time, closed by a click beside them, a choice or Escape. */

const menus = () => document.querySelectorAll("details.menu[open]");

/** Whether a menu or a dialog has the keys at the moment. */
export function somethingOpen() {
  return menus().length > 0 || document.querySelector("dialog[open]") !== null;
}

/** Close every menu but one. @param {EventTarget | null} [except] */
export function closeMenus(except = null) {
  for (const menu of menus()) if (menu !== except) menu.removeAttribute("open");
}

document.addEventListener("click", (event) => {
  const target = /** @type {Element} */ (event.target);
  const inside = target.closest("details.menu");
  closeMenus(target.closest(".sheet button") ? null : inside);
});

document.addEventListener(
  "keydown",
  (event) => {
    if (event.key !== "Escape") return;
    for (const menu of menus()) {
      event.stopImmediatePropagation();
      menu.removeAttribute("open");
      menu.querySelector("summary").focus();
    }
  },
  true,
);
