/* The step as a sheet of paper: all its lines, of which some are left blank to be filled in. */

import { nameOfRow } from "./chooser.js";
import { h, put } from "./dom.js";
import { weightOf } from "./engine.js";
import { nameOf } from "./network.js";
import { figure } from "./numbers.js";
import { linesOfSheet } from "./blanks.js";
import { notation } from "./notation.js";
import { batchOf } from "./step.js";

const KINDS_OF_LINES = ["forward", "errors", "gradients", "updates"];

/* More lines than these are no sheet. */
const MOST_LINES = 400;

/* The part of the page that makes a sheet of the step on screen and prints it; open, it follows the step by draw().
   The updates, which are many, are there when they are asked for. */
export function sheetSection(view) {
  const choice = { shown: new Set(["forward", "errors", "gradients"]), blank: new Set(["errors", "gradients"]) };
  const body = h("div", { class: "sheet" });
  const opened = { class: "sheet-section", ontoggle: () => section.draw() };
  const section = h("details", opened, h("summary", {}, "print as a sheet"), body);
  section.draw = () => section.open && put(body, sheetOf(view, choice, section.draw));
  return section;
}

function sheetOf(view, { shown, blank }, draw) {
  const many = view.sections.filter(({ kind }) => shown.has(kind)).reduce((sum, { count }) => sum + count, 0);
  const lines = many > MOST_LINES ? [] : linesOfSheet(view, blank, shown);
  const toggle = ({ name }) => (blank.has(name) ? blank.delete(name) : blank.add(name), draw());
  const { about, arrays, state } = view;
  const place = state.pick.number ? batchOf(about, arrays, state.m)[state.pick.number - 1] : state.pick.place;
  const tooMany = `a sheet has at most ${MOST_LINES} lines, and this has ${many.toLocaleString("en")}`;
  return [
    boxesOf("show", shown, draw),
    boxesOf("leave blank", blank, draw, " or click a line"),
    h("button", { class: "sheet-print", onclick: () => print() }, "print"),
    h("h2", {}, `One step of back-propagation: ${nameOfRow(about, arrays, place)}`),
    h("p", {}, `${about.title}, step ${about.kept[state.m]}, eta = ${view.step.lr}`),
    many > MOST_LINES ? h("p", {}, tooMany) : givenOf(view),
    KINDS_OF_LINES.map((kind) =>
      tableOf(
        kind,
        lines.filter((line) => line.kind === kind),
        toggle,
      ),
    ),
  ];
}

/* What is given: the inputs, what is wanted, and all weights, in so many digits that the results come out. */
function givenOf({ about: { formulas, sizes }, step }) {
  const { units, target } = step.example;
  const said = (name, value) => [h("span", { class: "sheet-given" }, notation(name), ` = ${figure(value, 6)}`), " "];
  const inputs = Array.from(units[0], (value, i) => said(nameOf(formulas, 0, i + 1), value));
  const wanted = target.map((value, i) => said(`y*_${i + 1}`, value));
  const weights = sizes.slice(1).flatMap((outputs, i) =>
    Array.from({ length: outputs * (sizes[i] + 1) }, (_, place) => {
      const [j, k] = [Math.floor(place / (sizes[i] + 1)) + 1, place % (sizes[i] + 1)];
      return said(nameOf(formulas, i + 1, j, k), weightOf(step.levels, i + 1, j, k));
    }),
  );
  return [h("h3", {}, "given"), h("p", {}, inputs, wanted), h("p", {}, weights)];
}

/* A box for each kind of lines, of which those are checked that are in a set. */
function boxesOf(label, chosen, draw, more = "") {
  const change = (kind, on) => (on ? chosen.add(kind) : chosen.delete(kind), draw());
  const boxes = KINDS_OF_LINES.map((kind) => {
    const onchange = (event) => change(kind, event.target.checked);
    return h("label", {}, h("input", { type: "checkbox", checked: chosen.has(kind), onchange }), ` ${kind}`);
  });
  return h("div", { class: "sheet-choice", role: "group", "aria-label": label }, `${label}: `, boxes, more);
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
