/** The page of reports: what every page does, and choices that take effect at once. */

import "../shell/menus.js";

for (const choice of document.querySelectorAll("select[data-at-once]"))
  choice.addEventListener("change", () => {
    if (choice instanceof HTMLSelectElement) choice.form?.requestSubmit();
  });

// Of a report that is sent: the day of the week or of the month, where it goes by that.
const every = document.getElementById("every");
if (every instanceof HTMLSelectElement) {
  const show = () => {
    for (const [id, of] of Object.entries({ weekday: "week", day: "month" })) {
      const field = document.getElementById(id)?.closest(".field");
      field?.toggleAttribute("hidden", every.value !== of);
    }
  };
  every.addEventListener("change", show);
  show();
}
