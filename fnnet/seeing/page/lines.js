/* The lines of a step, one after the other, as `fnnet trace` writes them. */

import { gradientOf, weightOf } from "./engine.js";
import { evaluate, instantiate, row, symbolName } from "./terms.js";

/* All lines of a step in sections: ``at(i)`` says what line i of a section is about. Those of the updates are made by
   `meanLine` and `moveLines`, all others by `written`. */
export function sectionsOf({ sizes, formulas, softmax }) {
  const last = sizes.length - 1;
  const units = (kind, what, n, rule) => ({ kind, what, n, count: sizes[n], at: (i) => ({ rule, n, j: i + 1 }) });
  const down = sizes.slice(1).map((_, i) => last - i);
  return [
    formulas.prepared && units("forward", "inputs", 0, formulas.prepared),
    ...formulas.unit.map((rule, i) => units("forward", "units", i + 1, rule)),
    formulas.probability && units("forward", "probabilities", last, formulas.probability),
    { kind: "forward", what: "loss", n: last, count: 1, at: () => ({ rule: formulas.loss, n: last }) },
    units("errors", "errors", last, formulas.outcomeError),
    softmax && units("errors", "errors through softmax", last, formulas.softmaxError),
    ...down.slice(1).map((n) => units("errors", "errors", n, formulas.unitError[n - 1])),
    ...down.map((n) => weights("gradients", n, sizes, formulas.weight)),
    ...down.map((n) => weights("updates", n, sizes)),
  ].filter(Boolean);
}

function weights(kind, n, sizes, rules) {
  const each = sizes[n - 1] + 1;
  const at = (i) => ({ rule: rules?.[n - 1][i % each ? 1 : 0], n, j: Math.floor(i / each) + 1, k: i % each });
  return { kind, what: kind, n, each, count: sizes[n] * each, at };
}

/* A line with its numbers: {name, formula, numbers, result}. ``step`` is the step on screen, see `stepAt`. */
export function written(line, step, digits = 4) {
  return row(equationOf(line, step), digits);
}

function equationOf({ rule, j, k }, step) {
  const numbered = step.number === null ? unnumbered(rule) : rule;
  const indices = { ...indicesOf(rule, j, k), ...(step.number === null ? {} : { n: step.number }) };
  const entropy = step.about.loss === "SoftmaxCrossEntropy" && rule === step.about.formulas.loss;
  const over = entropy ? wanted(step) : undefined;
  return instantiate({ ...numbered, over }, indices, rule.ranges, valueIn(step));
}

/* The names of all that a line is calculated from. */
export function namesIn(line, step) {
  return symbolsIn(equationOf(line, step).right).map(symbolName);
}

function symbolsIn(term) {
  const [kind, first] = term;
  if (kind === "symbol") return [first];
  const parts = kind === "sum" || kind === "product" ? first : term.slice(1).filter((part) => Array.isArray(part));
  return parts.flatMap(symbolsIn);
}

/* Cross-entropy leaves out targets of 0. */
function wanted({ about, example }) {
  const places = [...example.target.keys()].filter((i) => example.target[i] !== 0).map((i) => i + 1);
  return { [about.formulas.loss.outer]: places };
}

/* A rule about one example that has no number: E for E_n. */
function unnumbered(rule) {
  return JSON.parse(JSON.stringify(rule), (_, value) => (Array.isArray(value) && value.join() === "n" ? [] : value));
}

/* The line in which a batch takes the mean of what its examples have, of a weight or, without j, of E. */
export function meanLine(step, { n, j, k }, digits = 4) {
  const rule = j ? step.about.formulas.mean[n - 1][k ? 1 : 0] : step.about.formulas.meanLoss;
  const many = step.batch().length;
  const right = ["ratio", rule.right[1], ["number", many]];
  const ranges = { ...rule.ranges, n: many };
  return row(instantiate({ ...rule, right }, indicesOf(rule, j, k), ranges, valueIn(step, true)), digits);
}

function indicesOf(rule, j, k) {
  return { [rule.outer]: j, ...(rule.inner ? { [rule.inner]: k } : {}) };
}

/* What the optimizer remembers of a weight, by its letters: m comes first, s last. */
function remembered({ moments }, n, j, k) {
  const of = (levels) => weightOf(levels, n, j, k);
  return new Map(
    moments.length
      ? [
          ["m", of(moments[0])],
          ["s", of(moments.at(-1))],
        ]
      : [],
  );
}

/* The optimizer's lines for a weight, each with its numbers and its value in full; null where it has none. */
export function moveLines(step, { n, j, k }, digits = 4) {
  const rules = step.about.formulas.moves[n - 1][k ? 1 : 0];
  if (!rules) return null;
  const known = remembered(step, n, j, k);
  const value = valueIn(step, true);
  return rules.map((rule) => {
    const valueOf = (symbol) => (symbol.of || !known.has(symbol.letter) ? value(symbol) : known.get(symbol.letter));
    const equation = instantiate(rule, indicesOf(rule, j, k), rule.ranges, valueOf);
    const moved = evaluate(equation.right, (number) => number);
    equation.left[1].value = moved;
    known.set(equation.left[1].letter, moved); // the lines below have what this one has made
    return { ...row(equation, digits), value: moved };
  });
}

/* What a symbol stands for in a step: of its example, or with ``whole`` of its batch, where it has no number. */
function valueIn(step, whole = false) {
  const { about, levels, example } = step;
  const { letters, constants } = about.formulas;
  const preparing = (kind) => about.first.slice(about.raw).find((layer) => layer.kind === kind);
  const numbered = (n) => (n === undefined || n === step.number ? example : step.batch()[n - 1]);
  const unitLayer = ({ letter, layer }) => layer ?? letters.units.indexOf(letter);
  const weightLayer = ({ letter, layer }) => layer ?? letters.weights.indexOf(letter) + 1;
  const slope = (symbol, [one, two]) => {
    const owner = numbered(symbol.of.indices[0]);
    const errors = symbol.letter === "p" ? owner.outcomeErrors : owner.errors[unitLayer(symbol)];
    if (two === undefined) return errors[one - 1];
    const mean = whole && !symbol.of.indices.length;
    return mean ? step.meanGradient(weightLayer(symbol), one, two) : gradientOf(owner, weightLayer(symbol), one, two);
  };
  const plain = {
    E: (symbol, [n]) => (whole && n === undefined ? step.meanLoss() : numbered(n).total),
    "y*": (symbol, [i]) => example.target[i - 1],
    p: (symbol, [i]) => example.probabilities[i - 1],
    x: (symbol, [k]) => example.raw[k - 1],
    r: (symbol, [k]) => example.masks[symbol.layer ?? 0][k - 1],
    c: () => preparing("Scale").factor,
    m: (symbol, [k]) => preparing("Standardize").mean[k - 1],
    d: (symbol, [k]) => preparing("Standardize").deviation[k - 1],
    eta: () => step.lr,
    c1: () => 1 - constants.beta1 ** (step.step + 1),
    c2: () => 1 - constants.beta2 ** (step.step + 1),
  };
  return (symbol) => {
    const { letter, indices } = symbol;
    if (symbol.of) return slope(symbol, indices);
    if (letter in plain) return plain[letter](symbol, indices);
    if (letter in constants) return constants[letter];
    if (indices.length > 1) return weightOf(levels, weightLayer(symbol), ...indices);
    return example.units[unitLayer(symbol)][indices[0] - 1];
  };
}
