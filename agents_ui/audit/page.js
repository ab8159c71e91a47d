/** The page of the audit log: only what every page does. */

import "../shell/menus.js";
