/** What a service card says, in the order in which an agent needs it. */

/** @import { ServiceCard } from "../shell/port.js" */

import { make } from "../shell/dom.js";
import { t } from "../shell/texts.js";
import { BY_PHONE, CHANNELS, FACTS } from "./words.js";

/** @typedef {[string, string | Node]} Row */

/** @param {ServiceCard} card @returns {Node[]} */
export function factsOf(card) {
  const told = rows(card).filter(([, value]) => value);
  const list = make("dl", "facts");
  for (const [name, value] of told) list.append(make("dt", "", name), make("dd", "", value));
  return [...warnings(card), list, ...answers(card)];
}

/** What others have asked, and the owner has answered. @param {ServiceCard} card */
function answers({ answers: all }) {
  if (!all.length) return [];
  const list = make("dl", "answers");
  for (const { language, question, answer, checked_on } of all) {
    const [asked, said] = [make("dt", "", question), make("dd", "", answer)];
    asked.lang = said.lang = language;
    const checked = t("checked on {day}", { day: day(checked_on) });
    list.append(asked, said, make("dd", "tiny", checked));
  }
  return [make("h3", "small", t("Asked and answered")), list];
}

/** `02.11.2026.` @param {string} iso */
export function day(iso) {
  return iso.split("-").reverse().join(".");
}

/** @param {ServiceCard} card @returns {Row[]} */
function rows(card) {
  return [
    [t("Fee"), card.fee],
    [t("Term"), card.term],
    [t("Needed"), card.documents],
    [t("How"), words(card.channels, CHANNELS)],
    [t("By phone"), byPhone(card)],
    [t("For whom"), card.who],
    [t("Steps"), steps(card.steps)],
    [t("Owner's telephone"), card.telephone],
    [t("Link"), link(card.link)],
    [t("Basis"), card.legal_act],
  ];
}

/** What must be known before it is told. @param {ServiceCard} card */
function warnings(card) {
  const found = [];
  if (card.coming_on) {
    const what = [card.coming_fee, card.coming_term].filter(Boolean).join(" · ");
    found.push(t("From {day}: {what}", { day: day(card.coming_on), what }));
  }
  if (card.to_check.length)
    found.push(
      t("Not confirmed by {owner} yet: {facts}", {
        owner: card.owner,
        facts: words(card.to_check, FACTS),
      }),
    );
  return found.map((text) => make("p", "note ring tiny", text));
}

/** @param {readonly string[]} codes @param {Record<string, string>} known */
function words(codes, known) {
  return codes.map((code) => known[code] ?? code).join(", ");
}

/** Only what is more than to tell, which every card is for. @param {ServiceCard} card */
function byPhone(card) {
  if (card.by_phone.every((one) => one === "inform") && !card.identification) return "";
  const done = words(card.by_phone, BY_PHONE);
  if (!card.identification) return done;
  return t("{done} (identified at level {level})", { done, level: card.identification });
}

/** @param {readonly string[]} all @returns {string | Node} */
function steps(all) {
  return all.length ? make("ol", "steps", ...all.map((one) => make("li", "", one))) : "";
}

/** @param {string} address @returns {string | Node} */
function link(address) {
  if (!address.startsWith("https://")) return "";
  const anchor = Object.assign(document.createElement("a"), { href: address, target: "_blank" });
  anchor.rel = "noreferrer";
  anchor.textContent = address.slice("https://".length);
  return anchor;
}
