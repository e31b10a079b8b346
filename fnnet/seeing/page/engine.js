/* One example, run forward and backward in double precision: every number of it that a formula asks for. */

import { sigmoid } from "./numbers.js";

/* What prepares a row: from x as it came, through layers that know gaps, categories and scales. */
const PREPARED = {
  Flatten: (layer, x) => x,
  Scale: ({ factor }, x) => x.map((value) => value * factor),
  Standardize: ({ mean, deviation }, x) => x.map((value, i) => (value - mean[i]) / deviation[i]),
  Impute: ({ fill, indicators }, x) => [
    ...x.map((value, i) => (Number.isNaN(value) ? fill[i] : value)),
    ...indicators.map((i) => (Number.isNaN(x[i]) ? 1 : 0)),
  ],
  OneHot: ({ codes }, x) => x.flatMap((value, i) => (codes[i]?.length ? codes[i].map((c) => +(value === c)) : [value])),
};

/* The row where the formulas begin, and the inputs that the units take. */
function preparedRow({ first, raw }, x) {
  const through = (layers, row) => layers.reduce((made, layer) => PREPARED[layer.kind](layer, made), row);
  const begun = through(first.slice(0, raw), Array.from(x));
  return [begun, through(first.slice(raw), begun)];
}

/* The activations by their letters: the value, and the slope from the value. */
const ACTIVATIONS = {
  s: [sigmoid, (g) => (1 - g) * g],
  tanh: [Math.tanh, (g) => 1 - g * g],
  relu: [(z) => Math.max(z, 0), (g) => (g > 0 ? 1 : 0)],
  leaky: [(z, slope) => Math.max(z, slope * z), (g, slope) => (g > 0 ? 1 : slope)],
};
const LINEAR = [(z) => z, () => 1];

export function activationOf({ function: letter }) {
  return letter ? ACTIVATIONS[letter] : LINEAR;
}

/* Weighted sums of a level: b_j + sum_k x_k W_kj. What is 0 adds nothing, and most pixels of a digit are. */
function weighted({ W, b }, x) {
  const z = Float64Array.from(b);
  for (let k = 0; k < x.length; k++) {
    if (x[k] === 0) continue;
    for (let j = 0, at = k * z.length; j < z.length; j++, at++) z[j] += x[k] * W[at];
  }
  return z;
}

export function softmaxOf(h) {
  const most = h.reduce((a, b) => Math.max(a, b), -Infinity);
  const e = Array.from(h, (value) => Math.exp(value - most));
  const total = e.reduce((a, b) => a + b, 0);
  return e.map((value) => value / total);
}

const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length;
const softplus = (z) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));

/* E of one example by the losses that have formulas: from outcomes (or outputs h) and targets. */
const LOSSES = {
  SoftmaxCrossEntropy(h, outcome, target) {
    const most = Math.max(...h);
    const total = Math.log(h.reduce((sum, value) => sum + Math.exp(value - most), 0));
    return -target.reduce((sum, t, i) => (t === 0 ? sum : sum + t * (h[i] - most - total)), 0);
  },
  SigmoidCrossEntropy: (h, outcome, target) => mean(target.map((t, i) => softplus(h[i]) - t * h[i])),
  MeanSquaredError: (h, outcome, target) => mean(target.map((t, i) => (outcome[i] - t) ** 2)),
  HalfSquaredError: (h, outcome, target) => target.reduce((sum, t, i) => sum + (outcome[i] - t) ** 2, 0) / 2,
};

/* dE by the outcomes, as a factor of outcome - target. */
const SLOPES = {
  SoftmaxCrossEntropy: () => 1,
  SigmoidCrossEntropy: (outputs) => 1 / outputs,
  MeanSquaredError: (outputs) => 2 / outputs,
  HalfSquaredError: () => 1,
};

const squares = (loss) => loss === "MeanSquaredError" || loss === "HalfSquaredError";

/* What E is made of: probabilities where there are any, else null. */
function probabilitiesOf({ loss, softmax }, h) {
  if (loss === "SigmoidCrossEntropy") return Array.from(h, (value) => sigmoid(value));
  return softmax || !squares(loss) ? softmaxOf(h) : null;
}

/* Units of all layers from the inputs f on; masks[n] is what dropout multiplies the units of layer n by, or null. */
export function runForward(about, levels, f, masks = []) {
  const units = [Float64Array.from(f)];
  levels.forEach((level, n) => {
    const [at] = activationOf(about.levels[n]);
    const x = masks[n] ? units[n].map((value, k) => value * masks[n][k]) : units[n];
    units.push(weighted(level, x).map((z) => at(z, about.levels[n].slope)));
  });
  return units;
}

/* One example worked out: its units, its loss ``total``, and errors[n] and deltas[n] on the units of layer n and on
   their weighted sums. ``target`` has a number for each output. */
export function workOut(about, levels, x, target, masks = []) {
  const [raw, f] = preparedRow(about, x);
  const units = runForward(about, levels, f, masks);
  const h = units.at(-1);
  const probabilities = probabilitiesOf(about, h);
  const outcome = probabilities ?? Array.from(h);
  const factor = SLOPES[about.loss](h.length);
  const outcomeErrors = outcome.map((value, i) => factor * (value - target[i]));
  const errors = [];
  const deltas = [];
  errors[levels.length] = about.softmax ? throughSoftmax(outcome, outcomeErrors) : outcomeErrors;
  for (let n = levels.length; n > 0; n--) {
    const [, slope] = activationOf(about.levels[n - 1]);
    deltas[n] = Float64Array.from(errors[n], (e, j) => e * slope(units[n][j], about.levels[n - 1].slope));
    if (n > 1) errors[n - 1] = throughWeights(levels[n - 1], deltas[n], units[n - 1].length, masks[n - 1]);
  }
  const total = LOSSES[about.loss](h, outcome, target);
  return { raw, units, probabilities, outcome, target, outcomeErrors, errors, deltas, masks, total };
}

function throughSoftmax(p, errors) {
  const common = p.reduce((sum, value, i) => sum + value * errors[i], 0);
  return p.map((value, i) => value * (errors[i] - common));
}

function throughWeights({ W }, delta, inputs, mask) {
  const errors = new Float64Array(inputs);
  for (let k = 0, at = 0; k < inputs; k++) {
    for (let j = 0; j < delta.length; j++, at++) errors[k] += delta[j] * W[at];
    if (mask) errors[k] *= mask[k];
  }
  return errors;
}

/* dE/du_jk of one example, for level n; k counts from 1, and 0 is the bias. */
export function gradientOf(example, n, j, k) {
  const delta = example.deltas[n][j - 1];
  if (!k) return delta;
  return delta * (example.masks[n - 1]?.[k - 1] ?? 1) * example.units[n - 1][k - 1];
}

export function weightOf(levels, n, j, k) {
  const { W, b } = levels[n - 1];
  return k ? W[(k - 1) * b.length + j - 1] : b[j - 1];
}

/* The same levels with one weight at another value; what isn't changed is shared. */
export function withWeight(levels, n, j, k, value) {
  return levels.map((level, i) => {
    if (i !== n - 1) return level;
    const changed = { W: Float64Array.from(level.W), b: Float64Array.from(level.b) };
    if (k) changed.W[(k - 1) * level.b.length + j - 1] = value;
    else changed.b[j - 1] = value;
    return changed;
  });
}

/* How far a weight is moved both ways to measure its slope. */
export const STEP = 1e-4;

/* (E(u + h) - E(u - h)) / 2h of one example: what dE/du must be, measured. */
export function centralDifference(about, levels, x, target, masks, n, j, k) {
  const value = weightOf(levels, n, j, k);
  const at = (moved) => workOut(about, withWeight(levels, n, j, k, moved), x, target, masks).total;
  return (at(value + STEP) - at(value - STEP)) / (2 * STEP);
}
