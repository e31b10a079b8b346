/* A sheet for a digit, and what a small network, trained when this page was made, says of it. */
import { percent } from "./axis.js";
import { h, put } from "./dom.js";
import { scribble } from "./scribble.js";
import { mostProbable } from "./shade.js";

const NIB = 1 / 6; // of the sheet: as broad as a stroke is in pictures of eight by eight pixels

/* `layers` are [{ inputs, outputs, W, b }] with numbers of 32 bits in base64, `scale` is what pixels are multiplied by,
   `examples` [{ name, image }]. */
export function digit({ layers, scale, form, examples }) {
  const net = layers.map(({ W, b, ...sizes }) => ({ ...sizes, W: numbersIn(W), b: numbersIn(b) }));
  const bars = h("div", { class: "digit-bars" });
  const said = h("output", { class: "digit-said", "aria-live": "polite" });
  const read = (image) => sharesOf(net, Array.from(image, (pixel) => pixel * scale));
  const onChange = (image) => showShares(bars, said, image && read(image));
  const label = "Draw a digit here, or choose one of the examples";
  const sheet = scribble({ form, onChange, examples, nib: NIB, label });
  showShares(bars, said, null);
  return h("div", { class: "piece-beside" }, sheet, h("div", { class: "piece-controls" }, said, bars));
}

function numbersIn(text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  return new Float32Array(bytes.buffer);
}

/* Affine layers with sigmoids between them, and a softmax at the end. */
export function sharesOf(net, pixels) {
  const logits = net.reduce((x, one, i) => sumsOf(one, i ? x.map((a) => 1 / (1 + Math.exp(-a))) : x), pixels);
  const largest = Math.max(...logits);
  const powers = logits.map((a) => Math.exp(a - largest));
  const total = powers.reduce((sum, power) => sum + power);
  return powers.map((power) => power / total);
}

function sumsOf({ outputs, W, b }, x) {
  return Array.from(b, (bias, j) => x.reduce((sum, value, k) => sum + value * W[k * outputs + j], bias));
}

function showShares(bars, said, shares) {
  const most = shares ? mostProbable(shares) : null;
  said.textContent = shares ? `It is a ${most}, says the network: ${percent(shares[most])}` : "Nothing is drawn yet.";
  const rows = Array.from({ length: 10 }, (_, i) => {
    const bar = h("span", { class: "digit-bar" });
    bar.style.width = `${100 * (shares?.[i] ?? 0)}%`;
    const name = `${i}: ${shares ? percent(shares[i]) : "nothing yet"}`;
    const place = h("span", { class: "digit-place" }, bar);
    const row = { class: i === most ? "digit-row digit-most" : "digit-row", role: "img", "aria-label": name };
    return h("div", row, String(i), place);
  });
  put(bars, rows);
}
