/* Colors of pixels: what a network says of a point, as a color between the paper and that of the class. */
import { ofClass, pixel } from "./colors.js";

const STRONGEST = 0.75; // of the color of a class, so that points of that class still stand out

/* What a variable or any other CSS color is at this element, in the scheme that is seen, as [red, green, blue]. */
export function seenColor(element, color) {
  const before = element.style.color;
  element.style.color = color;
  const seen = pixel(getComputedStyle(element).color);
  element.style.color = before;
  return seen;
}

/* A function from what a network says, probabilities or one number, to [red, green, blue]. One number is shown as more
   or less than `middle`, at most by `reach`. */
export function shading(element, { middle = 0.5, reach = 0.5 } = {}) {
  const paper = seenColor(element, "var(--paper)");
  const [less, more] = [seenColor(element, "var(--minus)"), seenColor(element, "var(--plus)")];
  const classes = [];
  return (says) => {
    if (typeof says === "number") return mixedWith(paper, says < middle ? less : more, Math.abs(says - middle) / reach);
    const most = mostProbable(says);
    classes[most] ??= pixel(ofClass(most));
    return mixedWith(paper, classes[most], (says[most] * says.length - 1) / (says.length - 1));
  };
}

/* The place of the largest; of equals the first. */
export function mostProbable(shares) {
  let most = 0;
  for (let i = 1; i < shares.length; i++) if (shares[i] > shares[most]) most = i;
  return most;
}

function mixedWith(paper, color, strength) {
  const share = STRONGEST * Math.min(1, Math.max(0, strength || 0));
  return paper.map((part, i) => part + share * (color[i] - part));
}
