/* The network drawn: units and weights, colored by value; a wide layer is a field of colors. */

import { diverging, pixel } from "./colors.js";
import { h, svg } from "./dom.js";
import { gradientOf, weightOf } from "./engine.js";
import { figure } from "./numbers.js";

/* The most units of a layer that are drawn one by one. */
const FEW = 20;

const RADIUS = 20;

/* How wide a field is, in pixels. */
const FIELD = 104;

/* How many characters of a name stand beside a unit. */
const ROOM = 16;

/* Beside the first and the last units: at least so much, and for each character of a name, in pixels. */
const [MARGIN, LETTER] = [56, 5.5];

/* The letter of a unit or a weight with its indices, as in u_12 or g(2)_1. */
export function nameOf({ letters }, n, j, k) {
  const base = k === undefined ? letters.units[n] : letters.weights[n - 1];
  const layer = letters.deep && n > 0 ? `(${n})` : "";
  const indices = k === undefined ? [j] : [j, k];
  return `${base}${layer}_${indices.join(indices.every((index) => index < 10) ? "" : ",")}`;
}

/* The drawing of a step. ``focus`` is {n, j} or {n, j, k}, ``errors`` says that errors and gradients are shown in the
   place of values and weights, and ``choose`` is told of what is clicked. ``width`` is in pixels. */
export function networkDrawing(step, { focus, errors, choose, width, labels }) {
  const { sizes } = step.about;
  const few = sizes.map((size) => size <= FEW);
  const height = Math.max(260, ...sizes.map((size, n) => (few[n] ? size * (2 * RADIUS + 8) + 24 : 0)));
  const room = [0, sizes.length - 1].map(
    (n) => MARGIN + LETTER * Math.min(ROOM, longest(labels, n, few[n] ? sizes[n] : 0)),
  );
  const place = placesOf(sizes, few, width, height, room);
  const view = { step, focus, errors, choose, place, few, labels };
  const edges = sizes.slice(1).map((_, i) => (few[i] && few[i + 1] ? edgesOf(view, i + 1) : bundle(view, i + 1)));
  const layers = sizes.map((_, n) => (few[n] ? unitsOf(view, n) : fieldOf(view, n)));
  const label = `the network ${sizes.join("-")}, ${errors ? "with errors and gradients" : "with values and weights"}`;
  return svg(
    "svg",
    { class: "network", viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": label },
    edges,
    layers,
  );
}

/* How many characters the longest name has beside the units of a layer. */
function longest(labels, n, units) {
  return Math.max(0, ...Array.from({ length: units }, (_, i) => labels(n, i + 1)?.length ?? 0));
}

/* Where the units of each layer stand. */
function placesOf(sizes, few, width, height, [left, right]) {
  return sizes.map((size, n) => {
    const x = left + (n * (width - left - right)) / Math.max(1, sizes.length - 1);
    const gap = Math.min(64, (height - 40) / size);
    return (j) => (few[n] ? [x, height / 2 + (j - (size + 1) / 2) * gap] : [x, height / 2]);
  });
}

/* The value of a unit that is shown: its output, or the error on it. */
function shownOf({ step, errors }, n) {
  const { units, errors: on } = step.example;
  return errors && n > 0 ? on[n] : units[n];
}

function largestOf(values) {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

function edgesOf(view, n) {
  const { step, errors, focus, choose, place } = view;
  const [outputs, inputs] = [step.about.sizes[n], step.about.sizes[n - 1]];
  const value = (j, k) => (errors ? gradientOf(step.example, n, j, k) : weightOf(step.levels, n, j, k));
  const pairs = Array.from({ length: outputs * inputs }, (_, i) => [Math.floor(i / inputs) + 1, (i % inputs) + 1]);
  const largest = largestOf(pairs.map(([j, k]) => value(j, k)));
  const lit = ([j, k]) => focus.n === n && focus.j === j && (focus.k === undefined || focus.k === k);
  return [...pairs]
    .sort((a, b) => lit(a) - lit(b))
    .map(([j, k]) => {
      const [[x1, y1], [x2, y2]] = [place[n - 1](k), place[n](j)];
      const share = largest ? Math.abs(value(j, k)) / largest : 0;
      const color = value(j, k) < 0 ? "var(--minus)" : "var(--plus)";
      const shape = { x1, y1, x2, y2, onclick: () => choose({ n, j, k }) };
      const name = nameOf(step.about.formulas, n, j, k);
      return svg(
        "g",
        { class: lit([j, k]) ? "edge lit" : "edge" },
        svg("line", {
          ...shape,
          stroke: color,
          "stroke-width": 0.6 + 5 * share,
          "stroke-opacity": 0.25 + 0.75 * share,
        }),
        svg("line", { ...shape, class: "edge-hit" }, svg("title", {}, `${name} = ${figure(value(j, k), 4)}`)),
      );
    });
}

/* Between a field and other units, where weights are too many to be drawn. */
function bundle({ place, step, few }, n) {
  const [[x1, y1], [x2, y2]] = [place[n - 1](1), place[n](1)];
  const y = few[n - 1] ? y2 : y1; // that of a field, which is the middle
  const [from, to] = [x1 + (few[n - 1] ? RADIUS : FIELD / 2), x2 - (few[n] ? RADIUS : FIELD / 2)];
  const many = `${(step.about.sizes[n] * step.about.sizes[n - 1]).toLocaleString("en")} weights`;
  const note = svg("text", { x: (from + to) / 2, y: y - 9, class: "network-note" }, many);
  const line = svg("line", { x1: from, y1: y, x2: to, y2: y, class: "bundle" }, svg("title", {}, many));
  return svg("g", {}, line, to - from > FIELD * 0.8 && note);
}

/* A name that has no more room than beside a unit. */
function clipped(name) {
  return name && name.length > ROOM ? `${name.slice(0, ROOM - 1)}…` : name;
}

function unitsOf(view, n) {
  const { step, errors, focus, choose, place, labels } = view;
  const values = shownOf(view, n);
  const largest = largestOf(values);
  return Array.from(values, (value, i) => {
    const [x, y] = place[n](i + 1);
    const name = nameOf(step.about.formulas, n, i + 1);
    const lit = focus.n === n && focus.j === i + 1 && focus.k === undefined;
    const dropped = step.example.masks[n] && !step.example.masks[n][i];
    const said = `${errors && n > 0 ? `dE/d${name}` : name} = ${figure(value, 4)}${dropped ? ", dropped" : ""}`;
    const pick = () => choose({ n, j: i + 1 });
    const press = (event) => (event.key === "Enter" || event.key === " ") && (event.preventDefault(), pick());
    const classes = ["unit", lit && "lit", dropped && "dropped"].filter(Boolean).join(" ");
    const beside = n === 0 ? "end" : "start";
    const label = clipped(labels(n, i + 1));
    return svg(
      "g",
      { class: classes, tabindex: 0, role: "button", "aria-label": said, onclick: pick, onkeydown: press },
      svg("circle", { cx: x, cy: y, r: RADIUS, fill: diverging(value, largest) }),
      svg("text", { x, y: y + 4, class: "unit-value" }, figure(value, 3)),
      label &&
        svg("text", { x: x + (n === 0 ? -25 : 25), y: y + 4, "text-anchor": beside, class: "unit-label" }, label),
      svg("title", {}, said),
    );
  });
}

/* A wide layer as a field of colors; a click chooses the unit under it. */
function fieldOf(view, n) {
  const { step, focus, choose, place } = view;
  const values = shownOf(view, n);
  const [x, y] = place[n](1);
  const { canvas, columns, rows } = field(values, n === 0 ? step.about.shape : []);
  const scale = Math.min(FIELD / columns, 220 / rows);
  const [w, tall] = [columns * scale, rows * scale];
  const pick = (event) => {
    const box = event.currentTarget.getBoundingClientRect();
    const [c, r] = [(event.clientX - box.x) / box.width, (event.clientY - box.y) / box.height];
    const j = Math.floor(r * rows) * columns + Math.floor(c * columns) + 1;
    if (j <= values.length) choose({ n, j });
  };
  const at = { x: x - w / 2, y: y - tall / 2, width: w, height: tall };
  const j = focus.k !== undefined && focus.n === n + 1 ? focus.k : focus.n === n ? focus.j : 0;
  const [c, r] = [(j - 1) % columns, Math.floor((j - 1) / columns)];
  const mark = { x: at.x + c * scale, y: at.y + r * scale, width: scale, height: scale, class: "field-mark" };
  const name = step.about.formulas.letters.units[n];
  return svg(
    "g",
    { class: "field" },
    svg("image", { ...at, href: canvas.toDataURL(), preserveAspectRatio: "none", onclick: pick }),
    svg("rect", { ...at, class: "field-frame" }),
    j > 0 && svg("rect", mark),
    svg(
      "text",
      { x, y: at.y + tall + 18, class: "network-note" },
      `${name}: ${values.length} ${n ? "units" : "inputs"}`,
    ),
  );
}

/* Numbers as colors in a rectangle: in that of an image, or near a square. A canvas with one pixel each. */
export function field(values, shape = []) {
  const columns = shape.length > 1 ? shape.at(-1) : Math.ceil(Math.sqrt(values.length));
  const rows = Math.ceil(values.length / columns);
  const canvas = h("canvas", { width: columns, height: rows });
  const context = canvas.getContext("2d");
  const image = context.createImageData(columns, rows);
  const [plus, minus, paper] = ["--plus", "--minus", "--paper"].map(pixelOf);
  const largest = largestOf(values) || 1;
  values.forEach((value, i) => {
    const share = Math.abs(value) / largest;
    const [far] = [value < 0 ? minus : plus];
    for (let c = 0; c < 3; c++) image.data[4 * i + c] = paper[c] + share * (far[c] - paper[c]);
    image.data[4 * i + 3] = 255;
  });
  context.putImageData(image, 0, 0);
  return { canvas, columns, rows };
}

const pixels = new Map();

/* A color of the page as it is now, which changes with its scheme. */
function pixelOf(name) {
  const key = name + matchMedia("(prefers-color-scheme: dark)").matches;
  if (!pixels.has(key)) pixels.set(key, pixel(name));
  return pixels.get(key);
}
