/* The film: a slider over the kept moments, play and pause, one step on or back, and the curves under it. */

import { curves } from "./curves.js";
import { h, put } from "./dom.js";

/* Milliseconds between two pictures while the film plays, and how many pictures a whole film has at most. */
const PAUSE = 40;
const PICTURES = 400;

/* Of films side by side the one whose steps the slider runs over: the longest, of several the first. */
export function longestOf(films) {
  return films.reduce((longest, film) => (film.about.steps > longest.about.steps ? film : longest));
}

/* The player of films that share their steps, [{ about, arrays, name }]. ``onMove`` is told of the place among the
   kept moments of the longest. moveTo(place) moves it. */
export function player(films, onMove) {
  const longest = longestOf(films);
  const { kept, steps } = longest.about;
  const last = kept.length - 1;
  let place = 0;
  let timer = null;
  const slider = h("input", {
    type: "range",
    min: 0,
    max: last,
    value: 0,
    class: "film-slider",
    "aria-label": "the step",
    oninput: () => go(Number(slider.value)),
  });
  const said = h("output", { class: "film-said", "aria-live": "off" });
  const play = h("button", { class: "film-play", onclick: () => (timer ? stop() : start()) }, "▶ play");
  const chart = curvesOf(films, (step) => go(nearestKept(kept, step)));
  const stop = () => {
    clearInterval(timer);
    timer = null;
    put(play, "▶ play");
  };
  const start = () => {
    if (place === last) go(0);
    const stride = Math.max(1, Math.round(last / PICTURES));
    put(play, "⏸ pause");
    timer = setInterval(() => (place >= last ? stop() : go(Math.min(last, place + stride), true)), PAUSE);
  };
  const go = (to, playing = false) => {
    if (!playing && timer) stop();
    onMove(Math.max(0, Math.min(last, to)));
  };
  const button = (text, label, by) => h("button", { "aria-label": label, onclick: () => go(by()) }, text);
  const bar = h(
    "div",
    { class: "film-bar" },
    button("|◀", "to the beginning", () => 0),
    button("◀", "one step back", () => place - 1),
    play,
    button("▶", "one step on", () => place + 1),
    button("▶|", "to the end", () => last),
    said,
  );
  const stays = h("div", { class: "film" }, bar, slider);
  const element = [stays, h("section", { "aria-label": "the film" }, keptNote(kept, steps), chart)];
  const moveTo = (to) => {
    place = to;
    slider.value = to;
    slider.setAttribute("aria-valuetext", `step ${kept[to]} of ${steps}`);
    said.textContent = figuresAt(longest, to);
    chart?.moveTo(kept[to]);
  };
  return { element, moveTo };
}

/* Where among the kept steps one stands that is not beyond a step. */
export function nearestKept(kept, step) {
  let low = 0;
  for (let high = kept.length - 1; low < high;) {
    const middle = Math.ceil((low + high) / 2);
    if (kept[middle] <= step) low = middle;
    else high = middle - 1;
  }
  return low;
}

/* Step, epoch, and what the last step had seen. */
function figuresAt({ about, arrays }, place) {
  const step = about.kept[place];
  const [at, all] = [step, about.steps].map((number) => number.toLocaleString("en"));
  const where = `step ${at} of ${all}, epoch ${about.epochs[place]}`;
  if (step === 0) return `${where}: the beginning`;
  if (!about.steps) return `after step ${step.toLocaleString("en")}, epoch ${about.epochs[place]}`;
  const metric = arrays.metric[step - 1];
  const share = about.metric && !Number.isNaN(metric) ? `, ${about.metric} ${metric.toFixed(4)}` : "";
  return `${where}: loss ${arrays.loss[step - 1].toPrecision(4)}${share}`;
}

/* Which steps are there, where some are not. */
function keptNote(kept, steps) {
  if (kept.length === steps + 1) return null;
  const some = kept.slice(0, 6).join(", ");
  const all = h(
    "details",
    { class: "film-kept" },
    h(
      "summary",
      {},
      `${kept.length} of ${(steps + 1).toLocaleString("en")} moments are kept, more at the beginning: ${some}, …`,
    ),
    kept.map((step) => step.toLocaleString("en")).join(", "),
  );
  return all;
}

/* Loss, accuracy and the loss on the validation set over all steps, of each run. */
function curvesOf(films, onPick) {
  const many = longestOf(films).about.steps;
  if (!many) return null;
  const steps = Array.from({ length: many }, (_, i) => i + 1);
  const series = films.flatMap((film, i) => {
    const named = (name) => (films.length > 1 ? `${name} of ${film.name}` : name);
    return [
      { name: named("loss"), values: Array.from(film.arrays.loss), share: false, dashed: i > 0 },
      film.about.metric === "accuracy" && {
        name: named("accuracy"),
        values: Array.from(film.arrays.metric),
        share: true,
        dashed: i > 0,
      },
      film.about.validation.length > 0 && { name: named("validation loss"), values: held(film.about), share: false },
    ];
  });
  return curves(series.filter(Boolean), { steps, cursor: 0, onPick, label: "the figures over the steps" });
}

/* The validation loss at every step: what it was at the end of the epoch before, or of the first. */
function held({ steps, validation }) {
  let next = 0;
  return Array.from({ length: steps }, (_, i) => {
    while (next + 1 < validation.length && validation[next + 1][0] <= i + 1) next++;
    return validation[next][1];
  });
}
