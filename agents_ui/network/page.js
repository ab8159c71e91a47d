/** The pages of the network: only what every page does. */

import "../shell/clocks.js";
import "../shell/menus.js";
import { config } from "../shell/texts.js";
import { setServerTime } from "../shell/time.js";

setServerTime(Number(config.at));
