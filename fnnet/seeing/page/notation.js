/* Formulas as the eye wants them: indices below the line, and greek letters; their text stays that of `fnnet trace`. */

import { h } from "./dom.js";

const GREEK = { eta: "η", lambda: "λ", beta: "β", beta1: "β₁", beta2: "β₂", alpha: "α", eps: "ε" };
const SYMBOL = /(eta|lambda|beta[12]?|alpha|eps)\b|([A-Za-z*]+)(\(\d+\))?_(\d+(?:,\d+)?|[a-z]{1,2}\b|[a-z]0)/g;

/* How many characters of a line are shown before it is cut. */
const LONG = 360;

/* A text in letters, such as "u_12 - eta dE/du_12", with its indices set. */
export function notation(text) {
  const parts = [];
  let done = 0;
  for (const found of text.matchAll(SYMBOL)) {
    parts.push(text.slice(done, found.index), symbol(found));
    done = found.index + found[0].length;
  }
  return h("span", { class: "notation" }, parts, text.slice(done));
}

function symbol([, greek, letter, layer, index]) {
  if (greek) return h("span", { "data-text": greek }, GREEK[greek]);
  const raised =
    layer && h("sup", {}, h("span", { class: "unseen" }, "("), layer.slice(1, -1), h("span", { class: "unseen" }, ")"));
  return [letter, raised, h("span", { class: "unseen" }, "_"), h("sub", {}, index)];
}

/* A text that may be very long: its beginning, and a button that shows the rest. */
export function shortened(text, show = notation) {
  if (text.length <= LONG) return show(text);
  const at = text.lastIndexOf(" ", LONG);
  const rest = h(
    "button",
    { class: "more", onclick: () => whole.replaceWith(show(text)) },
    `… all ${countOf(text)} parts`,
  );
  const whole = h("span", {}, show(text.slice(0, at)), " ", rest);
  return whole;
}

function countOf(text) {
  return text.split(/ [+-] /).length;
}
