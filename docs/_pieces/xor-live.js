/* XOR being learned, live: the plane of what the network says, its loss, and every moment to go back to. */
import { brief } from "./axis.js";
import { curves } from "./curves.js";
import { h, put } from "./dom.js";
import { firstMoment, lossOf, nextMoment, say } from "./learner.js";
import { plane } from "./plane.js";
import { pressed, slider } from "./slider.js";

const ROWS = [[0, 0, 0], [0, 1, 1], [1, 0, 1], [1, 1, 0]].map(([a, b, y]) => ({ x: [a, b], y }));
const MOST_STEPS = 2000;

/* `nets` are first networks of fnnet, by how many hidden units they have: a list of each, one for each seed. */
export function xorLive({ nets, momentum }) {
  const live = { nets, momentum, lr: 0.5, units: "8", seed: 0, at: 0, running: null };
  live.plane = plane({
    range: [[-0.5, 1.5], [-0.5, 1.5]], points: ROWS.map(({ x, y }) => ({ at: x, label: y })), classes: ["0", "1"],
    names: ["x₁", "x₂"], label: "what the network says of each pair of inputs",
  });
  live.curve = curves([], { steps: [0], cursor: 0, label: "Loss", onPick: (step) => pauseAt(live, step) });
  live.said = h("output", { class: "piece-formula" });
  requestAnimationFrame(() => begin(live));
  const controls = h("div", { class: "piece-controls" }, settings(live), buttonsOf(live), live.said);
  return h("div", {}, h("div", { class: "piece-beside" }, live.plane, controls), live.curve);
}

function settings(live) {
  const again = (changed) => begin(Object.assign(live, changed));
  const seeds = live.nets[live.units].map((_, seed) => String(seed));
  return [
    slider({ name: "η", min: 0.05, max: 2, step: 0.05, value: live.lr, onInput: (lr) => (live.lr = lr) }),
    choice("hidden units", Object.keys(live.nets), live.units, (units) => again({ units })),
    choice("seed", seeds, "0", (seed) => again({ seed: Number(seed) })),
  ];
}

function buttonsOf(live) {
  live.start = pressed("start", () => (live.running ? pause(live) : start(live)));
  const ahead = () => {
    pause(live);
    step(live);
    showMoment(live);
  };
  return h("div", { class: "piece-buttons" },
    live.start, pressed("to the start", () => pauseAt(live, 0)),
    pressed("← back", () => pauseAt(live, live.at - 1)), pressed("step →", ahead),
  );
}

function choice(name, options, chosen, onchange) {
  const shown = options.map((option) => h("option", { selected: option === chosen }, option));
  const select = h("select", { "aria-label": name, onchange: () => onchange(select.value) }, shown);
  return h("label", { class: "piece-slider" }, h("span", { class: "piece-name" }, name), select);
}

function begin(live) {
  pause(live);
  const first = firstMoment(live.nets[live.units][live.seed]);
  Object.assign(live, { moments: [{ ...first, loss: lossOf(first.net, ROWS) }], at: 0 });
  showMoment(live);
}

/* Each start is a run of its own, which ends when another begins. */
function start(live) {
  const run = (live.running = {});
  live.start.textContent = "pause";
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const tick = () => {
    if (live.running !== run) return;
    for (let i = 0; i < (calm ? 50 : 1); i++) step(live);
    showMoment(live);
    if (live.at >= MOST_STEPS) pause(live);
    else if (calm) setTimeout(tick, 1000);
    else requestAnimationFrame(tick);
  };
  tick();
}

function pause(live) {
  live.running = null;
  live.start.textContent = "start";
}

function pauseAt(live, moment) {
  pause(live);
  live.at = Math.min(live.moments.length - 1, Math.max(0, moment));
  showMoment(live);
}

/* A step from an earlier moment forgets what had followed: the learning rate may be another one. */
function step(live) {
  if (live.at >= MOST_STEPS) return;
  const next = nextMoment(live.moments[live.at], ROWS, live);
  live.moments.length = live.at + 1;
  live.moments.push({ ...next, loss: lossOf(next.net, ROWS) });
  live.at++;
}

function showMoment(live) {
  const { net, loss } = live.moments[live.at];
  live.plane.draw((a, b) => say(net, [a, b]).p);
  const steps = live.moments.map((_, i) => i);
  live.curve.show([{ name: "loss", color: "var(--minus)", values: live.moments.map((moment) => moment.loss) }], steps);
  live.curve.moveTo(live.at);
  const answers = ROWS.map(({ x, y }) => rowOf("td", [...x, y, say(net, x).p[1].toFixed(2)]));
  const table = h("table", { class: "xor-table" }, rowOf("th", ["x₁", "x₂", "XOR", "p(1)"]), answers);
  put(live.said, h("div", {}, `step ${live.at}, loss ${brief(loss)}`), table);
}

function rowOf(cell, texts) {
  return h("tr", {}, texts.map((text) => h(cell, {}, String(text))));
}
