/* The film as it lies in the page: its arrays, unpacked to the bit, and the moments that they make. */

const KINDS = { u1: Uint8Array, u4: Uint32Array, f4: Float32Array, f8: Float64Array };
const BITS = { f4: Uint32Array, f8: BigUint64Array };

/* The bytes behind a text in base64 that holds them compressed. */
async function inflated(text) {
  const letters = atob(text.trim());
  const bytes = new Uint8Array(letters.length);
  for (let i = 0; i < letters.length; i++) bytes[i] = letters.charCodeAt(i);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/* All arrays by their names, each a typed array; of numbers over time one column stands after the other. */
export async function unpack(text, entries) {
  const bytes = await inflated(text);
  return Object.fromEntries(Object.entries(entries).map(([name, entry]) => [name, arrayOf(bytes, entry)]));
}

function arrayOf(bytes, { dtype, shape, at, order }) {
  const kind = KINDS[dtype];
  const count = shape.reduce((product, size) => product * size, 1);
  const part = bytes.slice(at, at + count * kind.BYTES_PER_ELEMENT);
  return order === undefined ? new kind(part.buffer) : overTime(part, kind, BITS[dtype], count, shape[0], order);
}

/* Numbers over time, from the bytes of each place and as often as they are differences. */
function overTime(planes, kind, bits, count, moments, order) {
  const size = kind.BYTES_PER_ELEMENT;
  const joined = new Uint8Array(count * size);
  for (let place = 0; place < size; place++)
    for (let i = 0; i < count; i++) joined[i * size + place] = planes[place * count + i];
  const numbers = new bits(joined.buffer);
  for (let turn = 0; turn < order; turn++)
    for (let start = 0; start < count; start += moments)
      for (let i = start + 1; i < start + moments; i++) numbers[i] += numbers[i - 1]; // which wraps around
  return new kind(joined.buffer);
}

/* The network and what the optimizer remembers, as they stood at moment m: for each level its W (I, O) and b. */
export function momentAt(about, arrays, m) {
  const moments = Object.keys(arrays)
    .filter((name) => /^moment\d+$/.test(name))
    .sort();
  return {
    levels: levelsOf(about, numbersAt(arrays.net, about.kept.length, m)),
    moments: moments.map((name) => levelsOf(about, numbersAt(arrays[name], about.kept.length, m))),
    step: about.kept[m],
    lr: about.lr[m],
  };
}

/* The numbers of one moment, in double precision. */
export function numbersAt(numbers, moments, m) {
  const found = new Float64Array(numbers.length / moments);
  for (let i = 0, at = m; i < found.length; i++, at += moments) found[i] = numbers[at];
  return found;
}

function levelsOf({ sizes }, numbers) {
  let at = 0;
  const take = (count) => numbers.subarray(at, (at += count));
  return sizes.slice(1).map((outputs, n) => ({ W: take(sizes[n] * outputs), b: take(outputs) }));
}

/* The bits of moment m as a text, which tells whether two moments are the same. */
export function fingerprintOf(arrays, moments, m) {
  let hash = 0xcbf29ce484222325n;
  for (const value of new BigUint64Array(numbersAt(arrays.net, moments, m).buffer))
    hash = BigInt.asUintN(64, (hash ^ value) * 0x100000001b3n);
  return hash.toString(16).padStart(16, "0");
}
