/* The plane of a network with two inputs: what it says of every point, and the examples as marks. */
import { brief, percent, straight, ticks } from "./axis.js";
import { ofClass } from "./colors.js";
import { h, put, svg } from "./dom.js";
import { mostProbable, shading } from "./shade.js";

const PLANE_CELLS = 60;
const PLANE_WIDE = 300,
  PLANE_TALL = 312; // the drawing; where views.css puts the heat map is between these:
const PLANE_LEFT = 36,
  PLANE_RIGHT = 294,
  PLANE_TOP = 18,
  PLANE_BOTTOM = 276;

/* The plane over range [[x_1 from, to], [x_2 from, to]] with points [{ at: [x_1, x_2], label }], whose label is the
   place of its class in `classes`. draw(valuesAt) colors it: valuesAt(x_1, x_2) gives the probabilities of the
   classes, or one number, shown as more or less than `middle`, at most by `reach`. A point of the plane is read with
   pointer and arrow keys; with `onPick`, a click or Enter says onPick(x_1, x_2). point(x_1, x_2) puts the cross
   there. */
export function plane({ range, points = [], classes = [], label, names = ["x_1", "x_2"], onPick = null, ...scale }) {
  const heat = h("canvas", { class: "plane-heat", width: PLANE_CELLS, height: PLANE_CELLS, "aria-hidden": "true" });
  const viewBox = `0 0 ${PLANE_WIDE} ${PLANE_TALL}`;
  const drawing = svg("svg", { class: "plane-drawing", viewBox, "aria-hidden": "true" });
  const said = h("output", { class: "plane-said", "aria-live": "polite" });
  const frame = h("div", { class: "plane-frame", tabindex: 0, role: "group", "aria-label": label }, heat, drawing);
  const element = h("div", { class: onPick ? "plane plane-pickable" : "plane" }, frame, said);
  const across = straight(range[0], [PLANE_LEFT, PLANE_RIGHT]),
    up = straight(range[1], [PLANE_BOTTOM, PLANE_TOP]);
  const cross = svg("g", { class: "plane-cross" });
  const view = { heat, said, range, classes, names, scale, onPick, across, up, cross, valuesAt: null, at: null };
  put(
    drawing,
    axesOfPlane(view),
    cross,
    points.map((point) => markOf(point, view)),
  );
  element.draw = (valuesAt) => drawHeat(view, (view.valuesAt = valuesAt ?? view.valuesAt));
  element.point = (...at) => pointAt(view, at);
  listenOnPlane(view, frame, drawing);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => element.draw());
  return element;
}

/* One value for the middle of each cell; the browser smooths between them. */
function drawHeat({ heat, range, scale, valuesAt, said, at, ...view }) {
  if (!valuesAt) return;
  const brush = heat.getContext("2d");
  const image = brush.createImageData(PLANE_CELLS, PLANE_CELLS);
  const colorAt = shading(heat, scale);
  const x = straight([0, PLANE_CELLS], range[0]),
    y = straight([PLANE_CELLS, 0], range[1]);
  for (let row = 0; row < PLANE_CELLS; row++) {
    for (let column = 0; column < PLANE_CELLS; column++) {
      image.data.set([...colorAt(valuesAt(x(column + 0.5), y(row + 0.5))), 255], 4 * (row * PLANE_CELLS + column));
    }
  }
  brush.putImageData(image, 0, 0);
  if (at) said.textContent = planeReadout({ valuesAt, at, ...view });
}

function axesOfPlane({ range, names, across, up }) {
  const word = (x, y, anchor, text) => svg("text", { class: "plane-word", x, y, "text-anchor": anchor }, text);
  return [
    ticks(...range[0], 4).map((x) => word(across(x), PLANE_BOTTOM + 15, "middle", brief(x))),
    ticks(...range[1], 4).map((y) => word(PLANE_LEFT - 5, up(y) + 4, "end", brief(y))),
    word((PLANE_LEFT + PLANE_RIGHT) / 2, PLANE_TALL - 5, "middle", names[0]),
    word(PLANE_LEFT, PLANE_TOP - 6, "start", names[1]),
  ];
}

/* Each class has a shape of its own, so that no reader needs its color: circle, square, triangle, diamond. */
const SHAPES = [
  "M-6 0A6 6 0 1 1 6 0A6 6 0 1 1 -6 0Z",
  "M-5.5 -5.5H5.5V5.5H-5.5Z",
  "M0 -7L6.5 5H-6.5Z",
  "M0 -7.5L7.5 0L0 7.5L-7.5 0Z",
];

function markOf({ at, label }, { across, up, classes }) {
  const place = `translate(${across(at[0])} ${up(at[1])})`;
  const title = svg("title", {}, `${at.map(brief).join(", ")}: ${classes[label] ?? label}`);
  const d = SHAPES[label % SHAPES.length];
  return svg("path", { class: "plane-point", d, transform: place, fill: ofClass(label) }, title);
}

function pointAt(view, at) {
  view.at = at.map((value, i) => Math.min(view.range[i][1], Math.max(view.range[i][0], value)));
  const [x, y] = [view.across(view.at[0]), view.up(view.at[1])];
  put(view.cross, svg("path", { d: `M${x} ${PLANE_TOP}V${PLANE_BOTTOM}M${PLANE_LEFT} ${y}H${PLANE_RIGHT}` }));
  view.said.textContent = planeReadout(view);
}

function planeReadout({ at, names, classes, valuesAt }) {
  const place = at.map((value, i) => `${names[i]} = ${brief(value)}`).join(", ");
  if (!valuesAt) return place;
  const says = valuesAt(...at);
  if (typeof says === "number") return `${place}: ${brief(says)}`;
  const most = mostProbable(says);
  return `${place}: ${classes[most] ?? most}, ${percent(says[most])}`;
}

function listenOnPlane(view, frame, drawing) {
  const under = (event) => {
    const box = drawing.getBoundingClientRect(),
      scale = PLANE_WIDE / box.width;
    const x = straight([PLANE_LEFT, PLANE_RIGHT], view.range[0])((event.clientX - box.left) * scale);
    const y = straight([PLANE_BOTTOM, PLANE_TOP], view.range[1])((event.clientY - box.top) * scale);
    pointAt(view, [x, y]);
  };
  drawing.addEventListener("pointermove", under);
  drawing.addEventListener("click", (event) => {
    under(event);
    view.onPick?.(...view.at);
  });
  frame.addEventListener("keydown", (event) => keyOnPlane(view, event));
}

function keyOnPlane(view, event) {
  const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
  if (event.key === "Enter" && view.at) view.onPick?.(...view.at);
  if (!step || event.ctrlKey || event.altKey || event.metaKey) return;
  event.preventDefault();
  event.stopPropagation();
  const from = view.at ?? view.range.map(([low, high]) => (low + high) / 2);
  pointAt(
    view,
    from.map((value, i) => value + (step[i] * (view.range[i][1] - view.range[i][0])) / 20),
  );
}
