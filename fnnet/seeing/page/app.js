/* The page: films side by side under one slider, what is drawn of the whole run, and keys. */

import { addressOf, goToAddress } from "./address.js";
import { h, put } from "./dom.js";
import { unpack } from "./film.js";
import { nearestKept, player } from "./player.js";
import { sheetSection } from "./sheet.js";
import { touchOf } from "./touch.js";
import { viewer } from "./viewer.js";
import { whole } from "./whole.js";

/* Fill the page with films, [{ about, text, whole }]; ``differs`` says where the second leaves the first. */
export async function startPage(root, films, differs) {
  const unpacked = await Promise.all(
    films.map(async (film) => ({
      ...film,
      name: film.about.title,
      arrays: await unpack(film.text, film.about.arrays),
    })),
  );
  const views = unpacked.map((film) => (film.about.sizes ? viewer(film, changed) : null));
  const touches = views.map((view) => view && touchOf(view));
  views.forEach((view, i) => touches[i] && view.below.append(touches[i].element));
  const sections = unpacked.map((film) => film.whole && whole(film.whole));
  const bar = player(unpacked, moveTo);
  const sheet = views[0] && sheetSection(views[0]);
  function changed(view) {
    touches[views.indexOf(view)]?.draw();
    remember(views);
  }
  function moveTo(place) {
    const step = unpacked[0].about.kept[place];
    unpacked.forEach(({ about }, i) => {
      views[i]?.moveTo(i ? nearestKept(about.kept, step) : place);
      touches[i]?.draw();
      sections[i]?.moveTo?.(step);
    });
    bar.moveTo(place);
    remember(views);
  }
  put(
    root,
    header(unpacked, differs, moveTo),
    bar.element,
    h(
      "div",
      { class: unpacked.length > 1 ? "two" : "one" },
      unpacked.map((film, i) => column(film, views[i], sections[i])),
    ),
    sheet,
  );
  addEventListener("keydown", (event) => walkByKey(event, views[0]));
  addEventListener("hashchange", () => views[0] && goToAddress(location.hash, views[0], moveTo));
  moveTo(0);
  if (location.hash && views[0]) goToAddress(location.hash, views[0], moveTo);
}

/* The title, what is known of each run, and where two of them part. */
function header(films, differs, moveTo) {
  const facts = ({ about }) =>
    h(
      "dl",
      { class: "facts" },
      about.about.map(([name, text]) => h("div", {}, h("dt", {}, name), h("dd", {}, text))),
    );
  return h(
    "header",
    {},
    h("h1", {}, films.map(({ name }) => name).join(" and ")),
    films.map(facts),
    differs &&
      h(
        "p",
        { class: "differs" },
        differs.text,
        " ",
        differs.step !== null &&
          h(
            "button",
            { onclick: () => moveTo(nearestKept(films[0].about.kept, differs.step)) },
            `go to step ${differs.step}`,
          ),
      ),
  );
}

function column(film, view, section) {
  const { about, name } = film;
  return h(
    "div",
    { class: "column" },
    h("h2", { class: "column-name" }, name),
    about.why && h("p", { class: "why" }, `without formulas: ${about.why}`),
    view && h("section", { "aria-label": "the step under the microscope" }, view.element),
    section && h("section", { class: "whole-run" }, h("h2", {}, "the whole run"), section.element ?? section),
  );
}

/* → and ← walk through the lines, but where a field or a slider has these keys for itself. */
function walkByKey(event, view) {
  const own = event.target.closest?.("input, select, textarea, [role=slider], canvas, summary");
  if (!view || own || event.altKey || event.ctrlKey || event.metaKey) return;
  const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!by) return;
  event.preventDefault();
  view.line(by);
}

/* The address follows what is on screen, where the page has one. */
function remember([view]) {
  if (!view || !location.protocol.startsWith("file")) return;
  clearTimeout(remember.timer);
  remember.timer = setTimeout(() => history.replaceState(null, "", addressOf(view)), 200);
}
