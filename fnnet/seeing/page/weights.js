/* The weights of a layer: of each unit a picture of what it looks for, or a table by the names of its inputs. */
import { brief } from "./axis.js";
import { diverging } from "./colors.js";
import { h } from "./dom.js";
import { bytesOf, emptyPicture, fillPicture, paintWhenSeen, signedColor } from "./pictures.js";

const SMALLEST = 56; // pixels on the screen that a picture of weights is wide, however few weights it has

/* The sections of a run's weights: those of the first trained layer, and the kernels of later ones. */
export function weightsSections({ weights, kernels }) {
  const first = weights && h("section", {}, h("h3", {}, `Weights of ${weights.layer}`), weightsView(weights));
  const later = kernels.map((each) => h("section", {}, h("h3", {}, `Kernels of ${each.layer}`), weightsView(each)));
  return [first, ...later];
}

function weightsView(weights) {
  return weights.pixels === undefined ? weightsTable(weights) : weightsGallery(weights);
}

function weightsGallery({ units, shape, largest, pixels }) {
  const [count, channels, height, width] = shape;
  const shares = new Int8Array(bytesOf(pixels).buffer);
  const size = height * width;
  const part = (i) => shares.subarray(i * size, (i + 1) * size);
  const canvases = Array.from({ length: count * channels }, () => emptyPicture(height, width));
  const figures = Array.from({ length: count }, (_, o) => {
    const of = canvases.slice(o * channels, (o + 1) * channels);
    return unitFigure(o + 1, of, shares.subarray(o * size * channels, (o + 1) * size * channels), largest, width);
  });
  const gallery = h(
    "div",
    { class: "whole-gallery", tabindex: 0, role: "group", "aria-label": "a picture of each unit" },
    figures,
  );
  paintWhenSeen(gallery, (palette) =>
    canvases.forEach((canvas, i) => fillPicture(canvas, (at) => signedColor(palette, part(i)[at] / 127))),
  );
  const said = count < units ? `The first ${count} of ${units} units. ` : "";
  return [
    h("p", { class: "whole-note" }, `${said}Each picture is a unit: its weights where the pixels are that they meet.`),
    colorScale(largest),
    gallery,
  ];
}

function unitFigure(number, canvases, shares, largest, width) {
  const [low, high] = [Math.min(...shares), Math.max(...shares)].map((share) => brief((share / 127) * largest));
  const label = `unit ${number}: weights from ${low} to ${high}`;
  canvases.forEach((canvas) => (canvas.style.width = `${Math.max(SMALLEST, width)}px`));
  return h(
    "figure",
    { class: "whole-unit", role: "img", "aria-label": label, title: label },
    canvases,
    h("figcaption", {}, number),
  );
}

/* What the colors say. */
function colorScale(largest) {
  const bar = h("span", { class: "whole-bar", "aria-hidden": "true" });
  return h("p", { class: "whole-scale" }, brief(-largest), bar, brief(largest), " (blue: less than 0, orange: more)");
}

function weightsTable({ inputs, units, names, values }) {
  const seen = values[0]?.length ?? 0;
  const largest = Math.max(...values.flat().map((value) => Math.abs(value ?? 0)));
  const head = h(
    "tr",
    {},
    h("th", { scope: "col" }, "from"),
    values[0]?.map((_, j) => h("th", { scope: "col" }, `unit ${j + 1}`)),
  );
  const lines = values.map((row, i) =>
    h(
      "tr",
      {},
      h("th", { scope: "row" }, names[i]),
      row.map((value) => weightCell(value, largest)),
    ),
  );
  const table = h("table", { class: "whole-table" }, h("thead", {}, head), h("tbody", {}, lines));
  const cut = values.length < inputs || seen < units;
  return [
    cut &&
      h(
        "p",
        { class: "whole-note" },
        `Shown are ${firstOf(values.length, inputs, "inputs")}, ${firstOf(seen, units, "units")}.`,
      ),
    colorScale(largest),
    h("div", { class: "whole-wide", tabindex: 0, role: "group", "aria-label": "a table of weights" }, table),
  ];
}

function firstOf(seen, all, what) {
  return seen < all ? `the first ${seen} of ${all} ${what}` : `all ${all} ${what}`;
}

/* A number over its color, which is at most half as strong as the color itself: the number must be read. */
function weightCell(value, largest) {
  const cell = h("td", { class: "whole-number" }, value === null ? "not finite" : brief(value));
  cell.style.background = diverging(value ?? 0, 2 * largest);
  return cell;
}
