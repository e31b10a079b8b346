/* A number that is moved: its name, a slider, and where it stands. */
import { brief } from "./axis.js";
import { h } from "./dom.js";

/* A slider; onInput(value) is told of every move. Its set(value) moves it without telling, value() says where it is. */
export function slider({ name, min, max, step, value, onInput }) {
  const shown = h("output", { class: "piece-value" });
  const input = h("input", { type: "range", min, max, step, "aria-label": name });
  const element = h("label", { class: "piece-slider" }, h("span", { class: "piece-name" }, name), input, shown);
  element.set = (moved) => {
    input.value = moved;
    shown.textContent = brief(element.value());
    input.setAttribute("aria-valuetext", shown.textContent);
  };
  element.value = () => Number(input.value);
  input.addEventListener("input", () => {
    element.set(input.value);
    onInput(element.value());
  });
  element.set(value);
  return element;
}

/* A button with a word on it. */
export function pressed(word, onclick) {
  return h("button", { type: "button", onclick }, word);
}

/* A number as it is put into a formula: what is negative in parentheses, but for the first. */
export function putIn(value) {
  return value < 0 ? `(${brief(value)})` : brief(value);
}
