/* A whole run at a glance: its weights, its values and gradients over time, and what came out. */
import { answersView } from "./answers.js";
import { confusionSection } from "./confusion.js";
import { h } from "./dom.js";
import { histogramsSection } from "./histograms.js";
import { pointsSection } from "./points.js";
import { quietSection } from "./quiet.js";
import { weightsSections } from "./weights.js";

/* All that fnnet/seeing/whole.py says of a run, with .moveTo(step) for what is over time. */
export function whole(data) {
  const moving = data.layers.length ? [histogramsSection(data), quietSection(data)].filter(Boolean) : [];
  const outcome = [confusionSection(data), pointsSection(data), worstSection(data)];
  const element = h("div", { class: "whole" }, outcome, weightsSections(data), moving);
  element.moveTo = (step) => moving.forEach((section) => section.moveTo(step));
  element.moveTo(data.steps.at(-1));
  return element;
}

function worstSection(data) {
  if (!data.rows.length) return null;
  const numbers = !data.classes.length;
  const heading = numbers ? "The farthest predictions" : "The worst mistakes";
  const note = numbers
    ? ""
    : data.worst.length
      ? "Those first in which the true class was given the least probability."
      : `None of the ${data.part} examples is wrong.`;
  return h(
    "section",
    {},
    h("h3", {}, heading),
    note && h("p", { class: "whole-note" }, note),
    data.worst.length > 0 && answersView(data, data.worst),
  );
}
