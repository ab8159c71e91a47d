/** The log-in page: counts the seconds of a slow-down, and lets nobody guess meanwhile. */

import { $ } from "../shell/dom.js";

const slow = document.getElementById("slow");

if (slow) {
  const until = Date.now() + Number(slow.dataset.wait) * 1000;
  const enter = $("enter", HTMLButtonElement);
  enter.disabled = true;
  const timer = setInterval(() => {
    const left = Math.max(0, Math.ceil((until - Date.now()) / 1000));
    $("wait").textContent = String(left);
    if (left) return;
    clearInterval(timer);
    enter.disabled = false;
    slow.hidden = true;
  }, 250);
}
