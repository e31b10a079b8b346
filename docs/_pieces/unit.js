/* One unit whose weights, bias and inputs are moved: its sum with the numbers put in, over the plane of all inputs. */
import { brief } from "./axis.js";
import { h, put } from "./dom.js";
import { plane } from "./plane.js";
import { pressed, putIn, slider } from "./slider.js";

const START = { bias: -0.5, w_1: 1, w_2: 1, x_1: 1, x_2: 0 };
const ENDS = { bias: [-20, 20], w_1: [-12, 12], w_2: [-12, 12], x_1: [-0.5, 1.5], x_2: [-0.5, 1.5] };

export function unit() {
  const at = { ...START };
  const said = h("output", { class: "piece-formula", "aria-live": "polite" });
  const corners = [[0, 0], [0, 1], [1, 0], [1, 1]].map(([a, b]) => ({ at: [a, b], label: a || b }));
  const view = plane({
    range: [ENDS.x_1, ENDS.x_2], points: corners, classes: ["or says 0", "or says 1"], names: ["x₁", "x₂"],
    label: "what the unit says of each pair of inputs; choose one with the arrow keys and Enter",
    onPick: (x_1, x_2) => move({ x_1, x_2 }),
  });
  const sliders = Object.entries(ENDS).map(([name, [min, max]]) => {
    const step = name.startsWith("x") ? 0.05 : 0.1;
    const onInput = (value) => move({ [name]: value });
    return slider({ name: written(name), min, max, step, value: at[name], onInput });
  });
  const move = (moved) => {
    Object.assign(at, moved);
    Object.keys(ENDS).forEach((name, i) => sliders[i].set(at[name]));
    Object.keys(ENDS).forEach((name, i) => (at[name] = sliders[i].value()));
    view.draw((x_1, x_2) => squashed(sumOf({ ...at, x_1, x_2 })));
    view.point(at.x_1, at.x_2);
    put(said, ...linesOf(at));
  };
  const again = pressed("as on the page", () => move(START));
  requestAnimationFrame(() => move(START));
  return h("div", { class: "piece-beside" }, view, h("div", { class: "piece-controls" }, sliders, said, again));
}

function sumOf({ bias, w_1, w_2, x_1, x_2 }) {
  return bias + w_1 * x_1 + w_2 * x_2;
}

function squashed(a) {
  return 1 / (1 + Math.exp(-a));
}

function linesOf(at) {
  const sum = sumOf(at), out = squashed(sum);
  const [b, ...rest] = [at.bias, at.w_1, at.x_1, at.w_2, at.x_2].map((value, i) => (i ? putIn(value) : brief(value)));
  return [
    h("div", {}, "σ(bias + w₁x₁ + w₂x₂)"),
    h("div", {}, `= σ(${b} + ${rest[0]}·${rest[1]} + ${rest[2]}·${rest[3]})`),
    h("div", {}, `= σ(${brief(sum)}) = ${out.toFixed(3)}`),
  ];
}

/* w_1 as it is written on the page. */
function written(name) {
  return name.replace("_1", "₁").replace("_2", "₂");
}
