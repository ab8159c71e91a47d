/** The page of services: only what every page does. */

import "../shell/menus.js";
