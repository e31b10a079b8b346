/* A ball in the valley of E(w) = (2w - 6)² / 2, which goes down by steps of a learning rate, and back. */
import { brief, straight, ticks } from "./axis.js";
import { h, put, svg } from "./dom.js";
import { pressed, putIn, slider } from "./slider.js";

const BOTTOM_AT = 3, START_AT = 1, FARTHEST = 1e6;
const BROAD = 480, TALL_VALLEY = 240, EDGE = 30;

export function valley() {
  const view = { path: [START_AT], etas: [], eta: 0.1 };
  const viewBox = `0 0 ${BROAD} ${TALL_VALLEY}`;
  view.drawing = svg("svg", { class: "valley-drawing", viewBox, "aria-hidden": "true" });
  view.said = h("output", { class: "piece-formula", "aria-live": "polite" });
  const rate = slider({ name: "η", min: 0.01, max: 0.65, step: 0.01, value: 0.1, onInput: (eta) => (view.eta = eta) });
  const onInput = (w) => startAt(view, w);
  const start = slider({ name: "first w", min: -1, max: 7, step: 0.1, value: START_AT, onInput });
  view.back = pressed("← back", () => goBack(view));
  view.ahead = pressed("step →", () => goOn(view));
  const again = pressed("to the start", () => startAt(view, view.path[0]));
  const buttons = h("div", { class: "piece-buttons" }, view.back, view.ahead, again);
  draggable(view, start);
  showValley(view);
  return h("div", {}, view.drawing, h("div", { class: "piece-controls" }, rate, start, buttons, view.said));
}

function height(w) {
  return (2 * w - 6) ** 2 / 2;
}

function slopeAt(w) {
  return (2 * w - 6) * 2;
}

function goOn(view) {
  const w = view.path.at(-1);
  view.path.push(w - view.eta * slopeAt(w));
  view.etas.push(view.eta);
  showValley(view);
}

/* Where it has been is kept, so that back is the same number, not one near it. */
function goBack(view) {
  view.path.pop();
  view.etas.pop();
  showValley(view);
}

function startAt(view, w) {
  Object.assign(view, { path: [w], etas: [] });
  showValley(view);
}

function showValley(view) {
  const { path, etas, drawing, said } = view;
  const w = path.at(-1), widest = Math.max(4, ...path.map((one) => 1.15 * Math.abs(one - BOTTOM_AT)));
  const ends = [BOTTOM_AT - widest, BOTTOM_AT + widest];
  view.across = straight(ends, [EDGE, BROAD - EDGE]);
  view.up = straight([0, height(ends[1])], [TALL_VALLEY - EDGE, 12]);
  view.back.disabled = path.length === 1;
  view.ahead.disabled = Math.abs(w) > FARTHEST;
  put(drawing, floor(view, ends), hops(view), ball(view, w));
  const before = path.at(-2);
  const came = etas.length ? `${brief(before)} − ${brief(etas.at(-1))}·${putIn(slopeAt(before))} = ` : "";
  const lines = [`step ${etas.length}: w = ${came}${brief(w)}`, `E = ${brief(height(w))}, slope ${brief(slopeAt(w))}`];
  put(said, lines.map((line) => h("div", {}, line)));
}

function floor({ across, up }, ends) {
  const along = straight([0, 100], ends);
  const placeOf = (w) => `${across(w).toFixed(1)} ${up(height(w)).toFixed(1)}`;
  const line = Array.from({ length: 101 }, (_, i) => placeOf(along(i)));
  const words = ticks(...ends, 6).map((w) => {
    return svg("text", { class: "valley-word", x: across(w), y: TALL_VALLEY - 8, "text-anchor": "middle" }, brief(w));
  });
  return [svg("path", { class: "valley-floor", d: `M${line.join("L")}` }), ...words];
}

function hops({ path, across, up }) {
  const places = path.map((w) => [across(w), up(height(w))]);
  const arcs = places.slice(1).map(([x, y], i) => {
    const [fromX, fromY] = places[i];
    return `M${fromX} ${fromY}Q${(fromX + x) / 2} ${Math.min(fromY, y) - 14} ${x} ${y}`;
  });
  const dots = places.map(([x, y]) => svg("circle", { class: "valley-dot", cx: x, cy: y, r: 3 }));
  return [svg("path", { class: "valley-hop", d: arcs.join("") }), ...dots];
}

function ball({ across, up }, w) {
  return svg("circle", { class: "valley-ball", cx: across(w), cy: up(height(w)) - 9, r: 9 });
}

/* Dragging the ball begins anew where it is let go. */
function draggable(view, start) {
  const { drawing } = view;
  const drag = (event) => {
    const box = drawing.getBoundingClientRect();
    const x = ((event.clientX - box.left) * BROAD) / box.width;
    const w = straight([EDGE, BROAD - EDGE], [BOTTOM_AT - 4, BOTTOM_AT + 4])(x);
    start.set(w);
    startAt(view, start.value());
  };
  drawing.addEventListener("pointerdown", (event) => {
    if (!event.target.classList.contains("valley-ball")) return;
    drawing.setPointerCapture(event.pointerId);
    view.dragged = true;
    drag(event);
  });
  drawing.addEventListener("pointermove", (event) => view.dragged && drag(event));
  for (const name of ["pointerup", "pointercancel"]) drawing.addEventListener(name, () => (view.dragged = false));
}
