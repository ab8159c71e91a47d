/** Numbers that nobody rings on behalf of another: whoever is in danger rings there. Pure. */

const EMERGENCY = new Set(["110", "112", "113", "114", "01", "02", "03", "04"]);

/** Whether that is one of them, however it is written. @param {string} text */
export function isEmergency(text) {
  const digits = text.replace(/\D/g, "");
  const country = /^\s*(\+|00)/.test(text) ? /^(00)?371/ : /^$/;
  return EMERGENCY.has(digits.replace(country, ""));
}
