/** Telephone numbers as they are typed. Pure. */

/** Police, fire and rescue, ambulance, gas, and the old two-figure numbers: never rung from a desk. */
const EMERGENCY = new Set(["110", "112", "113", "114", "01", "02", "03", "04"]);

/** The figures of what is typed, if it is nothing but a number. @param {string} text */
function figures(text) {
  const plain = text.replace(/[\s().-]/g, "");
  return /^\+?[0-9]+$/.test(plain) ? plain : "";
}

/** Whether an emergency service is meant. @param {string} text */
export function isEmergency(text) {
  return EMERGENCY.has(figures(text).replace(/^(\+371|00371)/, ""));
}

/** The number that can be rung; "" where there is none (yet). @param {string} text */
export function numberIn(text) {
  const number = figures(text);
  const long = number.replace("+", "").length;
  return long >= 8 && long <= 15 && !isEmergency(text) ? number : "";
}
