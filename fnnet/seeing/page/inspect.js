/* One unit or weight under the microscope: its sum, its error, its gradient by examples, and its way to a new value. */

import { h } from "./dom.js";
import { gradientOf, weightOf } from "./engine.js";
import { meanLine, moveLines, written } from "./lines.js";
import { field, nameOf } from "./network.js";
import { shortened, notation } from "./notation.js";
import { figure } from "./numbers.js";
import { pushesOf } from "./step.js";
import { FIRST_ROWS, rankedTable } from "./tables.js";

/* A line as it is shown: name, formula, numbers put in, result. */
export function lineCard(line, blank = false) {
  const sign = line.step ? "←" : "=";
  const part = (name, text, show) =>
    h("div", { class: `line-${name}` }, h("span", { class: "line-sign" }, sign), shortened(text, show));
  const plain = (text) => h("span", { class: "line-text" }, text);
  const hidden = () => h("span", { class: "line-blank", "aria-label": "blank" });
  return h(
    "div",
    { class: "line" },
    h("div", { class: "line-name" }, notation(line.name)),
    part("formula", line.formula, notation),
    part("numbers", blank ? "" : line.numbers, blank ? hidden : plain),
    part("result", blank ? "" : line.result, blank ? hidden : plain),
  );
}

/* All that is to be known of a unit beyond the line on screen. ``choose`` is told of another unit or weight. */
export function unitDetails(step, { n, j }, rules, choose) {
  const { about } = step;
  if (n === 0) return [];
  const { formulas, sizes } = about;
  const other = rules.error && written({ rule: rules.error, n, j }, step);
  return [
    sizes[n - 1] > FIRST_ROWS && sumTable(step, n, j, choose),
    other && h("section", {}, h("h3", {}, "the error on it"), lineCard(other)),
    h(
      "section",
      {},
      h("h3", {}, `its weights, from ${nameOf(formulas, n, j, 0)} on`),
      weightsOfUnit(step, n, j, choose),
    ),
  ];
}

/* The largest parts of a long sum. */
function sumTable(step, n, j, choose) {
  const { formulas, sizes } = step.about;
  const input = (k) => (step.example.masks[n - 1]?.[k - 1] ?? 1) * step.example.units[n - 1][k - 1];
  const parts = Array.from({ length: sizes[n - 1] }, (_, i) => {
    const k = i + 1;
    return {
      k,
      weight: weightOf(step.levels, n, j, k),
      input: input(k),
      product: weightOf(step.levels, n, j, k) * input(k),
    };
  }).sort((a, b) => Math.abs(b.product) - Math.abs(a.product));
  const head = ["weight", "", "times", "", "is"];
  const rows = parts.map(({ k, weight, input: value, product }) => [
    button(nameOf(formulas, n, j, k), () => choose({ n, j, k })),
    figure(weight, 4),
    notation(nameOf(formulas, n - 1, k)),
    figure(value, 4),
    figure(product, 4),
  ]);
  return h("section", {}, h("h3", {}, "its sum, by the size of the parts"), rankedTable(head, rows));
}

function button(text, onclick) {
  return h("button", { class: "link", onclick }, notation(text));
}

/* The weights into a unit: as a field where there are many, which a click looks into, else as buttons. */
function weightsOfUnit(step, n, j, choose) {
  const { formulas, sizes, shape } = step.about;
  const name = (k) => nameOf(formulas, n, j, k);
  const bias = [0, ...(sizes[n - 1] > FIRST_ROWS * 2 ? [] : Array.from({ length: sizes[n - 1] }, (_, i) => i + 1))];
  const rows = bias.map((k) => [
    button(name(k), () => choose({ n, j, k })),
    figure(weightOf(step.levels, n, j, k), 4),
    figure(gradientOf(step.example, n, j, k), 4),
  ]);
  const table = h(
    "table",
    { class: "ranked" },
    h(
      "thead",
      {},
      h(
        "tr",
        {},
        ["", "value", "gradient"].map((text) => h("th", {}, text)),
      ),
    ),
    h(
      "tbody",
      {},
      rows.map((cells) =>
        h(
          "tr",
          {},
          cells.map((cell) => h("td", {}, cell)),
        ),
      ),
    ),
  );
  if (bias.length > 1) return table;
  const values = Float64Array.from({ length: sizes[n - 1] }, (_, i) => weightOf(step.levels, n, j, i + 1));
  const { canvas, columns, rows: tall } = field(values, n === 1 ? shape : []);
  const pick = (event) => {
    const box = canvas.getBoundingClientRect();
    const [c, r] = [
      Math.floor(((event.clientX - box.x) / box.width) * columns),
      Math.floor(((event.clientY - box.y) / box.height) * tall),
    ];
    if (r * columns + c < values.length) choose({ n, j, k: r * columns + c + 1 });
  };
  canvas.addEventListener("click", pick);
  canvas.setAttribute("class", "weights-field");
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", `the ${values.length} weights into it; go to one by its name`);
  return h("div", {}, canvas, table);
}

/* A weight: its gradient beside the measured one, who pushed it, and where the optimizer takes it. ``pick`` is told of
   an example, by its number in the batch; ``nameOfExample`` says which that is. */
export function weightDetails(step, { n, j, k }, pick, nameOfExample, after) {
  const gradient = gradientOf(step.example, n, j, k);
  const measured = figure(Number(step.difference(n, j, k).toFixed(8)), 4);
  const mean = step.batch().length > 1 && meanLine(step, { n, j, k });
  const moves = moveLines(step, { n, j, k });
  return [
    h(
      "p",
      { class: "measured" },
      "measured, (E(u + h) - E(u - h))/2h: ",
      h("span", { class: "line-text" }, measured),
      ` beside ${figure(gradient, 4)}`,
    ),
    mean &&
      h(
        "section",
        {},
        h("h3", {}, "the batch: the mean over its examples"),
        lineCard(mean),
        pushesTable(step, n, j, k, pick, nameOfExample),
      ),
    h(
      "section",
      {},
      h("h3", {}, `to its new value, by ${step.about.optimizer}`),
      moves ? moves.map((line) => lineCard(line)) : h("p", {}, "this optimizer has no formula here"),
      moves &&
        after !== null &&
        h(
          "p",
          { class: "after" },
          "so it stands in the run one step later: ",
          h("span", { class: "line-text" }, figure(after, 4)),
        ),
    ),
  ];
}

/* The examples of the batch, by how hard each pushes. */
function pushesTable(step, n, j, k, pick, nameOfExample) {
  const rows = pushesOf(step, n, j, k).map(({ number, push, share }) => [
    h("button", { class: "link", onclick: () => pick(number) }, nameOfExample(number)),
    figure(push, 4),
    push > 0 ? "pulls it down" : push < 0 ? "pulls it up" : "does nothing",
    `${Math.round(100 * share)} %`,
  ]);
  return rankedTable(["who pushed", "gradient", "", "share"], rows);
}
