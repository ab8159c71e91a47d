/** Making an offer noticed: ring, title, picture, notification, and one spoken announcement. */

/** @import { CallView } from "./port.js" */

import { $ } from "../shell/dom.js";
import { label, languageName, t } from "../shell/texts.js";
import { duration, now } from "../shell/time.js";
import { hush, ring } from "./sound.js";

const icon = $("favicon", HTMLLinkElement);
const calm = { title: document.title, icon: icon.href };
const LONGEST_S = 60;
let offer = "";
/** @type {Notification | null} */
let notification = null;

/**
 * Ring for this offer; the same offer again only rings if it could not be heard so far.
 * @param {CallView | null} call null: the phone alone rings
 * @param {boolean} here whether it can be answered on this page
 */
export function alarm(call, here) {
  const id = call?.offer_id ?? "phone";
  const known = id === offer;
  if (!known) quiet();
  ring(call?.ring_until ? Math.max(0, call.ring_until - now()) : LONGEST_S);
  if (known) return;
  offer = id;
  const title = titleOf(call);
  const queue = call ? label(call.queue_label) : t("Call without the panel");
  document.title = `☎ ${title} · ${queue}`;
  icon.href = icon.dataset.ringing ?? "";
  $("announce").textContent = spoken(call, queue, here);
  notify(title, { body: queue, tag: id, requireInteraction: true });
}

/** Silence, everywhere. */
export function quiet() {
  hush();
  if (!offer) return;
  offer = "";
  document.title = calm.title;
  icon.href = calm.icon;
  $("announce").textContent = "";
  notification?.close();
  notification = null;
}

/** @param {CallView | null} call */
function titleOf(call) {
  if (call?.message) return t("Voice message");
  return call?.callback ? t("Call back") : t("Incoming call");
}

/** @param {CallView | null} call @param {string} queue @param {boolean} here */
function spoken(call, queue, here) {
  if (!call) return t("Incoming call. Press Enter to answer.");
  const values = {
    queue,
    language: languageName(call.language),
    wait: duration(now() - call.queued_at),
  };
  if (call.callback) return t("Call back: {queue}, {language}. Press Enter to ring.", values);
  if (call.message) return t("Voice message: {queue}, {language}. Press Enter to listen.", values);
  if (!here) return t("Incoming call: {queue}, {language}, waited {wait}.", values);
  return t("Incoming call: {queue}, {language}, waited {wait}. Press Enter to answer.", values);
}

/** @param {string} title @param {NotificationOptions} options */
function notify(title, options) {
  if (!document.hidden || !("Notification" in window) || Notification.permission !== "granted")
    return;
  notification = new Notification(title, options);
  notification.onclick = () => window.focus();
}
