/** A telephone number as an agent reads it. */

import { t } from "../shell/texts.js";

/**
 * `+371 29 ··· ·45`: the middle stays hidden from whoever stands at the desk.
 * @param {string | null} number E.164, null when withheld
 */
export function masked(number, whole = false) {
  if (number === null) return t("Number withheld");
  const [country, national] = number.startsWith("+371") ? ["+371", number.slice(4)] : ["", number];
  const shown = whole
    ? national
    : national.replace(/(?<=^..).*(?=..$)/, (middle) => "·".repeat(middle.length));
  const grouped =
    country && shown.length === 8 ? shown.replace(/^(..)(...)(...)$/, "$1 $2 $3") : shown;
  return country ? `${country} ${grouped}` : grouped;
}
