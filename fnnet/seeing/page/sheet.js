/* The step as a sheet of paper: all its lines, of which some are left blank to be filled in. */

import { nameOfRow } from "./chooser.js";
import { h, put } from "./dom.js";
import { linesOfSheet } from "./blanks.js";
import { notation } from "./notation.js";
import { batchOf } from "./step.js";

const KINDS_OF_LINES = ["forward", "errors", "gradients", "updates"];

/* More lines than these are no sheet. */
const MOST_LINES = 400;

/* The part of the page that makes a sheet of the step on screen and prints it. */
export function sheetSection(view) {
  const blank = new Set(["errors", "gradients"]);
  const body = h("div", { class: "sheet" });
  const draw = () => put(body, sheetOf(view, blank, draw));
  const section = h(
    "details",
    { class: "sheet-section", ontoggle: () => section.open && draw() },
    h("summary", {}, "print as a sheet"),
    body,
  );
  return section;
}

function sheetOf(view, blank, draw) {
  const many = view.sections.reduce((sum, { count }) => sum + count, 0);
  if (many > MOST_LINES)
    return [h("p", {}, `a sheet has at most ${MOST_LINES} lines, and this step has ${many.toLocaleString("en")}`)];
  const boxes = KINDS_OF_LINES.map((kind) =>
    h(
      "label",
      {},
      h("input", {
        type: "checkbox",
        checked: blank.has(kind),
        onchange: (event) => (event.target.checked ? blank.add(kind) : blank.delete(kind), draw()),
      }),
      ` ${kind}`,
    ),
  );
  const lines = linesOfSheet(view, blank);
  const toggle = ({ name }) => (blank.has(name) ? blank.delete(name) : blank.add(name), draw());
  const { about, arrays, state } = view;
  const place = state.pick.number ? batchOf(about, arrays, state.m)[state.pick.number - 1] : state.pick.place;
  return [
    h(
      "div",
      { class: "sheet-choice", role: "group", "aria-label": "leave blank" },
      "leave blank: ",
      boxes,
      " or click a line",
      h("button", { onclick: () => print() }, "print"),
    ),
    h("h2", {}, `One step of back-propagation: ${nameOfRow(about, arrays, place)}`),
    h("p", {}, `${about.title}, step ${about.kept[state.m]}, eta = ${view.step.lr}`),
    ...KINDS_OF_LINES.map((kind) =>
      tableOf(
        kind,
        lines.filter((line) => line.kind === kind),
        toggle,
      ),
    ),
  ];
}

function tableOf(kind, lines, toggle) {
  if (!lines.length) return null;
  const rows = lines.map((line) =>
    h(
      "tr",
      { onclick: () => toggle(line), class: line.blank ? "is-blank" : "" },
      h("th", { scope: "row" }, notation(line.name)),
      h("td", {}, notation(line.formula)),
      h("td", {}, line.blank ? "" : line.numbers),
      h("td", {}, line.blank ? "" : line.result),
    ),
  );
  return [
    h("h3", {}, kind),
    h(
      "table",
      { class: "sheet-table" },
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          ["", "formula", "numbers put in", "value"].map((text) => h("th", {}, text)),
        ),
      ),
      h("tbody", {}, rows),
    ),
  ];
}
