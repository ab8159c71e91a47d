/** The pages of accounts: everything is forms; only the menu moves. */

import "../shell/menus.js";
