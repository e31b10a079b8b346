/* Formulas as lists, such as ["minus", ["number", 1]]: for these indices, with what they come to, and written down. */

import { figure, figureValue, fsum, sigmoid } from "./numbers.js";

/* More digits than these a double does not have. */
const ALL_DIGITS = 17;

/* A number, or NaN where Python raises an error because it is too large. */
const orNothing = (value) => (Number.isFinite(value) ? value : NaN);

const ONE = ["number", 1];

/* The functions of the formulas, as fnnet/teaching/functions.py has them: at(z, slope) is the value, and of an
   activation derivative(g, slope) the term for s'(g_j) by the symbol g_j. */
export const FUNCTIONS = {
  s: { at: sigmoid, derivative: (g) => ["product", [g, ["sum", [ONE, ["minus", g]]]]] },
  tanh: { at: Math.tanh, derivative: (g) => ["sum", [ONE, ["minus", ["square", g]]]] },
  relu: { at: (z) => Math.max(z, 0), derivative: (g) => ["number", g[1].value > 0 ? 1 : 0] },
  leaky: { at: (z, slope) => Math.max(z, slope * z), derivative: (g, slope) => ["number", g[1].value > 0 ? 1 : slope] },
  exp: { at: (z) => orNothing(Math.exp(z)) },
  log: { at: (z) => orNothing(Math.log(z)) },
};

/* What a slope means where numbers are put in. */
function meaningOfSlope([, letter, output, slope]) {
  return FUNCTIONS[letter].derivative(output, slope);
}

/* The equation of a general rule for these indices, such as { j: 3, k: 5 }: a sum over an index has a part for each
   number from 1 to ranges[index], or for those of rule.over[index] where E leaves some out. A letter without a number
   stands for the only one in its range. Every symbol has its value, valueOf(symbol); what a step leads to, the left
   of it, has what the right comes to. */
export function instantiate(rule, indices, ranges, valueOf) {
  const numbers = (index) => rule.over?.[index] ?? Array.from({ length: ranges[index] }, (_, i) => i + 1);
  const only = Object.keys(ranges).filter((index) => ranges[index] === 1);
  const filling = { numbers, valueOf };
  const at = { ...Object.fromEntries(only.map((index) => [index, 1])), ...indices };
  const right = filledTerm(rule.right, at, filling);
  const [, left] = rule.step ? ["symbol", symbolAt(rule.left[1], at)] : filledTerm(rule.left, at, filling);
  const value = rule.step ? evaluate(right, (number) => number) : left.value;
  return { left: ["symbol", { ...left, value }], right, step: rule.step };
}

/* A term of a rule with numbers for its letters. */
function filledTerm(term, at, filling) {
  const filled = (part) => filledTerm(part, at, filling);
  const [kind, first, second, slope] = term;
  switch (kind) {
    case "symbol": {
      const symbol = symbolAt(first, at);
      return [kind, { ...symbol, value: filling.valueOf(symbol) }];
    }
    case "number":
      return term;
    case "call":
    case "slope":
      return [kind, first, filled(second), slope];
    case "sum":
      return [kind, first.flatMap((part) => partsOfSum(part, at, filling))];
    case "product":
      return [kind, first.map(filled)];
    case "over":
      return oneOrSum(partsOfSum(term, at, filling));
    default:
      return [kind, ...term.slice(1).map(filled)];
  }
}

/* What a part of a sum becomes: a sum over an index is as many parts. */
function partsOfSum(term, at, filling) {
  const [kind, index, part] = term;
  if (kind !== "over") return [filledTerm(term, at, filling)];
  return filling.numbers(index).map((number) => filledTerm(part, { ...at, [index]: number }, filling));
}

function oneOrSum(parts) {
  return parts.length === 1 ? parts[0] : ["sum", parts];
}

function symbolAt(symbol, at) {
  const indices = symbol.indices.map((index) => at[index] ?? index);
  return symbol.of ? { ...symbol, indices, of: symbolAt(symbol.of, at) } : { ...symbol, indices };
}

/* What a term comes to when every symbol's value is first passed through number, such as a rounding; NaN where Python
   raises an error. */
export function evaluate(term, number) {
  const [kind, first, second, slope] = term;
  switch (kind) {
    case "symbol":
      return number(first.value);
    case "number":
      return first;
    case "call":
      return FUNCTIONS[first].at(evaluate(second, number), slope);
    case "slope":
      return evaluate(meaningOfSlope(term), number);
    case "sum":
      return fsum(first.map((part) => evaluate(part, number)));
    case "product":
      return first.reduce((product, part) => product * evaluate(part, number), 1);
    case "minus":
      return -evaluate(first, number);
    case "ratio":
      return quotient(evaluate(first, number), evaluate(second, number));
    case "square":
      return orNothing(evaluate(first, number) ** 2);
    case "root":
      return Math.sqrt(evaluate(first, number));
    default:
      throw new Error("a sum over an index has no numbers");
  }
}

function quotient(top, bottom) {
  return bottom === 0 ? NaN : top / bottom;
}

/* A symbol's name, such as u_12, u_1,12, u(3)_12 or dE_2/du_12. */
export function symbolName(symbol) {
  return symbol.of ? `d${nameWithIndices(symbol.of)}/d${nameWithIndices(symbol)}` : nameWithIndices(symbol);
}

function nameWithIndices({ letter, indices, layer }) {
  const parts = indices.map(String);
  const index = parts.join(parts.every((part) => part.length === 1) ? "" : ",");
  return letter + (layer ? `(${layer})` : "") + (index && `_${index}`);
}

/* A term as text, with numbers of so many digits put in and slopes written out; in letters where digits is null. */
export function writeTerm(term, digits = null) {
  const [kind, first, second] = term;
  switch (kind) {
    case "symbol":
      return digits === null ? symbolName(first) : figure(first.value, digits);
    case "number":
      return figure(first, ALL_DIGITS);
    case "call":
      return `${first}(${writeTerm(second, digits)})`;
    case "slope":
      return digits === null ? `${first}'(${writeTerm(second)})` : writeTerm(meaningOfSlope(term), digits);
    case "sum":
      return first.map((part) => writeTerm(part, digits)).reduce(addedText);
    case "product":
      return first.map((_, i) => writeInProduct(first, i, digits)).join(digits === null ? " " : "*");
    case "minus":
      return `-${first[0] === "over" ? writeTerm(first, digits) : writeFactor(first, digits)}`;
    case "ratio":
      return `${writeFactor(first, digits, true)}/${writeFactor(second, digits)}`;
    case "square":
      return `${writeFactor(first, digits)}^2`;
    case "root":
      return `sqrt(${writeTerm(first, digits)})`;
    case "over":
      return `sum_${first} ${writeFactor(second, digits)}`;
    default:
      throw new Error(`no term is a ${kind}`);
  }
}

function addedText(text, part) {
  return part.startsWith("-") ? `${text} - ${part.slice(1)}` : `${text} + ${part}`;
}

/* A term as a factor: in brackets where it is a sum, or begins with a sign inside a product. */
function writeFactor(term, digits, leads = false) {
  const text = writeTerm(term, digits);
  const [kind] = term[0] === "slope" && digits !== null ? meaningOfSlope(term) : term;
  return kind === "sum" || kind === "over" || (text.startsWith("-") && !leads) ? `(${text})` : text;
}

/* A factor of a product; a sum over an index at its end needs no brackets. */
function writeInProduct(factors, place, digits) {
  const last = factors[place][0] === "over" && place === factors.length - 1;
  return last ? writeTerm(factors[place], digits) : writeFactor(factors[place], digits, place === 0);
}

/* An equation as a row of the table, with results of so many digits and as many or more put in; where nothing finite
   comes out, all digits are. */
export function row({ left, right, step }, digits = 4) {
  const { value } = left[1];
  const carried = carriedDigits(right, value, digits);
  const [formula, numbers] = [writeTerm(right), writeTerm(right, carried)];
  return { name: symbolName(left[1]), formula, numbers, result: figure(value, digits), carried, step };
}

/* The fewest digits of the numbers put in that bring the printed result. */
function carriedDigits(term, value, digits) {
  for (let many = digits; Number.isFinite(value) && many < ALL_DIGITS; many++) {
    if (
      isPrinted(
        evaluate(term, (number) => figureValue(number, many)),
        value,
        digits,
      )
    )
      return many;
  }
  return ALL_DIGITS;
}

/* Whether a result, rounded, is the figure of a value; where it lies halfway, either neighbor is right. */
function isPrinted(result, value, digits) {
  const printed = figureValue(value, digits);
  if (printed === 0) return result === 0;
  const exponent = Number(printed.toExponential().split("e")[1]);
  return Math.abs(result - printed) <= 0.5 * Number(`1e${exponent - digits + 1}`) * (1 + 1e-9);
}
