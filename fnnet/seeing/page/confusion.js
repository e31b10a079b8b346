/* How often each class was taken for each: a table whose cells show the examples behind them. */
import { h, put } from "./dom.js";
import { answersView } from "./answers.js";

/* The section of the confusion matrix; null where there is none. */
export function confusionSection(data) {
  if (!data.confusion) return null;
  const panel = h(
    "div",
    { class: "whole-behind", "aria-live": "polite" },
    h("p", { class: "whole-note" }, "Choose a number to see the examples behind it."),
  );
  const places = new Map(data.cells.map(([truth, said, rows]) => [`${truth},${said}`, rows]));
  const choose = (event, truth, said) => {
    table.querySelectorAll("[aria-pressed=true]").forEach((button) => button.setAttribute("aria-pressed", "false"));
    event.currentTarget.setAttribute("aria-pressed", "true");
    showBehind(panel, data, truth, said, places.get(`${truth},${said}`) ?? []);
  };
  const table = confusionTable(data, choose);
  const right = data.confusion.reduce((sum, row, i) => sum + row[i], 0);
  const [some, all] = [right, data.examples].map((many) => many.toLocaleString("en-US"));
  const note = `${some} of ${all} ${data.part} examples are right. A row is what is true, a column what was said.`;
  const wide = h("div", { class: "whole-wide", tabindex: 0, role: "group", "aria-label": "confusion matrix" }, table);
  return h("section", {}, h("h3", {}, "What was taken for what"), h("p", { class: "whole-note" }, note), wide, panel);
}

function confusionTable({ confusion, classes }, choose) {
  const head = h(
    "tr",
    {},
    h("th", { scope: "col" }, "true \\ said"),
    classes.map((name) => h("th", { scope: "col" }, name)),
  );
  const lines = confusion.map((counts, truth) => {
    const all = Math.max(
      1,
      counts.reduce((sum, count) => sum + count, 0),
    );
    const cells = counts.map((count, said) =>
      h("td", {}, confusionCell(count, count / all, truth, said, classes, choose)),
    );
    return h("tr", {}, h("th", { scope: "row" }, classes[truth]), cells);
  });
  return h("table", { class: "whole-table whole-confusion" }, h("thead", {}, head), h("tbody", {}, lines));
}

/* A button by the share of its row: the root of it, for mistakes are few. */
function confusionCell(count, share, truth, said, classes, choose) {
  if (!count) return h("span", { class: "whole-none" }, "0");
  const what = truth === said ? "right" : `taken for ${classes[said]}`;
  const label = `${count} of ${classes[truth]}, ${what}`;
  const button = h(
    "button",
    { "aria-pressed": "false", "aria-label": label, onclick: (event) => choose(event, truth, said) },
    count.toLocaleString("en-US"),
  );
  const color = truth === said ? "--accent" : "--wrong";
  const strength = (10 + 35 * Math.sqrt(share)).toFixed(1);
  button.style.background = `color-mix(in oklab, var(${color}) ${strength}%, var(--paper))`;
  return button;
}

function showBehind(panel, data, truth, said, places) {
  const { classes, confusion } = data;
  const count = confusion[truth][said];
  const what = truth === said ? `${classes[truth]}, recognized` : `${classes[truth]}, taken for ${classes[said]}`;
  const few = places.length < count ? ` (${places.length} of them: those that gave the true class the least)` : "";
  put(
    panel,
    h("p", {}, `${count.toLocaleString("en-US")} × ${what}${few}`),
    places.length
      ? answersView(data, places)
      : h("p", { class: "whole-note" }, "There was no room on the page for these."),
  );
}
