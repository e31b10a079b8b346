/* A run whose network has no formulas here: each layer's outputs and gradients, as they were recorded in Python. */

import { chooser, nameOfRow } from "./chooser.js";
import { h, put } from "./dom.js";
import { numbersAt } from "./film.js";
import { field } from "./network.js";
import { figure } from "./numbers.js";
import { batchOf } from "./step.js";
import { rankedTable } from "./tables.js";

/* The view of such a film: the layers in a row, and the one that is looked at with all its numbers. */
export function recorder({ about, arrays }) {
  const state = { m: 0, number: 1, layer: 0 };
  const list = chooser(about, arrays, ({ number }) => set({ number }), about.recorded);
  const [row, details] = [h("div", { class: "recorded-layers" }), h("div", { "aria-live": "polite" })];
  const note = h("p", { class: "why" }, `no formulas, and nothing to change by hand: ${about.why}`);
  const element = h("div", { class: "recorded" }, note, list.element, row, details);
  const set = (change) => {
    Object.assign(state, change);
    draw();
  };
  const at = (name) => numbersAt(arrays[name], about.kept.length, state.m);
  const ofExample = (name, many) => at(name).subarray((state.number - 1) * many, state.number * many);
  function draw() {
    list.moveTo(state.m, { number: state.number });
    const focused = row.contains(document.activeElement);
    put(
      row,
      about.layers.map((layer, i) => layerButton(layer, i, state, ofExample, () => set({ layer: i }))),
    );
    if (focused) row.querySelector("[aria-pressed=true]")?.focus();
    put(details, detailsOfLayer(about, state, ofExample, at));
  }
  const moveTo = (m) => set({ m });
  const said = () => nameOfRow(about, arrays, batchOf(about, arrays, state.m)[state.number - 1]);
  return { element, moveTo, said };
}

function layerButton({ name, outputs, shown }, i, state, ofExample, choose) {
  const picture = shown && field(ofExample(`value${i}`, outputs)).canvas;
  picture?.setAttribute("class", "recorded-field");
  const pressed = String(i === state.layer);
  return h(
    "button",
    { "aria-pressed": pressed, onclick: choose },
    h("span", {}, name),
    picture || h("span", {}, "not kept"),
  );
}

/* The numbers of a layer: a row for each output, and one for each of its parameters. */
function detailsOfLayer(about, { layer }, ofExample, at) {
  const { name, place, outputs, params, shown } = about.layers[layer];
  const [values, slopes] = shown ? ["value", "slope"].map((what) => ofExample(`${what}${layer}`, outputs)) : [[], []];
  const rows = Array.from(values, (value, j) => [String(j + 1), figure(value, 4), figure(slopes[j], 4), "none known"]);
  const before = about.layers.slice(0, layer).reduce((sum, other) => sum + countOfParams(other), 0);
  return [
    h("h3", {}, `layer ${place}: ${name}`),
    rows.length > 0 && rankedTable(["output", "value", "gradient of E in it", "formula"], rows),
    params.length > 0 && h("h3", {}, "what it holds, with the mean gradient of the batch"),
    params.length > 0 && rankedTable(["number", "value", "gradient"], paramRows(params, before, at("net"), at("grad"))),
  ];
}

function countOfParams({ params }) {
  return params.reduce((sum, [, shape]) => sum + sizeOf(shape), 0);
}

function sizeOf(shape) {
  return shape.reduce((product, size) => product * size, 1);
}

/* Each number that a layer holds, by its name and place, as in W[0,2]. */
function paramRows(params, before, net, grads) {
  let start = before;
  return params.flatMap(([name, shape]) => {
    const first = start;
    start += sizeOf(shape);
    return Array.from({ length: sizeOf(shape) }, (_, i) => {
      return [`${name}[${placeIn(shape, i)}]`, figure(net[first + i], 4), figure(grads[first + i], 4)];
    });
  });
}

/* Where number i stands in an array of this shape. */
function placeIn(shape, i) {
  const indices = [];
  for (const size of [...shape].reverse()) {
    indices.unshift(i % size);
    i = Math.floor(i / size);
  }
  return indices.join(",");
}
