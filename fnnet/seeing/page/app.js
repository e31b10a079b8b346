/* The page: films side by side under one slider, what is drawn of the whole run, and keys. */

import { addressOf, goToAddress } from "./address.js";
import { h, put } from "./dom.js";
import { unpack } from "./film.js";
import { longestOf, nearestKept, player } from "./player.js";
import { recorder } from "./recorder.js";
import { sheetSection } from "./sheet.js";
import { touchOf } from "./touch.js";
import { viewer } from "./viewer.js";
import { whole } from "./whole.js";

/* How long the address waits for the next change, in milliseconds. */
const REST = 200;

/* Fill the page with films, [{ about, text, whole }]; ``differs`` says where the second leaves the first. */
export async function startPage(root, films, differs) {
  const unpacked = await Promise.all(films.map(unpackedFilm));
  const columns = unpacked.map((film) => columnOf(film, changed));
  const [walked] = columns.map(({ view }) => view).filter(({ sections }) => sections);
  const { kept } = longestOf(unpacked).about;
  const bar = player(unpacked, moveTo);
  const moveToStep = (step) => moveTo(nearestKept(kept, step));
  const sheet = walked && sheetSection(walked);
  function changed(view) {
    for (const { view: other, touch } of columns) {
      if (other !== view) follow(other, view);
      touch?.draw();
    }
    sheet?.draw();
    if (view === walked) remember(view);
  }
  function moveTo(place) {
    const step = kept[place];
    for (const { about, view, touch, section } of columns) {
      view.moveTo(nearestKept(about.kept, step));
      touch?.draw();
      section?.moveTo?.(step);
    }
    bar.moveTo(place);
    sheet?.draw();
    if (walked) remember(walked);
  }
  const side = h(
    "div",
    { class: columns.length > 1 ? "two" : "one" },
    columns.map(({ element }) => element),
  );
  put(root, header(unpacked, differs, moveToStep), bar.element, side, sheet);
  moveTo(0);
  if (!walked) return;
  addEventListener("keydown", (event) => walkByKey(event, walked));
  const arrive = () => {
    goToAddress(location.hash, walked, moveToStep);
    changed(walked);
  };
  addEventListener("hashchange", arrive);
  if (location.hash) arrive();
}

async function unpackedFilm(film) {
  return { ...film, name: film.about.title, arrays: await unpack(film.text, film.about.arrays) };
}

/* One film: the step under the microscope, what can be touched, and the whole run. */
function columnOf(film, onChange) {
  const { about, name } = film;
  const view = about.sizes ? viewer(film, onChange) : recorder(film);
  const touch = view.sections && touchOf(view);
  if (touch) view.below.append(touch.element);
  const section = film.whole && whole(film.whole);
  const element = h(
    "div",
    { class: "column" },
    h("h2", { class: "column-name" }, name),
    about.notes.map((note) => h("p", { class: "note" }, note)),
    h("section", { "aria-label": "the step under the microscope" }, view.element),
    section && h("section", { class: "whole-run" }, h("h2", {}, "The whole run"), section),
  );
  return { about, view, touch, section, element };
}

/* Let a view be where another is, if its network has the same units. */
function follow(view, { about, state }) {
  if (!view.sections || view.about.sizes.join() !== about.sizes.join()) return;
  view.state.place = state.place;
  if (state.pick.number <= view.about.batch[view.state.m]) view.state.pick = state.pick;
  view.draw();
}

/* The title, what is known of each run, and where two of them part. */
function header(films, differs, moveToStep) {
  const fact = ([name, text]) => h("div", {}, h("dt", {}, name), h("dd", {}, text));
  const facts = ({ about }) => h("dl", { class: "facts" }, about.about.map(fact));
  const go = () => moveToStep(differs.step);
  const jump = differs?.step != null && h("button", { onclick: go }, `go to step ${differs.step}`);
  const parting = differs && h("p", { class: "note" }, differs.text, " ", jump);
  return h("header", {}, h("h1", {}, films.map(({ name }) => name).join(" and ")), films.map(facts), parting);
}

/* → and ← walk through the lines, but where a field or a slider has these keys for itself. */
function walkByKey(event, view) {
  const own = event.target.closest?.("input, select, textarea, [role=slider], canvas, summary, .plane");
  if (own || event.altKey || event.ctrlKey || event.metaKey) return;
  const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!by) return;
  event.preventDefault();
  view.line(by);
}

/* The address follows what is on screen, where the page has one. */
function remember(view) {
  if (location.protocol !== "file:" && !location.protocol.startsWith("http")) return;
  clearTimeout(remember.timer);
  remember.timer = setTimeout(() => history.replaceState(null, "", addressOf(view)), REST);
}
