/* Loss and accuracy over the steps: what is a loss by the axis on the left, what is a share by that on the right. */
import { brief, percent, straight, ticks } from "./axis.js";
import { ofClass } from "./colors.js";
import { h, put, svg } from "./dom.js";
import { thinned } from "./thinning.js";

const CURVES_TALL = 180,
  CURVES_ABOVE = 10,
  CURVES_BELOW = 26,
  CURVES_BESIDE = 46;

/* A chart of series [{ name, values, share, color, dashed }], whose value i stands at steps[i]. With `onPick` it is a
   slider, and says onPick(step) when it is dragged or arrow keys move it; only moveTo moves the cursor itself, so
   that whoever owns the step has the last word. `show(series, steps)` gives it others. */
export function curves(series, { steps, cursor = null, onPick = null, label = "Loss and accuracy" } = {}) {
  const drawing = svg("svg", { class: "curves-drawing", "aria-hidden": "true", height: CURVES_TALL });
  const legend = h("div", { class: "curves-legend", "aria-hidden": "true" });
  const element = h("div", { class: "curves", role: onPick ? "slider" : "img", "aria-label": label }, drawing, legend);
  const chart = { element, drawing, legend, series, steps, cursor, label, onPick, width: 0 };
  if (onPick) pickable(chart);
  new ResizeObserver(() => widthOf(element) !== chart.width && drawChart(chart)).observe(element);
  element.moveTo = (step) => moveCursor(chart, step);
  element.show = (series, steps) => drawChart(Object.assign(chart, { series, steps }));
  drawChart(chart);
  return element;
}

function widthOf(element) {
  return Math.max(200, Math.round(element.clientWidth || 600));
}

function drawChart(chart) {
  const width = (chart.width = widthOf(chart.element));
  const sides = [CURVES_BESIDE, width - (chart.series.some((one) => one.share) ? CURVES_BESIDE : 12)];
  chart.across = straight([chart.steps[0] ?? 0, chart.steps.at(-1) || 1], sides);
  const heights = [CURVES_TALL - CURVES_BELOW, CURVES_ABOVE];
  const left = straight(lossRange(chart.series), heights);
  const right = straight([0, 1], heights);
  chart.line = svg("g", { class: "curves-cursor" });
  chart.drawing.setAttribute("viewBox", `0 0 ${width} ${CURVES_TALL}`);
  const paths = chart.series.map((one, i) => pathOf(one, i, chart, one.share ? right : left));
  put(chart.drawing, axesOf(chart, left, right, sides), paths, chart.line);
  put(chart.legend, chart.series.map(legendOf));
  moveCursor(chart, chart.cursor);
}

/* From 0 to the largest loss; infinite ones go out at the top. */
function lossRange(series) {
  let largest = 0;
  for (const { values, share } of series) {
    if (!share) for (const value of values) if (Number.isFinite(value) && value > largest) largest = value;
  }
  return [0, largest || 1];
}

function colorOf(one, i) {
  return one.color ?? ofClass(i);
}

function pathOf(one, i, chart, up) {
  const kept = thinned(one.values, Math.max(1, chart.width - 2 * CURVES_BESIDE));
  const points = kept.map((at) => [chart.across(chart.steps[at]), up(one.values[at])]);
  const drawn = points.map(([x, y], at) => {
    if (!Number.isFinite(y)) return "";
    return `${at > 0 && Number.isFinite(points[at - 1][1]) ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`;
  });
  const dashes = one.dashed ? "5 3" : null;
  return svg("path", { d: drawn.join(""), class: "curves-line", stroke: colorOf(one, i), "stroke-dasharray": dashes });
}

function axesOf(chart, left, right, [start, end]) {
  const losses = chart.series.some((one) => !one.share) ? ticks(...lossRange(chart.series), 5) : [];
  const shares = chart.series.some((one) => one.share) ? [0, 0.5, 1] : [];
  const along = ticks(chart.steps[0] ?? 0, chart.steps.at(-1) || 1, chart.width / 110);
  return [
    losses.map((loss) => svg("line", { class: "curves-grid", x1: start, x2: end, y1: left(loss), y2: left(loss) })),
    losses.map((loss) => axisWord(start - 6, left(loss) + 4, "end", brief(loss))),
    shares.map((share) => axisWord(end + 6, right(share) + 4, "start", percent(share))),
    along.map((step) => axisWord(chart.across(step), CURVES_TALL - 6, "middle", brief(step))),
  ].flat();
}

function axisWord(x, y, anchor, text) {
  return svg("text", { class: "curves-word", x, y, "text-anchor": anchor }, text);
}

function legendOf(one, i) {
  const line = h("span", { class: "curves-swatch" });
  line.style.borderTop = `3px ${one.dashed ? "dashed" : "solid"} ${colorOf(one, i)}`;
  return h("span", { class: "curves-entry" }, line, one.name);
}

function moveCursor(chart, step) {
  chart.cursor = step;
  const at = step === null ? -1 : nearestStep(chart.steps, step);
  const x = at < 0 ? null : chart.across(chart.steps[at]);
  put(chart.line, x !== null && svg("line", { x1: x, x2: x, y1: CURVES_ABOVE, y2: CURVES_TALL - CURVES_BELOW }));
  const text = at < 0 ? wholeSpoken(chart) : `step ${chart.steps[at]}: ${momentSpoken(chart.series, at)}`;
  if (!chart.onPick) return chart.element.setAttribute("aria-label", `${chart.label}: ${text}`);
  const said = { min: chart.steps[0] ?? 0, max: chart.steps.at(-1) ?? 0, now: step ?? 0, text };
  for (const [name, value] of Object.entries(said)) chart.element.setAttribute(`aria-value${name}`, value);
}

/* What a screen reader says of a moment, and of the whole where there is no cursor. */
function momentSpoken(series, at) {
  const say = ({ values, share }) => (share ? percent(values[at]) : brief(values[at]));
  const there = series.filter(({ values }) => at < values.length); // another run may have been shorter
  return there.map((one) => `${one.name} ${say(one)}`).join(", ");
}

function wholeSpoken({ series, steps }) {
  if (!steps.length) return "nothing yet";
  const at = [...new Set([0, steps.length - 1])];
  return at.map((i) => `step ${steps[i]}: ${momentSpoken(series, i)}`).join("; ");
}

/* The index of the step nearest to one; steps rise. */
export function nearestStep(steps, step) {
  let low = 0,
    high = steps.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (steps[middle] < step) low = middle + 1;
    else high = middle;
  }
  return low > 0 && step - steps[low - 1] < steps[low] - step ? low - 1 : low;
}

function pickable(chart) {
  const { element, drawing, onPick } = chart;
  element.tabIndex = 0;
  element.classList.add("curves-pickable");
  const pick = (event) => onPick(stepUnder(chart, event));
  drawing.addEventListener("pointerdown", (event) => {
    drawing.setPointerCapture(event.pointerId);
    pick(event);
  });
  drawing.addEventListener("pointermove", (event) => event.buttons & 1 && pick(event));
  element.addEventListener("keydown", (event) => pickByKey(chart, event));
}

function stepUnder({ drawing, steps, width, across }, event) {
  const box = drawing.getBoundingClientRect();
  const x = ((event.clientX - box.left) * width) / box.width;
  const back = straight([across(steps[0]), across(steps.at(-1))], [steps[0], steps.at(-1)]);
  return steps[nearestStep(steps, back(x))];
}

function pickByKey({ steps, cursor, onPick }, event) {
  const at = nearestStep(steps, cursor ?? steps[0]);
  const page = Math.ceil(steps.length / 10),
    last = steps.length - 1;
  const moves = { ArrowLeft: at - 1, ArrowDown: at - 1, ArrowRight: at + 1, ArrowUp: at + 1, PageUp: at + page };
  const to = { ...moves, PageDown: at - page, Home: 0, End: last }[event.key];
  if (to === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
  event.preventDefault();
  event.stopPropagation();
  onPick(steps[Math.min(last, Math.max(0, to))]);
}
