/* Units that hardly learn: how many of each layer over time, and which at a step. */
import { curves, nearestStep } from "./curves.js";
import { h, put } from "./dom.js";
import { bytesOf } from "./pictures.js";

const NAMED = 60; // units of a layer that are named in a list

/* The section of dead and saturated units, with .moveTo(step); null where no layer has such. */
export function quietSection({ layers, steps, sample }) {
  const quiet = layers
    .filter((layer) => layer.quiet)
    .map((layer) => ({ ...layer, found: quietUnits(layer.quiet, steps.length) }));
  if (!quiet.length) return null;
  const list = h("ul", { class: "whole-quiet", "aria-live": "polite" });
  const series = quiet.map(({ name, place, quiet: { kind }, found }) => ({
    name: `${kind} in ${name}, layer ${place}`,
    values: found.map((units) => units.length),
  }));
  const any = series.some(({ values }) => values.some((count) => count > 0));
  const chart = any && curves(series, { steps, label: "Units that hardly learn" });
  const note =
    `Dead is a unit that is 0 for each of ${sample} training rows, ` +
    "saturated one whose slope is below 0.001 for each of them.";
  const section = h(
    "section",
    {},
    h("h3", {}, "Units that hardly learn"),
    h("p", { class: "whole-note" }, note),
    chart,
    list,
  );
  section.moveTo = (step) => {
    const at = nearestStep(steps, step);
    if (chart) chart.moveTo(steps[at]);
    put(
      list,
      quiet.map((layer) => h("li", {}, quietInWords(layer, steps[at], layer.found[at]))),
    );
  };
  return section;
}

/* For each moment the numbers of the units whose bit is set, from 1. */
function quietUnits({ units, bits }, moments) {
  const bytes = bytesOf(bits);
  const wide = Math.ceil(units / 8);
  const isSet = (moment, unit) => (bytes[moment * wide + (unit >> 3)] >> (7 - (unit & 7))) & 1;
  const all = Array.from({ length: units }, (_, i) => i);
  return Array.from({ length: moments }, (_, m) => all.filter((unit) => isSet(m, unit)).map((unit) => unit + 1));
}

function quietInWords({ name, place, quiet: { kind, units } }, step, found) {
  const more = found.length > NAMED ? `, and ${found.length - NAMED} more` : "";
  const which = found.length ? `: ${found.slice(0, NAMED).join(", ")}${more}` : "";
  return `step ${step}, ${name} in layer ${place}: ${found.length} of ${units} ${kind}${which}`;
}
