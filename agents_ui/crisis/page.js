/** The page of crisis mode: its clock runs, and it comes anew when somebody else turns the switch. */

/** @import { CrisisNotice } from "../shell/port.js" */

import "../shell/clocks.js";
import { Live } from "../shell/live.js";
import "../shell/menus.js";
import { config } from "../shell/texts.js";
import { setServerTime } from "../shell/time.js";

/** @type {Live<{ at: number, crisis: CrisisNotice | null }>} the board's views */
const live = new Live("/board/live", config);
live.on("view", ({ crisis }) => {
  if ((crisis?.since ?? null) !== config.since) location.replace("/crisis");
});
live.on("forbidden", () => location.reload());

setServerTime(Number(config.at));
live.open();
