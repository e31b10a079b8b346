/* Colors that say a sign, a size, or a class: told apart by readers who see fewer colors as well. */

/* Blue and orange stand for less and more than 0; each is as far from the paper as the number is large. */
export function diverging(value, largest) {
  const share = largest > 0 ? Math.min(1, Math.abs(value) / largest) : 0;
  return `color-mix(in oklab, var(${value < 0 ? "--minus" : "--plus"}) ${(100 * share).toFixed(1)}%, var(--paper))`;
}

/* The palette of Okabe and Ito (2008), without black. */
const CLASSES = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#b8a400", "#7a7a7a"];

/* The color of class i; more classes than colors begin again. */
export function ofClass(i) {
  return CLASSES[i % CLASSES.length];
}

/* A CSS color, or a variable such as --plus, as [red, green, blue] from 0 to 255, for drawing pixels. */
export function pixel(color) {
  const probe = document.createElement("span");
  probe.style.color = color.startsWith("--") ? `var(${color})` : color;
  document.body.append(probe);
  const brush = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d");
  brush.fillStyle = getComputedStyle(probe).color;
  probe.remove();
  brush.fillRect(0, 0, 1, 1);
  return [...brush.getImageData(0, 0, 1, 1).data.slice(0, 3)];
}
