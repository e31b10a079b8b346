/* A sheet to draw on with mouse, finger or pen, and beside it what of it reaches a network. */
import { h } from "./dom.js";
import { toForm } from "./form.js";

const SHEET_PIXELS = 280;

/* A sheet whose drawing is brought to `form`, see form.js; onChange(image) is told of every change: the pixels in that
   form, or null where nothing is drawn. `examples`, [{ name, image }] with images in that form, stand beside it as
   buttons, for those who can't draw. `paper` is "black" with white ink, or "white" with black ink; the `nib` is as wide
   as this share of the sheet. */
export function scribble({ form, onChange, examples = [], paper = "black", nib = 1 / 12, label = "Draw here" }) {
  const size = { width: SHEET_PIXELS, height: SHEET_PIXELS };
  const sheet = h("canvas", { class: "scribble-paper", ...size, role: "img", "aria-label": label });
  const small = h("canvas", { class: "scribble-form", width: form.size, height: form.size, role: "img" });
  const brush = sheet.getContext("2d", { willReadFrequently: true });
  const view = { form, onChange, paper, sheet, small, brush, last: null, waiting: false };
  Object.assign(brush, { lineWidth: nib * SHEET_PIXELS, lineCap: "round", lineJoin: "round" });
  const element = h("div", { class: "scribble" }, sheet, sideOf(view, examples));
  element.clear = () => clearSheet(view);
  element.gray = () => grayOf(view);
  element.show = (image) => showImage(view, image);
  drawable(view);
  wipeSheet(view);
  showSmall(view, null);
  return element;
}

function sideOf(view, examples) {
  const { small, form } = view;
  const note = h("span", { class: "scribble-note" }, `what the network sees, ${form.size} × ${form.size}`);
  const clear = h("button", { type: "button", onclick: () => clearSheet(view) }, "clear");
  const buttons = examples.map(({ name, image }) => exampleButton(view, name, image));
  const group = { class: "scribble-examples", role: "group", "aria-label": "examples to choose instead of drawing" };
  return h("div", { class: "scribble-side" }, small, note, clear, examples.length > 0 && h("div", group, buttons));
}

function wipeSheet({ brush, paper }) {
  Object.assign(brush, { fillStyle: paper, strokeStyle: paper === "black" ? "white" : "black" });
  brush.fillRect(0, 0, SHEET_PIXELS, SHEET_PIXELS);
}

function clearSheet(view) {
  wipeSheet(view);
  sheetChanged(view, null);
}

/* What is drawn, from 0, black, to 255, white. */
function grayOf({ brush }) {
  const { data } = brush.getImageData(0, 0, SHEET_PIXELS, SHEET_PIXELS);
  const values = Uint8Array.from({ length: SHEET_PIXELS ** 2 }, (_, i) => data[4 * i]);
  return { width: SHEET_PIXELS, height: SHEET_PIXELS, values };
}

function drawable(view) {
  const { sheet } = view;
  sheet.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    sheet.setPointerCapture(event.pointerId);
    view.last = placeOn(sheet, event);
    strokeTo(view, view.last);
  });
  sheet.addEventListener("pointermove", (event) => {
    if (!view.last) return;
    for (const one of event.getCoalescedEvents?.() ?? []) strokeTo(view, placeOn(sheet, one));
    strokeTo(view, placeOn(sheet, event));
  });
  for (const name of ["pointerup", "pointercancel"]) sheet.addEventListener(name, () => (view.last = null));
}

function placeOn(sheet, event) {
  const box = sheet.getBoundingClientRect(),
    scale = SHEET_PIXELS / box.width;
  return [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale];
}

function strokeTo(view, to) {
  view.brush.beginPath();
  view.brush.moveTo(...view.last);
  view.brush.lineTo(...to);
  view.brush.stroke();
  view.last = to;
  changedSoon(view);
}

/* Many strokes of one frame are brought to the form once. */
function changedSoon(view) {
  if (view.waiting) return;
  view.waiting = true;
  requestAnimationFrame(() => view.waiting && sheetChanged(view, toForm(grayOf(view), view.form)));
}

function sheetChanged(view, image) {
  view.waiting = false;
  showSmall(view, image);
  view.onChange(image);
}

function exampleButton(view, name, image) {
  return h("button", { type: "button", onclick: () => showImage(view, image) }, name);
}

/* An image that has the form already, as it is: large on the sheet, and bit for bit to the network. */
function showImage(view, image) {
  sheetChanged(view, image);
  wipeSheet(view);
  view.brush.imageSmoothingEnabled = false;
  view.brush.drawImage(view.small, 0, 0, SHEET_PIXELS, SHEET_PIXELS);
}

function showSmall({ small, form, paper }, image) {
  const brush = small.getContext("2d");
  const picture = brush.createImageData(form.size, form.size);
  const full = form.brightest ?? 255,
    blank = form.box || paper === "black" ? 0 : 255;
  for (let i = 0; i < form.size ** 2; i++) {
    const gray = image ? (image[i] / full) * 255 : blank;
    picture.data.set([gray, gray, gray, 255], 4 * i);
  }
  brush.putImageData(picture, 0, 0);
  small.setAttribute("aria-label", image ? "the drawing as the network sees it" : "nothing is drawn");
}
