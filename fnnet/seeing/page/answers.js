/* Examples with what the network said of them: as pictures with captions, or as a table with the columns' names. */
import { brief, percent } from "./axis.js";
import { h } from "./dom.js";
import { bytesOf, grayPicture } from "./pictures.js";

/* The examples at these places of data.rows. */
export function answersView(data, places) {
  return data.pictures ? answersGallery(data, places) : answersTable(data, places);
}

function answersGallery(data, places) {
  const [, height, width] = data.pictures.shape;
  const bytes = bytesOf(data.pictures.pixels);
  const size = height * width;
  return h(
    "div",
    { class: "whole-answers" },
    places.map((place) => {
      const picture = grayPicture(bytes.subarray(place * size, (place + 1) * size), height, width);
      return h("figure", { class: "whole-answer" }, picture, h("figcaption", {}, captionOf(data, data.rows[place])));
    }),
  );
}

/* A line for the row, one for what is true, and one for each of the largest probabilities. */
function captionOf({ classes }, { row, target, said, shares }) {
  if (!classes.length) return [`row ${row}`, h("br"), `${brief(target)}, said ${spokenNumber(said)}`];
  const wrong = said !== target;
  const lines = shares.map(([place, share]) =>
    shareBar(classes[place], share, place === target ? "true" : place === said && wrong ? "said" : ""),
  );
  return [
    h(
      "span",
      { class: "whole-row" },
      `row ${row}: `,
      h("b", {}, classes[target]),
      wrong && ", taken for ",
      wrong && h("b", {}, classes[said]),
    ),
    lines,
  ];
}

function shareBar(name, share, what) {
  const bar = h(
    "span",
    { class: `whole-share ${what && `whole-share-${what}`}` },
    h("span", { class: "whole-name" }, name),
    h("span", {}, shareText(share)),
  );
  bar.style.setProperty("--share", `${100 * (share ?? 0)}%`);
  return bar;
}

function answersTable(data, places) {
  const { classes, columns } = data;
  const heads = classes.length
    ? ["row", data.target ?? "target", "taken for", "with", "its own"]
    : ["row", data.target ?? "target", "predicted", "error"];
  const head = h(
    "tr",
    {},
    [...heads, ...columns].map((name) => h("th", { scope: "col" }, name)),
  );
  const lines = places.map((place) => {
    const row = data.rows[place];
    return h(
      "tr",
      {},
      [...figuresOf(data, row), ...row.cells.map(cellText)].map((text, i) =>
        h(i ? "td" : "th", { scope: i ? null : "row" }, text),
      ),
    );
  });
  const table = h("table", { class: "whole-table" }, h("thead", {}, head), h("tbody", {}, lines));
  return h("div", { class: "whole-wide", tabindex: 0, role: "group", "aria-label": "rows with their values" }, table);
}

function figuresOf({ classes }, { row, target, said, shares }) {
  if (!classes.length)
    return [row, spokenNumber(target), spokenNumber(said), said === null ? "–" : spokenNumber(said - target)];
  const shareOf = (place) => {
    const share = shares.find(([i]) => i === place)?.[1];
    return shareText(share ?? null);
  };
  return [row, classes[target], classes[said], shareOf(said), shareOf(target)];
}

/* In percent, with as many digits as a small share needs to be told from nothing. */
export function shareText(share) {
  if (share === null) return "–";
  return share > 0 && share < 0.001 ? `${brief(100 * share)} %` : percent(share);
}

function cellText(cell) {
  return cell === null ? "–" : typeof cell === "number" ? spokenNumber(cell) : cell;
}

function spokenNumber(value) {
  return value === null
    ? "not finite"
    : Number(value.toPrecision(6)).toLocaleString("en-US", { maximumSignificantDigits: 6 }).replace("-", "−");
}
