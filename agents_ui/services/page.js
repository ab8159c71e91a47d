/** The page of services: what every page does; for editors a file of cards, shown before it counts. */

import "../shell/menus.js";
import { loadCards } from "./load.js";

if (document.getElementById("load")) loadCards();
