/* The place on screen as the end of the page's address, such as #step=300&example=2&at=u_21, to come back to. */

import { nameOf } from "./network.js";
import { nearestKept } from "./player.js";
import { lineAt, meant, placeOf } from "./walk.js";

/* Go where an address says; what it doesn't say stays. */
export function goToAddress(address, view, moveTo) {
  const said = new URLSearchParams(address.replace(/^#/, ""));
  const { about, sections, state } = view;
  const m = nearestKept(about.kept, Number(said.get("step") ?? about.kept[state.m]));
  if (said.has("example")) {
    const number = Number(said.get("example"));
    state.pick = number >= 1 && number <= about.batch[m] ? { number } : { number: 1 };
  }
  if (said.has("row")) state.pick = { place: Number(said.get("row")) + about.watched };
  const target = said.has("at") && meant(said.get("at"), about.sizes, about.formulas.letters);
  if (target) state.place = placeOf(sections, target, said.get("show") === "errors") ?? state.place;
  moveTo(m);
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
