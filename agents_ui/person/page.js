/** The page of a person's data: only what every page does. */

import "../shell/menus.js";
