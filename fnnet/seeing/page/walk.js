/* The walk through a step: which line is on screen, and how one gets to another. */

import { h } from "./dom.js";
import { nameOf } from "./network.js";

/* Places of lines: of all sections in a row, from 0. */
export function lineAt(sections, place) {
  let left = place;
  for (const section of sections) {
    if (left < section.count) return { section, place, ...section.at(left) };
    left -= section.count;
  }
  return lineAt(sections, 0);
}

export function countLines(sections) {
  return sections.reduce((sum, { count }) => sum + count, 0);
}

/* Where the line of a unit or a weight stands: a unit's value, or with ``errors`` its error; a weight's gradient. */
export function placeOf(sections, { n, j, k }, errors = false) {
  const kind = k !== undefined ? "gradients" : errors && n > 0 ? "errors" : "forward";
  let start = 0;
  let found = null;
  for (const section of sections) {
    const fits =
      section.kind === kind && section.n === n && section.what !== "probabilities" && section.what !== "loss";
    if (fits) found = start; // of errors through a softmax the last, which is on the unit itself
    start += section.count;
  }
  const inputs = k === undefined ? 0 : sections.find((s) => s.kind === kind && s.n === n).each;
  return found === null ? null : found + (k === undefined ? j - 1 : (j - 1) * inputs + k);
}

const KINDS_IN_WORDS = { forward: "forward", errors: "errors", gradients: "gradients", updates: "updates" };

/* The buttons of the walk: one line on, one back, and the beginning of each kind. ``go`` is told of a place. */
export function walkBar(sections, place, go, letters) {
  const many = countLines(sections);
  const { section, j, k } = lineAt(sections, place);
  const kinds = Object.entries(KINDS_IN_WORDS).map(([kind, text]) => {
    const start = startOfKind(sections, kind);
    const here = section.kind === kind;
    return h("button", { "aria-pressed": String(here), onclick: () => go(start) }, text);
  });
  const on = section.what === "loss" ? "the loss" : nameOf({ letters }, section.n, j, k);
  return h(
    "div",
    { class: "walk-bar" },
    h("button", { "aria-label": "one line back", disabled: place === 0, onclick: () => go(place - 1) }, "←"),
    h("button", { "aria-label": "one line on", disabled: place === many - 1, onclick: () => go(place + 1) }, "→"),
    h(
      "span",
      { class: "walk-place" },
      `line ${(place + 1).toLocaleString("en")} of ${many.toLocaleString("en")}: ${on}`,
    ),
    h("span", { class: "walk-kinds", role: "group", "aria-label": "go to" }, kinds),
  );
}

function startOfKind(sections, kind) {
  const at = sections.findIndex((section) => section.kind === kind);
  return countLines(sections.slice(0, at));
}

/* The box that takes one to a unit or a weight by its name, such as u_21; go is told what it means. */
export function goTo({ sizes, formulas }, go) {
  const said = h("span", { class: "go-said", role: "alert" });
  const box = h("input", {
    type: "text",
    placeholder: "u_21",
    size: 8,
    "aria-label": "go to a unit or a weight by its name",
  });
  const submit = (event) => {
    event.preventDefault();
    const target = meant(box.value.trim(), sizes, formulas.letters);
    said.textContent = target ? "" : `there is no ${box.value}`;
    if (target) go(target);
  };
  return h("form", { class: "go", onsubmit: submit }, h("label", {}, "go to ", box), h("button", {}, "go"), said);
}

/* What a name means: {n, j} of a unit, {n, j, k} of a weight, or null. */
export function meant(name, sizes, letters) {
  const found = name.match(/^([a-z])(?:\((\d+)\))?_?(\d+)(?:,(\d+))?$/);
  if (!found) return null;
  const [, letter, layer, first, second] = found;
  const unit = letters.deep && layer && letter === "g" ? Number(layer) : letters.units.indexOf(letter);
  const weight = letters.deep && layer && letter === "u" ? Number(layer) : letters.weights.indexOf(letter) + 1;
  const isWeight = letters.deep ? letter === "u" : weight > 0;
  if (!isWeight) return unit >= 0 && !second && inside(first, 1, sizes[unit]) ? { n: unit, j: Number(first) } : null;
  const splits = second === undefined ? splitsOf(first) : [[first, second]];
  const fits = splits.find(([j, k]) => inside(j, 1, sizes[weight]) && inside(k, 0, sizes[weight - 1]));
  return fits ? { n: weight, j: Number(fits[0]), k: Number(fits[1]) } : null;
}

/* u_12 is unit 1 and weight 2: without a comma, both have one digit. */
function splitsOf(digits) {
  return digits.length === 2 ? [[digits[0], digits[1]]] : [];
}

function inside(text, least, most) {
  return Number(text) >= least && Number(text) <= most;
}
