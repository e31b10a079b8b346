/* A drawing brought to the form in which a network knows its pictures, as fnnet brings the PNG of it.

   What `fnnet predict` does for pictures of any kind, fnnet/datasets/pictures.py and sheets.py say. A canvas is clean,
   so that what they need for others is left out: transparency, numbers wider than a byte, pictures of more than 1000
   pixels a side, noise of the paper, and pictures that have the form already. What is left is the same arithmetic,
   in the same order, to the resampling of Pillow. */
import { resized, roundEven } from "./resample.js";

const FAINTEST = 8; // a contrast below this is none
const LEAST_INK = 0.1; // ink below this share of the full is none
const SPECKS = 0.001; // share of the ink that may lie outside the bounding box on each side
const ROUNDING = 1e-6; // pixels by which a middle may be wrong
const SHEET_WHITE = 255;

/* The picture as the network wants it: size * size whole numbers, row by row; null if nothing is drawn. `gray` is
   { width, height, values }, 0 black to 255 white. `form` is { size, box, byMass, brightest } for ink that is fitted
   into a box, or { size } for a picture that lies on a white sheet as it is. */
export function toForm(gray, form) {
  return form.box ? inForm(gray, form) : onSheet(gray, form.size);
}

function inForm(gray, { size, box, byMass, brightest }) {
  const ink = inkOf(gray);
  if (!ink) return null;
  const patch = fittedInto(cutOut(ink), box);
  const { width, height, values } = patch;
  const top = startOf(sumsAlong(patch, "rows"), size, byMass);
  const left = startOf(sumsAlong(patch, "columns"), size, byMass);
  const full = brightest / values.reduce((most, value) => Math.max(most, value));
  const image = new Uint8Array(size * size);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) image[(top + y) * size + left + x] = roundEven(full * values[y * width + x]);
  }
  return image;
}

/* Paper is the median of the border, ink what deviates most from it: 0 to 1, dark on light or light on dark. */
function inkOf({ width, height, values }) {
  const paper = medianOf(borderOf(width, height, values));
  let lightest = paper,
    darkest = paper;
  for (const value of values) {
    lightest = Math.max(lightest, value);
    darkest = Math.min(darkest, value);
  }
  const contrast = Math.max(lightest - paper, paper - darkest);
  if (contrast < FAINTEST) return null;
  const sign = lightest - paper > paper - darkest ? 1 : -1;
  const ink = Float64Array.from(values, (value) => (sign * (value - paper)) / contrast);
  return { width, height, values: ink.map((share) => (share < LEAST_INK ? 0 : share)) };
}

function borderOf(width, height, values) {
  const rim = [];
  for (let x = 0; x < width; x++) rim.push(values[x], values[(height - 1) * width + x]);
  for (let y = 0; y < height; y++) rim.push(values[y * width], values[y * width + width - 1]);
  return rim;
}

function medianOf(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length / 2;
  return (sorted[Math.ceil(half) - 1] + sorted[Math.floor(half)]) / 2;
}

/* The ink of each row, or of each column. */
function sumsAlong({ width, height, values }, along) {
  const totals = new Float64Array(along === "rows" ? height : width);
  values.forEach((value, i) => (totals[along === "rows" ? Math.floor(i / width) : i % width] += value));
  return totals;
}

/* The part of a picture from where to where its ink reaches, but for specks. */
function cutOut(ink) {
  const [top, bottom] = inkExtent(sumsAlong(ink, "rows"));
  const [left, right] = inkExtent(sumsAlong(ink, "columns"));
  const width = right - left,
    height = bottom - top;
  const values = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) values[y * width + x] = ink.values[(top + y) * ink.width + left + x];
  }
  return { width, height, values };
}

function inkExtent(totals) {
  const whole = totals.reduce((sum, value) => sum + value);
  let reached = 0;
  const shares = totals.map((value) => (reached += value) / whole);
  return [shares.findIndex((share) => share > SPECKS), shares.findIndex((share) => share >= 1 - SPECKS) + 1];
}

function fittedInto(patch, box) {
  const longest = Math.max(patch.width, patch.height);
  const [width, height] = [patch.width, patch.height].map((side) => Math.max(1, roundEven((box * side) / longest)));
  return resized(patch, width, height);
}

/* Where the ink along one axis begins, so that its middle is in the middle and all of it within the image. */
function startOf(totals, size, byMass) {
  let mass = 0,
    moment = 0;
  totals.forEach((value, i) => {
    mass += value;
    moment += i * value;
  });
  const middle = byMass ? moment / mass : (totals.length - 1) / 2;
  return Math.min(size - totals.length, Math.max(0, Math.ceil((size - 1) / 2 - middle - ROUNDING)));
}

/* As it lies in the middle of a white square sheet. */
function onSheet(gray, size) {
  const longest = Math.max(gray.width, gray.height);
  const [width, height] = [gray.width, gray.height].map((side) => Math.max(1, roundEven((size * side) / longest)));
  const small = resized({ ...gray, values: Uint8Array.from(gray.values) }, width, height);
  const sheet = new Uint8Array(size * size).fill(SHEET_WHITE);
  const top = Math.floor((size - height) / 2),
    left = Math.floor((size - width) / 2);
  for (let y = 0; y < height; y++) {
    sheet.set(small.values.subarray(y * width, (y + 1) * width), (top + y) * size + left);
  }
  return sheet;
}
