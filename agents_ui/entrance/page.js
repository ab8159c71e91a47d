/** The log-in page: counts the seconds of a slow-down, and lets nobody guess meanwhile. */

const slow = document.getElementById("slow");
const enter = /** @type {HTMLButtonElement} */ (document.getElementById("enter"));

if (slow) {
  const until = Date.now() + Number(slow.dataset.wait) * 1000;
  enter.disabled = true;
  const timer = setInterval(() => {
    const left = Math.max(0, Math.ceil((until - Date.now()) / 1000));
    document.getElementById("wait").textContent = String(left);
    if (left) return;
    clearInterval(timer);
    enter.disabled = false;
    slow.hidden = true;
  }, 250);
}
