/* The steps of back-propagation through a 2-2-1 network, line by line, forwards and back. */
import { h, put } from "./dom.js";
import { smallNetwork } from "./small-network.js";

const PARTS = ["kind", "rule", "line", "numbers", "result"];

/* `rows` are the lines of `fnnet trace`: kind, name, rule, formula, numbers, result. */
export function stepper({ rows }) {
  const given = rows.filter((row) => row.kind === "given"), lines = rows.filter((row) => row.kind !== "given");
  const network = smallNetwork();
  const parts = Object.fromEntries(PARTS.map((name) => [name, h("div", { class: `stepper-${name}` })]));
  const input = h("input", { type: "range", min: 0, max: lines.length, value: 0, "aria-label": "line" });
  const go = (to) => {
    input.value = Math.min(lines.length, Math.max(0, to));
    const at = Number(input.value);
    input.setAttribute("aria-valuetext", at ? spokenLine(lines[at - 1], at, lines.length) : "before the first line");
    network.show([...given, ...lines.slice(0, at)], lines[at - 1]);
    showLine(parts, lines[at - 1], at, lines.length);
    back.disabled = at === 0;
    ahead.disabled = at === lines.length;
  };
  const move = (by) => go(Number(input.value) + by);
  const back = h("button", { type: "button", onclick: () => move(-1) }, "← back");
  const ahead = h("button", { type: "button", onclick: () => move(1) }, "step →");
  input.addEventListener("input", () => go(Number(input.value)));
  const controls = h("div", { class: "piece-buttons" }, back, input, ahead);
  const panel = h("div", { class: "stepper-panel", "aria-live": "polite" }, Object.values(parts));
  const element = h("div", { class: "stepper" }, network, controls, panel);
  element.addEventListener("keydown", (event) => byKey(event, input, move));
  go(0);
  return element;
}

/* The slider has these keys already. */
function byKey(event, input, move) {
  const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (!by || event.target === input || event.ctrlKey || event.altKey || event.metaKey) return;
  event.preventDefault();
  move(by);
}

function showLine(parts, row, at, all) {
  put(parts.kind, row ? `${row.kind}, line ${at} of ${all}` : `${all} lines: forward, errors, gradients, updates`);
  put(parts.rule, row ? inLetters(row.rule) : "Press “step” or the right arrow key.");
  put(parts.line, row ? inLetters(`${row.name} ${sign(row)} ${row.formula}`) : "");
  put(parts.numbers, row ? inLetters(`= ${row.numbers}`) : "");
  put(parts.result, row ? inLetters(`= ${row.result}`) : "");
}

function sign(row) {
  return row.kind === "updates" ? "←" : "=";
}

function spokenLine(row, at, all) {
  return `line ${at} of ${all}: ${row.name} ${row.formula} = ${row.result}`;
}

const SIGNS = [
  ["dE", "∂E"], ["/d", "/∂"], ["sum_", "Σ_"], ["<-", "←"], ["s'", "σ′"], ["s(", "σ("], ["eta", "η"],
  ["1/2", "½"], ["^2", "²"], ["-", "−"],
];

/* A line of letters, as trace writes it for a terminal, with the signs of the page: u_11 gets its index below. */
export function inLetters(text) {
  const dots = text.replace(/([\d)])\*(?=[\d(])/g, "$1·");
  const signs = SIGNS.reduce((line, [from, to]) => line.replaceAll(from, to), dots);
  return signs.split(/(_[a-z0-9]+)/).map((part) => (part.startsWith("_") ? h("sub", {}, part.slice(1)) : part));
}
