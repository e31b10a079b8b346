/* A weight at another value: a box and a slider, which stay while they are used. */

import { h } from "./dom.js";
import { weightOf } from "./engine.js";
import { nameOf } from "./network.js";
import { notation } from "./notation.js";

/* What makes the box and the slider of a weight. ``onEdit`` is told of all changed weights, ``edited`` says which. */
export function weightEditor(about, onEdit, edited) {
  let shown = { name: null };
  return (target, step) => {
    const name = nameOf(about.formulas, target.n, target.j, target.k);
    const value = weightOf(step.levels, target.n, target.j, target.k);
    if (shown.name !== name) shown = { name, ...fieldsOf(name, value, (to) => onEdit(withEdit(edited(), target, to))) };
    if (document.activeElement !== shown.box) shown.box.value = value;
    if (document.activeElement !== shown.slider) shown.slider.value = value;
    return shown.element;
  };
}

function withEdit(weights, { n, j, k }, value) {
  return [...weights.filter((one) => one.n !== n || one.j !== j || one.k !== k), { n, j, k, value }];
}

function fieldsOf(name, value, to) {
  const reach = Math.max(2, 2 * Math.abs(value));
  const said = (text) => text !== "" && Number.isFinite(Number(text)) && to(Number(text));
  const box = h("input", {
    type: "number",
    step: "any",
    value,
    "aria-label": `another value for ${name}`,
    onchange: () => said(box.value),
  });
  const slider = h("input", {
    type: "range",
    min: -reach,
    max: reach,
    step: "any",
    value,
    "aria-label": `move ${name}`,
    oninput: () => ((box.value = slider.value), said(slider.value)),
  });
  return {
    box,
    slider,
    element: h("div", { class: "editor" }, h("label", {}, "set ", notation(name), " to ", box), slider),
  };
}
