/* The step on screen: a moment of the film, an example of it, and what was changed by hand. */

import { centralDifference, gradientOf, withWeight, workOut } from "./engine.js";
import { momentAt } from "./film.js";
import { fsum } from "./numbers.js";

/* The row of the pool with this place: x as it came to the page, and a target for each output. */
export function poolRow({ outputs }, arrays, place) {
  const width = arrays.x.length / arrays.origin.length;
  const x = Float64Array.from(arrays.x.subarray(place * width, (place + 1) * width));
  return { x, target: targetOf(arrays.targets, arrays.origin.length, place, outputs) };
}

function targetOf(targets, rows, place, outputs) {
  if (targets instanceof Uint32Array) return Array.from({ length: outputs }, (_, i) => +(i === targets[place]));
  const many = targets.length / rows;
  return Array.from(targets.subarray(place * many, (place + 1) * many));
}

/* Where the batch of moment m begins among all rows. */
function beginning({ batch }, m) {
  return batch.slice(0, m).reduce((sum, many) => sum + many, 0);
}

/* The places in the pool of the rows in the batch of moment m. */
export function batchOf(about, arrays, m) {
  const start = beginning(about, m);
  return arrays.rows.subarray(start, start + about.batch[m]);
}

/* What dropout multiplies the units of each layer by for example ``number``, from 1; null where nothing is dropped. */
function masksOf(about, arrays, m, number) {
  const row = beginning(about, m) + number - 1;
  return about.dropout.map((dropout, n) => {
    if (!dropout) return null;
    const width = Math.ceil(about.sizes[n] / 8);
    const bits = arrays[`masks${dropout.mask}`].subarray(row * width, (row + 1) * width);
    const kept = (k) => (bits[k >> 3] >> (7 - (k & 7))) & 1;
    return Float64Array.from({ length: about.sizes[n] }, (_, k) => kept(k) * (1 / (1 - dropout.rate)));
  });
}

/* The same for a row that is in no batch: dropout rests. */
function restingMasks({ dropout, sizes }) {
  return dropout.map((one, n) => one && new Float64Array(sizes[n]).fill(1));
}

/* The step of moment m for an example: ``pick`` is {number} in the batch, from 1, or {place} in the pool for a row that
   is in no batch. ``edits`` are {weights: [{n, j, k, value}], x}. */
export function stepAt(about, arrays, m, pick, edits = {}) {
  const moment = momentAt(about, arrays, m);
  const changed = (levels, { n, j, k, value }) => withWeight(levels, n, j, k, value);
  const levels = (edits.weights ?? []).reduce(changed, moment.levels);
  const places = batchOf(about, arrays, m);
  const number = pick.number && about.batch[m] > 1 ? pick.number : null;
  const { x, target } = poolRow(about, arrays, pick.number ? places[pick.number - 1] : pick.place);
  const masks = pick.number ? masksOf(about, arrays, m, pick.number) : restingMasks(about);
  const shown = edits.x ?? x;
  const example = workOut(about, levels, shown, target, masks);
  const other = (place, i) => (i + 1 === number ? example : ofBatch(about, arrays, levels, m, place, i + 1));
  const batch = once(() => Array.from(places, other));
  const mean = (values) => fsum(values) / values.length;
  return {
    ...moment,
    about,
    levels,
    number,
    example,
    masks,
    batch,
    x: shown,
    target,
    changed: Boolean(edits.weights?.length || edits.x),
    meanLoss: once(() => mean(batch().map(({ total }) => total))),
    meanGradient: (n, j, k) => mean(batch().map((one) => gradientOf(one, n, j, k))),
    difference: (n, j, k) => centralDifference(about, levels, shown, target, masks, n, j, k),
  };
}

function ofBatch(about, arrays, levels, m, place, number) {
  const { x, target } = poolRow(about, arrays, place);
  return workOut(about, levels, x, target, masksOf(about, arrays, m, number));
}

/* A function without arguments that is called once at most, and when it is first asked. */
function once(make) {
  let made;
  return () => (made ??= make());
}

/* Who pushed a weight: the examples of the batch by the size of their part of its gradient, as `who_moved` has it. */
export function pushesOf(step, n, j, k) {
  const pushes = step.batch().map((one, i) => ({ number: i + 1, push: gradientOf(one, n, j, k) }));
  const total = fsum(pushes.map(({ push }) => Math.abs(push))) || 1;
  const ranked = pushes.map((one) => ({ ...one, share: Math.abs(one.push) / total }));
  return ranked.sort((a, b) => Math.abs(b.push) - Math.abs(a.push) || a.number - b.number);
}
