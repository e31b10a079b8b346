/* Which example is on screen: a row of the step's batch or another one, seen as what it is, and changed by hand. */

import { h, put } from "./dom.js";
import { batchOf, poolRow } from "./step.js";

/* What is said of a row of the pool: its inputs where they are few, and its class or number. */
export function nameOfRow(about, arrays, place) {
  const { x, target } = poolRow(about, arrays, place);
  const what = about.shape.length > 1 ? `row ${arrays.origin[place]}` : inputsInWords(about, x, arrays.origin[place]);
  return `${what} → ${targetInWords(about, target)}`;
}

function inputsInWords({ columns }, x, origin) {
  if (!columns) return x.length > 6 ? `row ${origin}` : Array.from(x, short).join(",");
  const cells = Array.from(x.slice(0, 3), (value, i) => cellInWords(columns[i], value));
  return `row ${origin}: ${cells.join(", ")}${x.length > 3 ? " …" : ""}`;
}

function short(value) {
  return Number.isNaN(value) ? "?" : String(Number(value.toPrecision(4)));
}

/* A cell of a table as it was: a number, or the text of a category. */
export function cellInWords([name, categories], value) {
  return `${name} ${categories.length && value >= 0 ? categories[value] : short(value)}`;
}

/* The place of the class that probabilities or targets say; a single one says no or yes. */
export function classOf(values) {
  return values.length === 1 ? +(values[0] > 0.5) : values.indexOf(Math.max(...values));
}

/* The class of a target with a 1 in its place, or the number in the unit of the data. */
export function targetInWords({ classes, unit, target: name }, target) {
  if (classes.length) return classes[classOf(target)];
  const value = unit ? unit[0] + unit[1] * target[0] : target[0];
  return `${name ? `${name} ` : ""}${target.length > 1 ? Array.from(target, short).join(",") : short(value)}`;
}

/* The list of rows at moment m: of its batch, or the first ``most`` of it alone, and the others. ``onPick`` is told of
   {number} in the batch, or of {place} in the pool. */
export function chooser(about, arrays, onPick, most = null) {
  const list = h("select", { "aria-label": "the example", onchange: () => onPick(pickOf(list.value)) });
  const element = h(
    "div",
    { class: "chooser" },
    h("button", { "aria-label": "the example before", onclick: () => turn(-1) }, "‹"),
    list,
    h("button", { "aria-label": "the next example", onclick: () => turn(1) }, "›"),
  );
  const turn = (by) => {
    const many = list.options.length;
    list.selectedIndex = (list.selectedIndex + by + many) % many;
    onPick(pickOf(list.value));
  };
  let drawn = null;
  const moveTo = (m, pick) => {
    const places = batchOf(about, arrays, m);
    if (drawn !== places.join()) put(list, optionsOf(about, arrays, most ? places.subarray(0, most) : places));
    drawn = places.join();
    list.value = pick.number ? `n${pick.number}` : `p${pick.place}`;
  };
  return { element, moveTo };
}

function pickOf(value) {
  return value[0] === "n" ? { number: Number(value.slice(1)) } : { place: Number(value.slice(1)) };
}

function optionsOf(about, arrays, places) {
  const many = arrays.origin.length;
  const inBatch = Array.from(places, (place, i) =>
    h("option", { value: `n${i + 1}` }, `${i + 1}: ${nameOfRow(about, arrays, place)}`),
  );
  const others = Array.from({ length: many - about.watched }, (_, i) => about.watched + i).map((place) =>
    h("option", { value: `p${place}` }, nameOfRow(about, arrays, place)),
  );
  const group = (label, options) => options.length && h("optgroup", { label }, options);
  return [group("in the batch of this step", inBatch), group("of the test rows", others)];
}

/* The row on screen: its picture, or its inputs as fields that can be changed. ``onChange`` is told of another x. */
export function inputsOf(about, x, onChange) {
  if (about.shape.length > 1) return pictureOf(x, about.shape);
  if (x.length > 40) return null;
  const changed = (i, value) => onChange(x.map((old, place) => (place === i ? value : old)));
  const fields = Array.from(x, (value, i) => {
    const [name, categories] = about.columns?.[i] ?? [`x_${i + 1}`, []];
    return h(
      "label",
      { class: "input" },
      name,
      categories.length ? choice(categories, value, (to) => changed(i, to)) : number(value, (to) => changed(i, to)),
    );
  });
  return h("div", { class: "inputs" }, fields);
}

function number(value, onChange) {
  const box = h("input", {
    type: "number",
    step: "any",
    value: Number.isNaN(value) ? "" : plainNumber(value),
    onchange: () => onChange(box.value === "" ? NaN : Number(box.value)),
  });
  return box;
}

/* A number as it was typed: in single precision it has no more than seven digits. */
function plainNumber(value) {
  const few = Number(value.toPrecision(7));
  return Math.fround(few) === Math.fround(value) && Math.fround(value) === value ? few : value;
}

function choice(categories, value, onChange) {
  const list = h(
    "select",
    { onchange: () => onChange(Number(list.value)) },
    categories.map((text, i) => h("option", { value: i, selected: i === value }, text || "(empty)")),
  );
  return list;
}

/* An image as a canvas with one pixel each, from dark to light; of colors the mean. */
export function pictureOf(x, shape, classes = "picture") {
  const [rows, columns] = shape.slice(-2);
  const canvas = h("canvas", {
    width: columns,
    height: rows,
    class: classes,
    role: "img",
    "aria-label": `an image of ${columns} by ${rows}`,
  });
  const context = canvas.getContext("2d");
  const image = context.createImageData(columns, rows);
  const layers = x.length / (rows * columns);
  const values = Float64Array.from({ length: rows * columns }, (_, i) => {
    let sum = 0;
    for (let c = 0; c < layers; c++) sum += x[c * rows * columns + i];
    return sum / layers;
  });
  const [least, most] = [Math.min(0, ...values), Math.max(...values)];
  values.forEach((value, i) => {
    const gray = (255 * (value - least)) / (most - least || 1);
    image.data.set([gray, gray, gray, 255], 4 * i);
  });
  context.putImageData(image, 0, 0);
  return canvas;
}
