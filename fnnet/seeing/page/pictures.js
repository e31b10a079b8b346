/* Pictures of bytes: grays as they are, weights by their sign and size, drawn when they are first seen. */
import { h } from "./dom.js";
import { seenColor } from "./shade.js";

/* The bytes behind a text in base64. */
export function bytesOf(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

/* Call paint(palette) when an element is first laid out, and again when the scheme changes: before, nobody knows which
   colors are seen. A palette is that of less than 0, of more, of the paper, and of what is only large. */
export function paintWhenSeen(element, paint) {
  const again = () => element.isConnected && paint(paletteOf(element));
  const seen = new ResizeObserver(() => {
    seen.disconnect();
    again();
  });
  seen.observe(element);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
}

function paletteOf(element) {
  const [minus, plus, paper, accent] = ["--minus", "--plus", "--paper", "--accent"].map((name) =>
    seenColor(element, `var(${name})`),
  );
  return { minus, plus, paper, accent };
}

/* An empty picture of so many pixels; who reads it to the user gives it a label, or the element that it is in. */
export function emptyPicture(height, width) {
  const canvas = h("canvas", { class: "whole-picture", width, height, "aria-hidden": "true" });
  canvas.style.aspectRatio = `${width} / ${height}`;
  return canvas;
}

/* Color each pixel of a picture by colorAt(i), [red, green, blue]. */
export function fillPicture(canvas, colorAt) {
  const brush = canvas.getContext("2d");
  const image = brush.createImageData(canvas.width, canvas.height);
  for (let i = 0; i < canvas.width * canvas.height; i++) image.data.set([...colorAt(i), 255], 4 * i);
  brush.putImageData(image, 0, 0);
}

/* A picture of grays, which are the same in either scheme. */
export function grayPicture(bytes, height, width) {
  const canvas = emptyPicture(height, width);
  fillPicture(canvas, (i) => [bytes[i], bytes[i], bytes[i]]);
  return canvas;
}

/* The color of a share from -1 to 1. */
export function signedColor({ minus, plus, paper }, share) {
  return blended(paper, share < 0 ? minus : plus, Math.abs(share));
}

/* The color that lies at this share of the way from one to the other. */
export function blended(from, to, share) {
  return from.map((part, i) => part + share * (to[i] - part));
}
