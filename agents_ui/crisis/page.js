/** The page of crisis mode: its clock runs, and it comes anew when somebody else turns the switch. */

import { Live } from "./live.js";
import "./menus.js";
import { config } from "./texts.js";
import { setServerTime } from "./time.js";

setServerTime(config.at);
const live = new Live("/board/live", config);
live.addEventListener("view", ({ detail }) => {
  if ((detail.crisis?.since ?? null) !== config.since) location.replace("/crisis");
});
live.open();
