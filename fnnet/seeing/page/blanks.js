/* What is blank on a sheet, and so what follows from it, and its neighbors that it could be read off. */

import { meanLine, moveLines, namesIn, written } from "./lines.js";

/* The lines of the step on screen, each with ``kind`` and whether it is ``blank``: those of the kinds and names asked
   for, all that are calculated from one, and the neighbors of one, as `blank` in fnnet/teaching has it. */
export function linesOfSheet({ sections, step }, asked) {
  const lines = sections.flatMap((section) =>
    Array.from({ length: section.count }, (_, i) => linesAt(section, i, step)).flat(),
  );
  const groups = new Set(
    lines.filter((line) => asked.has(line.kind) || asked.has(line.name)).map(({ group }) => group),
  );
  const unknown = new Set();
  return lines.map((line) => {
    const blank = groups.has(line.group) || line.from.some((name) => unknown.has(name));
    if (blank && line.kind !== "updates") unknown.add(line.name); // the new weight has the old one's name
    return { ...line, blank };
  });
}

/* A line of a section; of an update those of the mean and of the optimizer. */
function linesAt(section, i, step) {
  const at = section.at(i);
  if (section.kind !== "updates") {
    const line = written(at, step);
    return [{ ...line, kind: section.kind, group: groupOf(section, at, line), from: namesIn(at, step) }];
  }
  const mean = step.batch().length > 1 ? [{ ...meanLine(step, at), from: [] }] : [];
  const moves = (moveLines(step, at) ?? []).map((line) => ({ ...line, from: [] }));
  return [...mean, ...moves].map((line) => ({ ...line, kind: "updates", group: `updates ${line.name} ${at.n}` }));
}

/* Lines of one group could be read off each other: the gradients of a unit, and what a softmax adds up. */
function groupOf(section, { n, j }, line) {
  if (section.kind === "gradients") return `gradients ${n} ${j}`;
  if (section.what === "probabilities" || (section.kind === "errors" && line.softmax)) return `${section.what} ${n}`;
  return `${section.kind} ${line.name}`;
}
