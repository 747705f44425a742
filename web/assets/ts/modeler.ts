/** The diagram editor: bpmn-js with its properties panel, the Camunda 8 provider and our building blocks. */
import Modeler from "camunda-bpmn-js/lib/camunda-cloud/Modeler";

import { dialect } from "./dialect";
import { type Canvas, type CommandStack, type ElementRegistry, type EventBus, type Overlays, type Selection, startOf } from "./diagram";
import { type Editor, type Finding, type Places, start } from "./editing";
import { supportedOnly } from "./supported";
import { dutch } from "./words";
import { addZoomButtons } from "./zoom";

const [PALETTE, MARGIN] = [130, 16];
const [ILLEGIBLE, READABLE] = [0.35, 0.7];
const MARKERS = { error: "finding-error", warning: "finding-warning" } as const;

export async function open(source: string, places: Places): Promise<Editor> {
  const modeler = new Modeler({
    container: places.canvas,
    propertiesPanel: { parent: places.properties },
    moddleExtensions: dialect,
    additionalModules: [{ translate: ["value", dutch] }, supportedOnly],
    // No delay between typing and the diagram: who types and saves at once must save what was typed.
    debounceInput: false,
  });
  const templates = (await (await fetch(places.templates)).json()) as object[];
  (modeler.get("elementTemplatesLoader") as { setTemplates(all: object[]): void }).setTemplates(templates);
  await modeler.importXML(source);
  const canvas = modeler.get("canvas") as Canvas;
  const registry = modeler.get("elementRegistry") as ElementRegistry;
  fit(canvas);
  comeCloser(canvas, registry);
  const search = modeler.get("searchPad") as { toggle(): void };
  addZoomButtons(places.canvas, canvas, () => fit(canvas), () => search.toggle());
  (modeler.get("eventBus") as EventBus).on("commandStack.changed", () => places.changed());
  return {
    write: async () => (await modeler.saveXML({ format: true })).xml ?? "",
    undo: () => (modeler.get("commandStack") as CommandStack).undo(),
    redo: () => (modeler.get("commandStack") as CommandStack).redo(),
    mark: (findings) => mark(findings, canvas, registry, modeler.get("overlays") as Overlays),
    select: (id) => {
      const element = registry.get(id);
      if (!element) return;
      (modeler.get("selection") as Selection).select(element);
      if (canvas.zoom() < 0.6) canvas.zoom(0.8);
      canvas.scrollToElement(id, 200);
      places.canvas.scrollIntoView({ block: "center" });
    },
  };
}

/** Everything in view, beside the palette rather than under it; never larger than life. */
function fit(canvas: Canvas): void {
  const { inner, outer } = canvas.viewbox();
  const scale = Math.min((outer.width - PALETTE - MARGIN) / inner.width, (outer.height - 2 * MARGIN) / inner.height, 1);
  const [width, height] = [outer.width / scale, outer.height / scale];
  canvas.viewbox({ x: inner.x - PALETTE / scale, y: inner.y - (height - inner.height) / 2, width, height });
}

/** A long diagram fitted into the page cannot be read: begin where a case begins, at a size that can. */
function comeCloser(canvas: Canvas, registry: ElementRegistry): void {
  const [start] = startOf(registry);
  if (!start || canvas.zoom() > ILLEGIBLE) return;
  const { width, height } = canvas.viewbox().outer;
  const { x = 0, y = 0 } = registry.get(start) ?? {};
  canvas.viewbox({ x: x - (PALETTE + 3 * MARGIN) / READABLE, y: y - height / 3 / READABLE, width: width / READABLE, height: height / READABLE });
}

function mark(findings: Finding[], canvas: Canvas, registry: ElementRegistry, overlays: Overlays): void {
  overlays.remove({ type: "finding" });
  for (const element of registry.getAll()) {
    for (const marker of Object.values(MARKERS)) if (canvas.hasMarker(element.id, marker)) canvas.removeMarker(element.id, marker);
  }
  for (const [id, own] of byElement(findings)) {
    if (!registry.get(id)) continue;
    const severity = own.some((finding) => finding.severity === "error") ? "error" : "warning";
    canvas.addMarker(id, MARKERS[severity]);
    const html = document.createElement("div");
    html.className = `finding-flag ${severity}`;
    html.textContent = severity === "error" ? "!" : "?";
    html.title = own.map((finding) => finding.sentence).join("\n");
    overlays.add(id, "finding", { position: { top: -10, right: 10 }, html });
  }
}

function byElement(findings: Finding[]): Map<string, Finding[]> {
  const found = new Map<string, Finding[]>();
  for (const finding of findings) found.set(finding.element, [...(found.get(finding.element) ?? []), finding]);
  return found;
}

void start(open);
