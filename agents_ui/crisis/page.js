/** The page of crisis mode: its clock runs, and it comes anew when somebody else turns the switch. */

/** @import { CrisisNotice } from "../shell/port.js" */

import "../shell/clocks.js";
import { Live } from "../shell/live.js";
import "../shell/menus.js";
import { config } from "../shell/texts.js";
import { setServerTime } from "../shell/time.js";

/** @type {Live<{ at: number, crisis: CrisisNotice | null }>} the board's views */
const live = new Live("/board/live", config);
live.on("view", ({ crisis }) => follow(crisis));
live.on("changes", ({ set }) => {
  if ("crisis" in set) follow(/** @type {CrisisNotice | null} */ (set.crisis));
});
live.on("forbidden", () => location.reload());

/** @param {CrisisNotice | null} crisis */
function follow(crisis) {
  if ((crisis?.since ?? null) !== config.since) location.replace("/crisis");
}

setServerTime(Number(config.at));
live.open();
