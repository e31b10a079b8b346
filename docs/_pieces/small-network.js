/* The 2-2-1 network as a drawing, in which what a line speaks of is lit, and each number stands from its line on. */
import { h, put, svg } from "./dom.js";

const UNITS = { f_1: [42, 60], f_2: [42, 225], g_1: [230, 60], g_2: [230, 225], h_1: [450, 142], E: [560, 142] };
const ARROWS = {
  u_11: ["f_1", "g_1"], u_12: ["f_2", "g_1"], u_21: ["f_1", "g_2"], u_22: ["f_2", "g_2"],
  v_11: ["g_1", "h_1"], v_12: ["g_2", "h_1"],
};
const BIASES = { u_10: "g_1", u_20: "g_2", v_10: "h_1" };
const ALONG = { u_12: 0.3, u_21: 0.3 }; // where on its arrow a number stands, so that those that cross don't meet
const RADIUS = 32;

/* show(rows, row) puts in the numbers of the lines up to a line, and lights that one. */
export function smallNetwork() {
  const drawing = svg("svg", { class: "net-drawing", viewBox: "0 0 600 315", role: "img" });
  const element = h("div", { class: "net" }, drawing);
  element.show = (rows, row) => {
    const known = Object.fromEntries(rows.map((one) => [one.name, one.result]));
    const lit = litBy(row);
    put(drawing, arrowsOf(known, lit), unitsOf(known, lit), biasesOf(known, lit));
    const numbers = Object.entries(known).map(([name, result]) => `${name} = ${result}`);
    drawing.setAttribute("aria-label", `the network, so far: ${numbers.join(", ")}`);
  };
  return element;
}

/* What a line gives, and what it takes: the quantities in its name and in its formula. The slope s'(g_1) is of g_1. */
export function litBy(row) {
  const quantities = (text) => new Set((text ?? "").match(/\b[fguvh]_\d+|\bE\b(?!\/)|y\*_\d/g) ?? []);
  const gives = quantities(row?.name.replace("dE/d", "")), takes = quantities(row?.formula.replaceAll("dE/d", ""));
  if (takes.has("y*_1")) takes.add("E");
  return (name) => (gives.has(name) ? "net-given" : takes.has(name) ? "net-taken" : "");
}

function arrowsOf(known, lit) {
  return [...Object.entries(ARROWS), ["", ["h_1", "E"]]].map(([name, [from, to]]) => {
    const [[a, b], [c, d]] = [UNITS[from], UNITS[to]];
    const share = RADIUS / Math.hypot(c - a, d - b), [dx, dy] = [share * (c - a), share * (d - b)];
    const line = svg("path", { class: "net-arrow", d: `M${a + dx} ${b + dy}L${c - dx} ${d - dy}` });
    const along = ALONG[name] ?? 0.5;
    const words = name && numbersAt(name, known, a + along * (c - a), b + along * (d - b) + 5);
    return svg("g", { class: `net-part ${lit(name)}` }, line, words);
  });
}

function unitsOf(known, lit) {
  return Object.entries(UNITS).map(([name, [x, y]]) => {
    const says = name === "E" ? [] : [subscripted(x, y - RADIUS - 6, name)];
    const error = known[`dE/d${name}`];
    return svg("g", { class: `net-part ${lit(name)}` },
      svg("circle", { class: "net-unit", cx: x, cy: y, r: RADIUS }), says,
      svg("text", { class: "net-number", x, y: y + 5 }, known[name] ?? (name === "E" ? "E" : "")),
      name === "E" && known.E && svg("text", { class: "net-name", x, y: y - RADIUS - 6 }, "E"),
      error && svg("text", { class: "net-slope", x, y: y + RADIUS + 17 }, signed(error)),
    );
  });
}

function biasesOf(known, lit) {
  return Object.entries(BIASES).map(([name, unit]) => {
    const [x, y] = UNITS[unit];
    return svg("g", { class: `net-part ${lit(name)}` }, numbersAt(name, known, x, y + RADIUS + 36, "bias "));
  });
}

/* The value of a weight, and in the color of slopes its gradient. */
function numbersAt(name, known, x, y, before = "") {
  const slope = known[`dE/d${name}`];
  const beside = slope && svg("tspan", { class: "net-slope" }, ` ${signed(slope)}`);
  return svg("text", { class: "net-weight", x, y }, before, signed(known[name]), beside);
}

function subscripted(x, y, name) {
  const [letter, index] = name.split("_");
  return svg("text", { class: "net-name", x, y }, letter, svg("tspan", { "font-size": "70%", dy: 3 }, index));
}

function signed(number) {
  return number.replace("-", "−");
}
