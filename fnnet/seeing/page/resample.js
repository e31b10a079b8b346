/* A picture made smaller or larger by Hamming's filter, with the arithmetic of Pillow's resize.

   Along each axis a new pixel is a weighted mean of the old ones around its middle, first across, then down. Pictures
   of real numbers are rounded to 32 bits after each pass; those of bytes are averaged in whole numbers, by weights
   that are multiples of 2**-22. Source: Pillow, src/libImaging/Resample.c. */

const PRECISION = 2 ** 22;

/* A picture { width, height, values }, a Float32Array or a Uint8Array, in this width and height. */
export function resized(picture, width, height) {
  const { height: rows, values } = picture;
  const across = width === picture.width ? values : resamplePass(values, picture.width, width, rows, false);
  const down = height === rows ? across : resamplePass(across, rows, height, width, true);
  return { width, height, values: down };
}

/* Python's round: halves go to the even neighbor. */
export function roundEven(value) {
  const below = Math.floor(value),
    rest = value - below;
  return below + (rest > 0.5 || (rest === 0.5 && below % 2 !== 0) ? 1 : 0);
}

/* One pass, over `others` rows, or columns where it goes `down`, from `length` pixels each to `wanted`. */
function resamplePass(values, length, wanted, others, down) {
  const bytes = values instanceof Uint8Array;
  const [oldStep, oldLine] = down ? [others, 1] : [1, length];
  const [newStep, newLine] = down ? [others, 1] : [1, wanted];
  const result = bytes ? new Uint8Array(wanted * others) : new Float32Array(wanted * others);
  for (let i = 0; i < wanted; i++) {
    const { first, weights } = weightsAround(i, length, wanted, bytes);
    for (let line = 0; line < others; line++) {
      let sum = bytes ? PRECISION / 2 : 0;
      weights.forEach((weight, at) => (sum += weight * values[(first + at) * oldStep + line * oldLine]));
      result[i * newStep + line * newLine] = bytes ? byteOf(sum) : sum;
    }
  }
  return result;
}

function byteOf(sum) {
  return Math.min(255, Math.max(0, Math.floor(sum / PRECISION)));
}

/* The weights of the old pixels from `first` on, for new pixel i. */
function weightsAround(i, length, wanted, bytes) {
  const scale = length / wanted,
    reach = Math.max(1, scale);
  const center = (i + 0.5) * scale;
  const first = Math.max(0, Math.trunc(center - reach + 0.5));
  const end = Math.min(length, Math.trunc(center + reach + 0.5));
  const raw = Array.from({ length: end - first }, (_, at) => hamming((at + first - center + 0.5) / reach));
  const total = raw.reduce((sum, weight) => sum + weight, 0);
  const weights = raw.map((weight) => weight / total);
  return { first, weights: bytes ? weights.map((weight) => Math.trunc(weight * PRECISION + 0.5)) : weights };
}

function hamming(at) {
  const x = Math.abs(at) * Math.PI;
  if (x === 0) return 1;
  return x >= Math.PI ? 0 : (Math.sin(x) / x) * (0.54 + 0.46 * Math.cos(x));
}
