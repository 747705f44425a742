/**
 * Shows diagrams with the state of a case on them. Every element with class `diagram` becomes one:
 *
 *   <div class="diagram" data-diagram-url="/..." data-label="Het verloop van dit dossier"
 *        data-active="a,b" data-visited="c,d" data-waiting="e" data-focus="a"></div>
 *
 * `data-active` tokens stand here now, `data-waiting` waits for something, `data-visited` was passed, `data-focus` is scrolled
 * to. Changing an attribute later (a replay's next frame) changes the picture. A click on an element sends a bubbling
 * `diagram:select` event with `{id, name, type}`, and shows what carries `data-element="<id>"` inside `[data-element-details]`.
 */
import NavigatedViewer from "camunda-bpmn-js/lib/camunda-cloud/NavigatedViewer";

import { type Canvas, type ElementRegistry, type EventBus, importDiagram, say } from "./diagram";
import { addZoomButtons } from "./zoom";

const READABLE = 0.7;
const STATES = ["visited", "active", "waiting", "focus"] as const;

async function show(island: HTMLElement): Promise<void> {
  const answer = await fetch(island.dataset.diagramUrl ?? "", { credentials: "same-origin" });
  if (!answer.ok) {
    say(island, "Het diagram kon niet geladen worden. Herlaad de bladzijde.");
    return;
  }
  const container = document.createElement("div");
  container.className = "diagram-canvas";
  container.tabIndex = 0;
  container.setAttribute("role", "group");
  container.setAttribute("aria-label", island.dataset.label ?? "Diagram");
  island.replaceChildren(container);
  // The wheel scrolls the page; zooming is for the buttons and for two fingers.
  const viewer = new NavigatedViewer({ container, zoomScroll: { enabled: false } });
  if (!(await importDiagram(viewer, await answer.text(), island))) return;
  const canvas = viewer.get("canvas") as Canvas;
  const registry = viewer.get("elementRegistry") as ElementRegistry;
  canvas.zoom("fit-viewport", "auto");
  addZoomButtons(island, canvas);
  paint(island, canvas, registry);
  comeCloser(island, canvas, registry);
  new MutationObserver(() => paint(island, canvas, registry)).observe(island, {
    attributes: true,
    attributeFilter: STATES.map((state) => `data-${state}`),
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
  const place = [island.dataset.focus, island.dataset.active, island.dataset.waiting]
    .flatMap((ids) => (ids ?? "").split(","))
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

function showDetails(id: string): void {
  for (const place of document.querySelectorAll("[data-element-details]")) {
    const details = [...place.querySelectorAll<HTMLElement>("[data-element]")];
    if (!details.some((detail) => detail.dataset.element === id)) continue;
    for (const detail of details) detail.hidden = detail.dataset.element !== id;
  }
}

for (const island of document.querySelectorAll<HTMLElement>(".diagram[data-diagram-url]")) void show(island);
