/* Histograms over time: how a layer's values are spread, a column for each moment, read by pointer or arrow keys. */
import { shareText } from "./answers.js";
import { brief } from "./axis.js";
import { nearestStep } from "./curves.js";
import { h, put } from "./dom.js";
import { blended, emptyPicture, fillPicture, paintWhenSeen } from "./pictures.js";

const MARKS = 5; // steps that are written under the columns

/* The section of all layers, with .moveTo(step). */
export function histogramsSection({ layers, steps, sample }) {
  const heats = layers.map(({ name, outputs, gradients }) =>
    [
      ["outputs", outputs],
      ["gradients", gradients],
    ]
      .filter(([, spread]) => spread)
      .map(([kind, spread]) => histogramView(spread, steps, kind, `${kind} of ${name} over time`)),
  );
  const rows = layers.map(({ place, name }, i) =>
    h(
      "div",
      { class: "whole-layer" },
      h("h4", {}, `${name} `, h("small", {}, `layer ${place}`)),
      h("div", { class: "whole-pair" }, heats[i]),
    ),
  );
  const note =
    "Each column is a moment of the run, and the stronger a color, the more is in a bin. " +
    `On ${sample} training rows; gradients of their mean loss.`;
  const section = h(
    "section",
    {},
    h("h3", {}, "Values and gradients over time"),
    h("p", { class: "whole-note" }, note),
    rows,
  );
  section.moveTo = (step) => heats.flat().forEach((heat) => heat.moveTo(step));
  return section;
}

/* One heat map of { low, high, counts, lost }, with .moveTo(step). */
export function histogramView(spread, steps, kind, label) {
  const bins = spread.counts[0].length;
  const canvas = emptyPicture(bins, steps.length);
  const cursor = h("div", { class: "whole-cursor", "aria-hidden": "true" });
  const mark = h("div", { class: "whole-cell", hidden: true, "aria-hidden": "true" });
  const said = h("output", { class: "whole-said", "aria-live": "polite" }, noteOfLost(spread, steps));
  const frame = h("div", { class: "whole-frame" }, canvas, cursor, mark);
  const ends = h(
    "div",
    { class: "whole-ends", "aria-hidden": "true" },
    h("span", {}, brief(spread.high)),
    h("span", {}, brief(spread.low)),
  );
  const element = h(
    "div",
    { class: "whole-heat", tabindex: 0, role: "group", "aria-label": `${label}; arrow keys read them` },
    h("div", { class: "whole-kind" }, kind),
    ends,
    frame,
    stepMarks(steps),
    said,
  );
  const heat = { spread, steps, bins, mark, said, at: [0, 0] };
  element.moveTo = (step) => {
    heat.at = [nearestStep(steps, step), heat.at[1]];
    cursor.style.left = `${((heat.at[0] + 0.5) / steps.length) * 100}%`;
  };
  paintWhenSeen(element, (palette) => paintSpread(canvas, spread, palette));
  frame.addEventListener("pointermove", (event) => readCell(heat, cellUnder(frame, event, heat)));
  element.addEventListener("keydown", (event) => readByKey(heat, event));
  return element;
}

/* The root of the share, so that few are seen as well. */
function paintSpread(canvas, { counts }, { paper, accent }) {
  const bins = counts[0].length;
  const most = Math.max(1, ...counts.flat());
  fillPicture(canvas, (i) => {
    const count = counts[i % counts.length][bins - 1 - Math.floor(i / counts.length)];
    return blended(paper, accent, Math.sqrt(count / most));
  });
}

function stepMarks(steps) {
  const many = Math.min(MARKS, steps.length);
  const places = [
    ...new Set(Array.from({ length: many }, (_, i) => Math.round((i * (steps.length - 1)) / Math.max(1, many - 1)))),
  ];
  return h(
    "div",
    { class: "whole-steps", "aria-hidden": "true" },
    places.map((at) => {
      const mark = h("span", {}, steps[at].toLocaleString("en-US"));
      mark.style.left = `${((at + 0.5) / steps.length) * 100}%`;
      return mark;
    }),
  );
}

function noteOfLost({ lost }, steps) {
  const first = lost.findIndex((count) => count > 0);
  return first < 0 ? "" : `not finite: ${lost[first].toLocaleString("en-US")} at step ${steps[first]}`;
}

function cellUnder(frame, event, { steps, bins }) {
  const box = frame.getBoundingClientRect();
  const place = (share, count) => Math.min(count - 1, Math.max(0, Math.floor(share * count)));
  const down = place((event.clientY - box.top) / box.height, bins);
  return [place((event.clientX - box.left) / box.width, steps.length), bins - 1 - down];
}

function readByKey(heat, event) {
  const [column, bin] = heat.at;
  const ends = { Home: [0, bin], End: [heat.steps.length - 1, bin] };
  const moves = {
    ArrowLeft: [column - 1, bin],
    ArrowRight: [column + 1, bin],
    ArrowUp: [column, bin + 1],
    ArrowDown: [column, bin - 1],
  };
  const to = { ...ends, ...moves }[event.key];
  if (!to || event.ctrlKey || event.altKey || event.metaKey) return;
  event.preventDefault();
  event.stopPropagation();
  const within = (place, count) => Math.min(count - 1, Math.max(0, place));
  readCell(heat, [within(to[0], heat.steps.length), within(to[1], heat.bins)]);
}

/* Say how many there are in a bin at a moment, and put a frame around it. */
function readCell(heat, [column, bin]) {
  const { spread, steps, bins, mark, said } = heat;
  heat.at = [column, bin];
  const edge = (i) => brief(spread.low + ((spread.high - spread.low) * i) / bins);
  const counts = spread.counts[column];
  const all = counts.reduce((sum, count) => sum + count, spread.lost[column]);
  const share = all ? ` (${shareText(counts[bin] / all)})` : "";
  const lost = spread.lost[column] ? `, ${spread.lost[column].toLocaleString("en-US")} not finite` : "";
  const many = `${counts[bin].toLocaleString("en-US")} of ${all.toLocaleString("en-US")}${share}${lost}`;
  put(said, `step ${steps[column]}, ${edge(bin)} to ${edge(bin + 1)}: ${many}`);
  const [wide, tall] = [100 / steps.length, 100 / bins];
  Object.assign(mark.style, {
    left: `${column * wide}%`,
    bottom: `${bin * tall}%`,
    width: `${wide}%`,
    height: `${tall}%`,
  });
  mark.hidden = false;
}
