/** The dialog that passes the caller on: by a service to its queue, or to any queue. */

/** @import { Commands, Onward } from "./port.js" */

import { $, make } from "../shell/dom.js";
import { ask } from "../shell/live.js";
import { config, label, t } from "../shell/texts.js";
import { lookedUp, names } from "./services.js";
import { desk, record } from "./state.js";

const dialog = $("queue-transfer", HTMLDialogElement);
const services = $("queue-transfer-service", HTMLSelectElement);
const confirm = $("queue-transfer-now", HTMLButtonElement);
let callId = "";
let asked = 0;

/** Ask which service, with the one at hand chosen already. */
export async function openTransfer() {
  if (!desk.call || dialog.open) return;
  callId = desk.call.call_id;
  await fillServices(desk.call.suggested);
  $("queue-transfer-queues").replaceChildren();
  $("queue-transfer-error").textContent = "";
  dialog.returnValue = "";
  dialog.showModal();
  await findQueues();
}

/** Another call, or none: what was asked of the former one is of no use. */
export function closeTransfer() {
  if (dialog.open) dialog.close();
}

/** What the agent has chosen, for the command; null without a queue. @returns {Commands["queue_transfer"] | null} */
export function chosen() {
  const queue = chosenQueue()?.value;
  return queue ? { call_id: callId, queue, service: services.value } : null;
}

/** @param {() => void} work is done when the agent has confirmed */
export function onTransfer(work) {
  dialog.addEventListener("close", () => {
    $("queue-transfer-open").focus(); // or the keys of the desk would go to a hidden field
    if (dialog.returnValue === "go") work();
  });
}

/** @param {string[]} suggested */
async function fillServices(suggested) {
  const codes = new Set([lookedUp(), ...record.services.toReversed(), ...suggested]);
  const known = [...codes].filter(Boolean);
  const labels = await names(known);
  const options = known.map((code, index) => new Option(labels[index], code));
  options.push(new Option(t("Choose the queue yourself"), ""));
  services.replaceChildren(...options);
}

async function findQueues() {
  const mine = ++asked;
  confirm.disabled = true;
  try {
    const body = { call_id: callId, service: services.value };
    const answer = await ask("/desk/onward", { csrf: config.csrf, body });
    if (mine === asked) showQueues(answer.queues);
  } catch {
    if (mine === asked)
      $("queue-transfer-error").textContent = t(
        "The queues cannot be reached at the moment. Try again.",
      );
  }
}

/** @param {Onward[]} queues */
function showQueues(queues) {
  $("queue-transfer-error").textContent = queues.some((each) => each.suggested)
    ? ""
    : t("No queue is known for this: choose one.");
  $("queue-transfer-queues").replaceChildren(...queues.map(choice));
  settle();
  (chosenQueue() ? confirm : services).focus();
}

/** @param {Onward} queue */
function choice(queue) {
  const radio = make("input");
  radio.type = "radio";
  radio.name = "queue";
  radio.value = queue.queue;
  radio.checked = queue.suggested;
  radio.dataset.atWork = String(queue.at_work);
  const count = t("free {ready} · at work {work} · waiting {waiting}", {
    ready: queue.ready,
    work: queue.at_work,
    waiting: queue.waiting,
  });
  return make(
    "label",
    "",
    radio,
    make("span", "", label(queue.label)),
    make("span", "tiny num", count),
  );
}

/** Only a chosen queue can be confirmed; one where nobody is, after a word of warning. */
function settle() {
  const radio = chosenQueue();
  confirm.disabled = !radio;
  $("queue-transfer-nobody").hidden = radio?.dataset.atWork !== "0";
}

/** @returns {HTMLInputElement | null} */
function chosenQueue() {
  return dialog.querySelector("input:checked");
}

services.addEventListener("change", findQueues);
$("queue-transfer-queues").addEventListener("change", settle);
