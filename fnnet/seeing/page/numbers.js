/* Numbers as Python has them: added exactly, and written to the same digits. */

/* The sum of all values, rounded once, to the bit of Python's math.fsum; NaN where that raises an error.
   Source: Shewchuk (1997), "Adaptive Precision Floating-Point Arithmetic": partial sums that don't overlap. */
export function fsum(values) {
  if (!values.every(Number.isFinite)) return values.reduce((total, value) => total + value, 0);
  const partials = [];
  for (const value of values) {
    const total = sumIntoPartials(value, partials);
    if (!Number.isFinite(total)) return NaN;
    if (total !== 0) partials.push(total);
  }
  return roundedPartials(partials);
}

/* Add a value to the partials from the smallest on: what is left stays among them, the rest is the largest. */
function sumIntoPartials(value, partials) {
  let kept = 0;
  for (const partial of partials) {
    const [large, small] = Math.abs(value) < Math.abs(partial) ? [partial, value] : [value, partial];
    value = large + small;
    const left = small - (value - large);
    if (left !== 0) partials[kept++] = left;
  }
  partials.length = kept;
  return value;
}

/* The partials as one number. Only what lies below can say to which side a tie is rounded. */
function roundedPartials(partials) {
  let total = partials.pop() ?? 0;
  let left = 0;
  while (partials.length && left === 0) {
    const before = total;
    const partial = partials.pop();
    total = before + partial;
    left = partial - (total - before);
  }
  if (partials.length && left * Math.sign(partials.at(-1)) > 0) {
    const further = total + 2 * left;
    if (further - total === 2 * left) return further;
  }
  return total;
}

/* `1 / (1 + e^-z)`, where -z is kept from overflowing. */
export function sigmoid(z) {
  return 1 / (1 + Math.exp(Math.min(-z, 708)));
}

/* A number rounded to so many significant digits, such as "0.5", "0.5000" or "-1.235e-5"; zeros at its end say that it
   was rounded, not that it is exact. */
export function figure(value, digits) {
  if (value === 0) return "0";
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "nan" : value < 0 ? "-inf" : "inf";
  const text = exponentialToEven(value, digits);
  const rounded = Number(text);
  const exact = isCloseTo(rounded, value) ? rounded.toExponential() : text;
  return Math.abs(value) >= 1e-4 && Math.abs(value) < 1e6 ? withoutExponent(exact) : exact;
}

/* The number that a figure says. */
export function figureValue(value, digits) {
  return value === 0 || !Number.isFinite(value) ? value : Number(exponentialToEven(value, digits));
}

/* As toExponential, which rounds a tie away from 0; Python rounds it to the even digit. A tie is a number whose exact
   decimals go on with a 5 and nothing after it; no number that is none looks like one in a hundred digits. */
function exponentialToEven(value, digits) {
  const text = value.toExponential(digits - 1);
  if (!value.toExponential(digits).includes("5e")) return text;
  const [decimals, exponent] = value.toExponential(100).split("e");
  const cut = decimals.slice(0, text.indexOf("e"));
  const tie = /^\.?50*$/.test(decimals.slice(cut.length));
  return tie && "02468".includes(cut.at(-1)) ? `${cut}e${exponent}` : text;
}

/* As Python's math.isclose with a relative tolerance of 1e-15. */
function isCloseTo(a, b) {
  if (a === b) return true;
  return Number.isFinite(a) && Math.abs(a - b) <= 1e-15 * Math.max(Math.abs(a), Math.abs(b));
}

/* "1.235e-1" as "0.1235". */
function withoutExponent(text) {
  const [, sign, first, decimals = "", exponent] = /^(-?)(\d)(?:\.(\d+))?e(.+)$/.exec(text);
  const all = first + decimals;
  if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${all}`;
  const point = Number(exponent) + 1;
  const after = all.slice(point);
  return sign + all.slice(0, point).padEnd(point, "0") + (after && `.${after}`);
}
