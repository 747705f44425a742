/**
 * Shows diagrams with the state of a case on them. Every element with class `diagram` becomes one:
 *
 *   <div class="diagram" data-diagram-url="/..." data-label="Het verloop van dit dossier"
 *        data-active="a,b" data-visited="c,d" data-waiting="e" data-focus="a"></div>
 *
 * `data-active` tokens stand here now, `data-waiting` waits for something, `data-visited` was passed, `data-focus` is scrolled
 * to, `data-changed` differs from another version, `data-moved` was begun or ended by hand, `data-counts="a:3,b:2"` says how often, `"a:3:1"` that one of them is done. Changing an attribute later (a replay's next frame) changes the picture, and
 * another `data-diagram-url` another diagram. A click on an element sends a bubbling
 * `diagram:select` event with `{id, name, type}`, and shows what carries `data-element="<id>"` inside `[data-element-details]`.
 */
import NavigatedViewer from "camunda-bpmn-js/lib/camunda-cloud/NavigatedViewer";

import { type Canvas, type ElementRegistry, type EventBus, importDiagram, type Overlays, say, startOf } from "./diagram";
import { addZoomButtons } from "./zoom";

const READABLE = 0.7;
/** Smaller than this nobody reads a word of it. */
const ILLEGIBLE = 0.35;
const STATES = ["visited", "active", "waiting", "changed", "moved", "focus"] as const;
/** How to take down what an island shows, before it shows something else. */
const shown = new WeakMap<HTMLElement, () => void>();

async function show(island: HTMLElement): Promise<void> {
  shown.get(island)?.();
  let isOver = false;
  shown.set(island, () => (isOver = true));
  delete island.dataset.ready;
  const answer = await fetch(island.dataset.diagramUrl ?? "", { credentials: "same-origin" });
  if (!answer.ok) {
    say(island, "Het diagram kon niet geladen worden. Herlaad de bladzijde.");
    return;
  }
  const xml = await answer.text();
  if (isOver) return;
  const container = document.createElement("div");
  container.className = "diagram-canvas";
  container.tabIndex = 0;
  container.setAttribute("role", "group");
  container.setAttribute("aria-label", island.dataset.label ?? "Diagram");
  island.replaceChildren(container);
  // The wheel scrolls the page; zooming is for the buttons and for two fingers.
  const viewer = new NavigatedViewer({ container, zoomScroll: { enabled: false } });
  if (!(await importDiagram(viewer, xml, island)) || isOver) return;
  const canvas = viewer.get("canvas") as Canvas;
  const registry = viewer.get("elementRegistry") as ElementRegistry;
  canvas.zoom("fit-viewport", "auto");
  addZoomButtons(island, canvas);
  const repaint = (): void => {
    paint(island, canvas, registry);
    count(island, viewer.get("overlays") as Overlays, registry);
  };
  repaint();
  comeCloser(island, canvas, registry);
  const watching = new MutationObserver(repaint);
  watching.observe(island, { attributes: true, attributeFilter: [...STATES, "counts"].map((state) => `data-${state}`) });
  shown.set(island, () => {
    watching.disconnect();
    viewer.destroy();
  });
  (viewer.get("eventBus") as EventBus).on("element.click", ({ element }) => {
    const { id, name, $type } = element.businessObject;
    island.dispatchEvent(new CustomEvent("diagram:select", { bubbles: true, detail: { id, name, type: $type } }));
    showDetails(id);
  });
  island.dataset.ready = "yes";
}

/** A large diagram fitted into the page cannot be read: begin where the case stands, at a size that can. */
function comeCloser(island: HTMLElement, canvas: Canvas, registry: ElementRegistry): void {
  const place = [island.dataset.focus, island.dataset.active, island.dataset.waiting, island.dataset.changed]
    .flatMap((ids) => (ids ?? "").split(","))
    .concat("visited" in island.dataset || canvas.zoom() < ILLEGIBLE ? startOf(registry) : [])
    .find((id) => registry.get(id));
  if (!place || canvas.zoom() > READABLE) return;
  canvas.zoom(READABLE);
  const { width, height } = canvas.viewbox().outer;
  canvas.scrollToElement(place, { top: height / 2 - 60, bottom: height / 2 - 60, left: width / 2 - 80, right: width / 2 - 80 });
}

function paint(island: HTMLElement, canvas: Canvas, registry: ElementRegistry): void {
  for (const state of STATES) {
    const wanted = new Set((island.dataset[state] ?? "").split(",").filter((id) => registry.get(id)));
    for (const element of registry.getAll()) {
      const has = canvas.hasMarker(element.id, state);
      if (wanted.has(element.id) && !has) canvas.addMarker(element.id, state);
      if (!wanted.has(element.id) && has) canvas.removeMarker(element.id, state);
    }
    if (state === "focus") [...wanted].slice(0, 1).forEach((id) => canvas.scrollToElement(id, 80));
  }
}

/** A small number on what was passed more than once; of several at once how many are done. */
function count(island: HTMLElement, overlays: Overlays, registry: ElementRegistry): void {
  overlays.remove({ type: "count" });
  for (const part of (island.dataset.counts ?? "").split(",")) {
    const [id, times, done] = part.split(":");
    if (!id || !times || !registry.get(id)) continue;
    const badge = document.createElement("span");
    badge.className = "diagram-count";
    badge.textContent = done ? `${done}/${times}` : times;
    badge.title = done ? `${done} van ${times} klaar` : `${times} keer`;
    overlays.add(id, "count", { position: { top: -10, right: 12 }, html: badge });
  }
}

function showDetails(id: string): void {
  for (const place of document.querySelectorAll("[data-element-details]")) {
    const details = [...place.querySelectorAll<HTMLElement>("[data-element]")];
    if (!details.some((detail) => detail.dataset.element === id)) continue;
    for (const detail of details) detail.hidden = detail.dataset.element !== id;
  }
}

for (const island of document.querySelectorAll<HTMLElement>(".diagram[data-diagram-url]")) {
  void show(island);
  new MutationObserver(() => void show(island)).observe(island, { attributes: true, attributeFilter: ["data-diagram-url"] });
}
