/** The dialog that passes the caller on: by a service to its queue, or to any queue. */

import { ask } from "./live.js";
import { lookedUp, names } from "./services.js";
import { desk, record } from "./state.js";
import { config, label, t } from "./texts.js";

const $ = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));
const dialog = $("pass-on");
let callId = "";
let asked = 0;

/** Ask which service, with the one at hand chosen already. */
export async function openPassOn() {
  callId = desk.call?.call_id ?? "";
  if (!callId || dialog.open) return;
  await fillServices();
  $("pass-on-queues").replaceChildren();
  $("pass-on-error").textContent = "";
  dialog.returnValue = "";
  dialog.showModal();
  await findQueues();
}

/** Another call, or none: what was asked of the former one is of no use. */
export function closePassOn() {
  if (dialog.open) dialog.close();
}

/** What the agent has chosen, for the command; null without a queue. */
export function chosen() {
  const queue = dialog.querySelector("input:checked")?.value;
  return queue ? { call_id: callId, queue, service: $("pass-on-service").value } : null;
}

/** @param {() => void} work is done when the agent has confirmed */
export function onPassOn(work) {
  dialog.addEventListener("close", () => {
    $("pass-on-open").focus(); // or the keys of the desk would go to a hidden field
    if (dialog.returnValue === "go") work();
  });
}

async function fillServices() {
  const codes = [...new Set([lookedUp(), ...record.services.toReversed(), ...desk.call.suggested])];
  const known = codes.filter(Boolean);
  const labels = await names(known);
  const options = known.map((code, index) => new Option(labels[index], code));
  options.push(new Option(t("Choose the queue yourself"), ""));
  $("pass-on-service").replaceChildren(...options);
}

async function findQueues() {
  const mine = ++asked;
  const service = $("pass-on-service").value;
  $("pass-on-now").disabled = true;
  try {
    const answer = await ask("/desk/onward", {
      csrf: config.csrf,
      body: { call_id: callId, service },
    });
    if (mine === asked) showQueues(answer.queues);
  } catch {
    if (mine === asked)
      $("pass-on-error").textContent = t("The queues can't be reached at the moment. Try again.");
  }
}

function showQueues(queues) {
  $("pass-on-error").textContent = queues.some((each) => each.suggested)
    ? ""
    : t("No queue is known for this: choose one.");
  $("pass-on-queues").replaceChildren(...queues.map(choice));
  settle();
  (dialog.querySelector("input:checked") ? $("pass-on-now") : $("pass-on-service")).focus();
}

function choice(queue) {
  const row = document.createElement("label");
  const radio = document.createElement("input");
  radio.type = "radio";
  radio.name = "queue";
  radio.value = queue.queue;
  radio.checked = queue.suggested;
  radio.dataset.atWork = queue.at_work;
  const name = document.createElement("span");
  name.textContent = label(queue.label);
  const count = document.createElement("span");
  count.className = "tiny num";
  count.textContent = t("free {ready} · at work {work} · waiting {waiting}", {
    ready: queue.ready,
    work: queue.at_work,
    waiting: queue.waiting,
  });
  row.append(radio, name, count);
  return row;
}

/** Only a chosen queue can be confirmed; one where nobody is, after a word of warning. */
function settle() {
  const radio = dialog.querySelector("input:checked");
  $("pass-on-now").disabled = !radio;
  $("pass-on-nobody").hidden = !radio || radio.dataset.atWork !== "0";
}

$("pass-on-service").addEventListener("change", findQueues);
$("pass-on-queues").addEventListener("change", settle);
