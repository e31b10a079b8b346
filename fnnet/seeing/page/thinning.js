/* A long series, thinned to what the width of a drawing can show: no peak is lost. */

/* The indices to draw, at most four for each of `columns`: where it enters, its lowest, its highest, where it leaves.
   Values that are no numbers are kept out of the choice, unless a column has no others. */
export function thinned(values, columns) {
  if (values.length <= 4 * columns) return values.map((_, i) => i);
  const kept = [];
  for (let column = 0; column < columns; column++) {
    const start = Math.floor((column * values.length) / columns);
    const end = Math.floor(((column + 1) * values.length) / columns);
    kept.push(...new Set(extremes(values, start, end)));
  }
  return kept;
}

function extremes(values, start, end) {
  let lowest = start,
    highest = start;
  for (let i = start; i < end; i++) {
    if (!(values[i] >= values[lowest])) lowest = Number.isFinite(values[i]) ? i : lowest;
    if (!(values[i] <= values[highest])) highest = Number.isFinite(values[i]) ? i : highest;
  }
  return [start, ...(lowest < highest ? [lowest, highest] : [highest, lowest]), end - 1];
}
