/* Tables of which the first rows are shown, and the others when they are asked for. */

import { h } from "./dom.js";

/* How many rows are shown at first. */
export const FIRST_ROWS = 10;

export function rankedTable(head, rows) {
  const line = (cells) =>
    h(
      "tr",
      {},
      cells.map((cell) => h("td", {}, cell)),
    );
  const body = h("tbody", {}, rows.slice(0, FIRST_ROWS).map(line));
  const all = `all ${rows.length.toLocaleString("en")}`;
  const more = h(
    "button",
    { class: "more", onclick: () => (body.append(...rows.slice(FIRST_ROWS).map(line)), more.remove()) },
    all,
  );
  const heads = head.map((text) => h("th", {}, text));
  const table = h("table", { class: "ranked" }, h("thead", {}, h("tr", {}, heads)), body);
  return h("div", { class: "ranked-frame" }, table, rows.length > FIRST_ROWS && more);
}
