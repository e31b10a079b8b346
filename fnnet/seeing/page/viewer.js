/* One run under the microscope: the network on the left, the line of the walk and what belongs to it on the right. */

import { weightEditor } from "./editing.js";
import { chooser, classOf, inputsOf, nameOfRow, targetInWords } from "./chooser.js";
import { h, put } from "./dom.js";
import { weightOf } from "./engine.js";
import { momentAt } from "./film.js";
import { lineCard, unitDetails, weightDetails } from "./inspect.js";
import { meanLine, moveLines, sectionsOf, written } from "./lines.js";
import { networkDrawing } from "./network.js";
import { notation } from "./notation.js";
import { figure } from "./numbers.js";
import { batchOf, stepAt } from "./step.js";
import { countLines, goTo, lineAt, placeOf, walkBar } from "./walk.js";

/* The view of one film. ``onChange`` is told when anything but the moment has changed. */
export function viewer({ about, arrays }, onChange) {
  const sections = sectionsOf(about);
  const state = { m: 0, pick: { number: 1 }, place: 0, edits: { weights: [], x: null } };
  const parts = {
    badge: h("div", { class: "badge", role: "status" }),
    inputs: h("div"),
    drawing: h("div", { class: "drawing" }),
    outcome: h("p", { class: "outcome", "aria-live": "polite" }),
    bar: h("div"),
    card: h("div", { class: "card", "aria-live": "polite" }),
    details: h("div", { class: "details" }),
  };
  const set = (change) => {
    Object.assign(state, change);
    draw();
    onChange(view);
  };
  const list = chooser(about, arrays, (pick) => set({ pick, edits: { ...state.edits, x: null } }));
  const choose = (target) =>
    set({ place: placeOf(sections, target, kindOf(state, sections) !== "forward") ?? state.place });
  const below = h("div");
  const element = h(
    "div",
    { class: "viewer" },
    h("div", { class: "viewer-left" }, parts.badge, list.element, parts.inputs, parts.drawing, parts.outcome, below),
    h("div", { class: "viewer-right" }, parts.bar, parts.card, goTo(about, choose), parts.details),
  );
  const editor = weightEditor(
    about,
    (weights) => set({ edits: { ...state.edits, weights } }),
    () => state.edits.weights,
  );
  const line = (by) => go(state.place + by);
  const view = { element, below, state, set, sections, about, arrays, editor, choose, line, step: null, moveTo, draw };
  const go = (place) => set({ place: Math.max(0, Math.min(countLines(sections) - 1, place)) });
  function moveTo(m) {
    state.m = m;
    if (state.pick.number > about.batch[m]) state.pick = { number: 1 };
    draw();
  }
  function draw() {
    const focused = element.contains(document.activeElement) ? document.activeElement.getAttribute("aria-label") : null;
    const step = (view.step = stepAt(about, arrays, state.m, state.pick, state.edits));
    list.moveTo(state.m, state.pick);
    put(parts.badge, step.changed && badge(() => set({ edits: { weights: [], x: null } })));
    if (!parts.inputs.contains(document.activeElement))
      put(
        parts.inputs,
        inputsOf(about, step.x, (x) => set({ edits: { ...state.edits, x } })),
      );
    const line = lineAt(sections, state.place);
    const focus = { n: line.n, j: line.j, k: line.k };
    const errors = line.section.kind !== "forward";
    const width = Math.max(300, parts.drawing.clientWidth || 560);
    put(parts.drawing, networkDrawing(step, { focus, errors, choose, width, labels: labelsOf(about) }));
    put(parts.outcome, outcomeOf(step));
    put(parts.bar, walkBar(sections, state.place, go, about.formulas.letters));
    put(parts.card, cardOf(line, step), meaningsOf(about));
    put(parts.details, detailsOf(line, view, choose));
    if (focused) element.querySelector(`[aria-label="${CSS.escape(focused)}"]`)?.focus();
  }
  return view;
}

function kindOf(state, sections) {
  return lineAt(sections, state.place).section.kind;
}

function badge(back) {
  return [h("strong", {}, "no longer your run"), " ", h("button", { onclick: back }, "back to the run")];
}

/* What stands beside the inputs and the outputs: names of columns and classes. */
function labelsOf({ sizes, inputs, classes }) {
  return (n, j) => (n === sizes.length - 1 ? classes[j - 1] : n === 0 ? inputs?.[j - 1] : null);
}

/* What the network says of the example. */
function outcomeOf({ about, example }) {
  const wanted = `wanted: ${targetInWords(about, example.target)}`;
  const { probabilities, units } = example;
  const outcome = probabilities ?? Array.from(units.at(-1)); // under squares outputs stand for probabilities
  if (about.classes.length) {
    const best = classOf(outcome);
    const share = outcome.length > 1 ? outcome[best] : best ? outcome[0] : 1 - outcome[0];
    return `it says ${about.classes[best]}, with ${figure(share, 4)}; ${wanted}`;
  }
  const values = about.unit ? [about.unit[0] + about.unit[1] * outcome[0]] : outcome;
  return `it says ${values.map((value) => figure(value, 4)).join(", ")}; ${wanted}`;
}

/* What the formulas do not say themselves. */
function meaningsOf({ meanings }) {
  return (
    meanings.length > 0 &&
    h(
      "p",
      { class: "meanings" },
      meanings.map((text) => [notation(text), " "]),
    )
  );
}

/* The line on screen; of an update the weight's old and new value, whose lines stand below. */
function cardOf(line, step) {
  if (line.section.kind !== "updates") return lineCard(written(line, step));
  const lines = moveLines(step, line);
  if (lines) return lineCard(lines.at(-1));
  return step.batch().length > 1 ? lineCard(meanLine(step, line)) : null;
}

function detailsOf(line, view, choose) {
  const { step, state, set, about, arrays } = view;
  if (line.k === undefined) return line.j ? unitDetails(step, line, { error: errorRule(about, line) }, choose) : [];
  const places = batchOf(about, arrays, state.m);
  const pick = (number) => set({ pick: { number }, edits: { ...state.edits, x: null } });
  const name = (number) => `${number}: ${nameOfRow(about, arrays, places[number - 1])}`;
  return [view.editor(line, step), ...weightDetails(step, line, pick, name, afterStep(view, line))];
}

/* The rule for the error on a unit, where the line on screen is another. */
function errorRule({ formulas, sizes, softmax }, { n, section }) {
  if (section.kind === "errors" || n === 0) return null;
  if (n < sizes.length - 1) return formulas.unitError[n - 1];
  return softmax ? formulas.softmaxError : formulas.outcomeError;
}

/* What a weight is in the run one step later, where that moment is kept and nothing was changed; else null. */
function afterStep({ about, arrays, state, step }, { n, j, k }) {
  if (step.changed || about.kept[state.m + 1] !== step.step + 1) return null;
  return weightOf(momentAt(about, arrays, state.m + 1).levels, n, j, k);
}
