/* What stands along the axes of a drawing: round numbers between two ends, and numbers with few digits. */

/* About `wanted` round numbers from low to high: 1, 2 or 5 times a power of ten apart. */
export function ticks(low, high, wanted = 4) {
  if (!(high > low)) return [low];
  const rough = (high - low) / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const apart = power * [1, 2, 5, 10].find((factor) => factor * power >= rough * 0.999);
  const first = Math.ceil(low / apart - 1e-9);
  const count = Math.floor(high / apart + 1e-9) - first + 1;
  return Array.from({ length: count }, (_, i) => Number(((first + i) * apart).toPrecision(12)));
}

/* A number in three digits, for an axis or a sentence: a drawing is not read to the last digit. */
export function brief(value) {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "not a number" : value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  const text = size && (size < 1e-3 || size >= 1e6) ? value.toExponential(1) : String(Number(value.toPrecision(3)));
  return text.replace("e+", "e").replace(/-/g, "−");
}

/* A share from 0 to 1 in percent. */
export function percent(share) {
  return `${(100 * share).toFixed(1).replace(/\.0$/, "")} %`;
}

/* A function that takes from..to to start..end in a straight line. */
export function straight([from, to], [start, end]) {
  const factor = to === from ? 0 : (end - start) / (to - from);
  return (value) => start + (value - from) * factor;
}
