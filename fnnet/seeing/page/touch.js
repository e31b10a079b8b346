/* What can be touched beside the numbers: the decision plane of two inputs, live, and a sheet to draw a digit on. */

import { classOf, nameOfRow, pictureOf } from "./chooser.js";
import { h } from "./dom.js";
import { runForward, softmaxOf } from "./engine.js";
import { sigmoid } from "./numbers.js";
import { plane } from "./plane.js";
import { scribble } from "./scribble.js";
import { batchOf, poolRow } from "./step.js";

/* The plane or the sheet of a view, {element, draw}; null where the data have neither. */
export function touchOf(view) {
  const { about } = view;
  if (about.shape.length === 1 && about.shape[0] === 2 && about.sizes[0] === 2) return planeOf(view);
  return about.form ? drawingSheet(view) : null;
}

/* Whether the outputs say classes; else they are numbers. */
const saysClasses = ({ loss, classes }) => classes.length > 0 || loss === "SigmoidCrossEntropy";

/* Outputs as they are said: probabilities, or the numbers themselves in the unit of the data. */
function saidBy(about, h) {
  const { loss, softmax, unit } = about;
  if (softmax || loss === "SoftmaxCrossEntropy") return softmaxOf(h);
  if (!saysClasses(about)) return unit ? unit[0] + unit[1] * h[0] : h[0];
  const said = Array.from(h, (value) => (loss === "SigmoidCrossEntropy" ? sigmoid(value) : value));
  return h.length === 1 ? [1 - said[0], said[0]] : said;
}

function planeOf(view) {
  const { about, arrays } = view;
  const some = Array.from({ length: Math.min(400, arrays.origin.length) }, (_, place) => poolRow(about, arrays, place));
  const rows = some.filter(({ x }) => x.every(Number.isFinite)); // a row with a gap has no place
  if (!rows.length) return null;
  const range = [0, 1].map((i) => {
    const values = rows.map(({ x }) => x[i]);
    const [least, most] = [Math.min(...values), Math.max(...values)];
    const room = (most - least || 1) / 4;
    return [least - room, most + room];
  });
  const points = rows.map(({ x, target }) => ({ at: Array.from(x), label: saysClasses(about) ? classOf(target) : 0 }));
  const names = about.columns?.map(([name]) => name) ?? ["x_1", "x_2"];
  const onPick = (...x) => view.set({ edits: { ...view.state.edits, x: Float64Array.from(x) } });
  const drawn = plane({
    range,
    points,
    classes: about.classes,
    names,
    onPick,
    label: "what the network says of every point",
  });
  const scale = about.first.filter(({ kind }) => kind === "Standardize" || kind === "Scale");
  const prepared = (x) =>
    scale.reduce(
      (row, layer) =>
        layer.kind === "Scale"
          ? row.map((v) => v * layer.factor)
          : row.map((v, i) => (v - layer.mean[i]) / layer.deviation[i]),
      x,
    );
  const draw = () => drawn.draw((...x) => saidBy(about, runForward(about, view.step.levels, prepared(x)).at(-1)));
  const element = h("section", { class: "touch" }, h("h2", {}, "the plane"), drawn.element ?? drawn);
  return { element, draw };
}

function drawingSheet(view) {
  const { about, arrays } = view;
  const examples = Array.from(batchOf(about, arrays, 0))
    .slice(0, 10)
    .map((place) => ({ name: nameOfRow(about, arrays, place), image: Array.from(poolRow(about, arrays, place).x) }));
  const onChange = (image) => image && view.set({ edits: { ...view.state.edits, x: Float64Array.from(image) } });
  const drawn = scribble({ form: about.form, onChange, examples, paper: about.form.box ? "black" : "white" });
  const element = h("section", { class: "touch" }, h("h2", {}, "draw one yourself"), drawn.element ?? drawn);
  return { element, draw: () => {} };
}
