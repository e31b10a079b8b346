/* What is blank on a sheet, and so what follows from it, and its neighbors that it could be read off. */

import { meanLine, moveLines, namesIn, written } from "./lines.js";

/* The lines of the kinds that are ``shown``, each with ``kind`` and whether it is ``blank``: those of the kinds and
   names asked for, all that are calculated from one, and the neighbors of one, as `blank` in fnnet/teaching has it. */
export function linesOfSheet({ sections, step }, asked, shown) {
  const lines = sections
    .filter(({ kind }) => shown.has(kind))
    .flatMap((section) => Array.from({ length: section.count }, (_, i) => linesAt(section, i, step)).flat());
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

/* A line of a section; of an update those of the mean and of the optimizer, in which the example's gradient is. */
function linesAt(section, i, step) {
  const at = section.at(i);
  if (section.kind !== "updates") {
    const line = written(at, step);
    return [{ ...line, kind: section.kind, group: groupOf(section, at, line, step), from: namesIn(at, step) }];
  }
  const mean = meanLine(step, at);
  const from = [step.number ? mean.name.replace("dE/", `dE_${step.number}/`) : mean.name];
  const lines = [...(step.batch().length > 1 ? [mean] : []), ...(moveLines(step, at) ?? [])];
  return lines.map((line) => ({
    ...line,
    from,
    kind: "updates",
    group: `updates ${at.n} ${at.j} ${at.k} ${line.name}`,
  }));
}

/* Lines of one group could be read off each other: the gradients of a unit, and what a softmax adds up. */
function groupOf({ kind, what }, { n, j }, line, { about: { formulas, sizes } }) {
  if (kind === "gradients") return `gradients ${n} ${j}`;
  const shares = formulas.probability?.right[0] === "ratio" && n === sizes.length - 1;
  const together = shares && (what === "probabilities" || kind === "errors");
  return together ? `${what} together` : `${kind} ${line.name}`;
}
