/* The pieces of a page take the places that stand in it for them. */
import { digit } from "./digit.js";
import { h, put } from "./dom.js";
import { stepper } from "./stepper.js";
import { unit } from "./unit.js";
import { valley } from "./valley.js";
import { xorLive } from "./xor-live.js";

const PIECES = { unit, valley, stepper, "xor-live": xorLive, digit };

/* What stood in the place until now, for pages without JavaScript, gives way to the piece. */
for (const place of document.querySelectorAll("[data-piece]")) {
  const { alt, ...data } = JSON.parse(place.querySelector("script").textContent);
  put(place, h("div", { class: "piece-live", role: "group", "aria-label": alt }, PIECES[place.dataset.piece](data)));
}

/* The site's own button for light and dark sets an attribute; planes are pixels, and don't follow by themselves. */
new MutationObserver(() => {
  for (const drawn of document.querySelectorAll(".plane")) drawn.draw();
}).observe(document.body, { attributes: true, attributeFilter: ["data-theme"] });
