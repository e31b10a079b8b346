/* Predicted numbers over the true ones: a point on the line is right. */
import { brief, straight, ticks } from "./axis.js";
import { h, svg } from "./dom.js";

const SIDE = 340,
  EDGE = 56;

/* The section of predicted numbers; null where there are none. */
export function pointsSection({ points, examples, part, target }) {
  if (!points) return null;
  const finite = points.filter((point) => point.every((value) => value !== null));
  const [some, all] = [finite.length, examples].map((many) => many.toLocaleString("en-US"));
  const note =
    `${some} of ${all} ${part} examples: across what is true, up what was predicted. ` + "On the line both are equal.";
  return h(
    "section",
    {},
    h("h3", {}, `Predicted ${target ?? "numbers"}`),
    h("p", { class: "whole-note" }, note),
    finite.length > 0 && pointsDrawing(finite, target ?? "target"),
  );
}

function pointsDrawing(points, name) {
  const values = points.flat();
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const [across, up] = [straight([low, high], [EDGE, SIDE - 8]), straight([low, high], [SIDE - EDGE / 2, 8])];
  const marks = ticks(low, high, 4);
  const text = (x, y, anchor, value) => svg("text", { x, y, class: "whole-word", "text-anchor": anchor }, brief(value));
  const label = `predicted ${name} over the true one, from ${brief(low)} to ${brief(high)}`;
  return svg(
    "svg",
    { class: "whole-points", viewBox: `0 0 ${SIDE} ${SIDE}`, role: "img", "aria-label": label },
    marks.flatMap((mark) => [
      svg("line", { class: "whole-grid", x1: EDGE, x2: SIDE - 8, y1: up(mark), y2: up(mark) }),
      text(EDGE - 6, up(mark) + 4, "end", mark),
      text(across(mark), SIDE - 8, "middle", mark),
    ]),
    svg("line", { class: "whole-equal", x1: across(low), y1: up(low), x2: across(high), y2: up(high) }),
    points.map(([truth, said]) => svg("circle", { class: "whole-point", cx: across(truth), cy: up(said), r: 2.5 })),
  );
}
