/** The page of a recording: what every page does, and plain words where it cannot be played. */

import "../shell/menus.js";
import { $ } from "../shell/dom.js";

$("player", HTMLAudioElement).addEventListener("error", () => {
  $("closed").hidden = false;
});
