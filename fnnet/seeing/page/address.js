/* The place on screen as the end of the page's address, such as #step=300&example=2&at=u_21, to come back to. */

import { nameOf } from "./network.js";
import { nearestKept } from "./player.js";
import { lineAt, meant, placeOf } from "./walk.js";

/* Go where an address says; what it doesn't say stays. ``moveToStep`` is told of the step. */
export function goToAddress(address, view, moveToStep) {
  const said = new URLSearchParams(address.replace(/^#/, ""));
  const { about, arrays, sections, state } = view;
  const step = Number(said.get("step") ?? about.kept[state.m]);
  const m = nearestKept(about.kept, step);
  if (said.has("example")) {
    const number = Number(said.get("example"));
    state.pick = { number: isPlaceIn(number - 1, about.batch[m]) ? number : 1 };
  }
  const row = said.has("row") ? Number(said.get("row")) : NaN;
  if (isPlaceIn(row, arrays.origin.length - about.watched)) state.pick = { place: row + about.watched };
  const target = said.has("at") && meant(said.get("at"), about.sizes, about.formulas.letters);
  if (target) state.place = placeOf(sections, target, said.get("show") === "errors") ?? state.place;
  moveToStep(step);
}

function isPlaceIn(place, many) {
  return Number.isInteger(place) && place >= 0 && place < many;
}

/* The address of the place on screen. */
export function addressOf({ about, sections, state }) {
  const { section, n, j, k } = lineAt(sections, state.place);
  const said = new URLSearchParams({ step: about.kept[state.m] });
  if (state.pick.number) said.set("example", state.pick.number);
  else said.set("row", state.pick.place - about.watched);
  if (j) said.set("at", nameOf(about.formulas, n, j, k));
  if (section.kind === "errors") said.set("show", "errors");
  return `#${said}`;
}
