/* Elements of a page, made by name. */

const SVG = "http://www.w3.org/2000/svg";

/* An element: h("button", { onclick: go, "aria-label": "back" }, "back"). A property that begins with "on" is listened
   to, false and null are left out, true is an empty attribute. Children are elements, texts, or lists of both: a text
   is only ever a text, whatever stands in it. */
export function h(name, properties = {}, ...children) {
  return filled(document.createElement(name), properties, children);
}

/* The same for what is drawn. */
export function svg(name, properties = {}, ...children) {
  return filled(document.createElementNS(SVG, name), properties, children);
}

function filled(element, properties, children) {
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== false && value != null) element.setAttribute(name, value === true ? "" : value);
  }
  put(element, ...children);
  return element;
}

/* Give an element these children, and no others. */
export function put(element, ...children) {
  element.replaceChildren(...children.flat(Infinity).filter((child) => child != null && child !== false));
}
