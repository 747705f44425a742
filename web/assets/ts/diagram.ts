/** The parts of bpmn-js we use, typed, and the one way to open a diagram. */

export interface BusinessObject {
  id: string;
  name?: string;
  $type: string;
}
export interface DiagramElement {
  id: string;
  businessObject: BusinessObject;
  parent?: DiagramElement;
  /** Where it stands; a drawing's root has no place. */
  x?: number;
  y?: number;
}
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}
export interface Canvas {
  zoom(level: number | "fit-viewport", center?: "auto"): number;
  zoom(): number;
  addMarker(id: string, marker: string): void;
  removeMarker(id: string, marker: string): void;
  hasMarker(id: string, marker: string): boolean;
  scrollToElement(id: string, padding: number | { top: number; bottom: number; left: number; right: number }): void;
  viewbox(): { inner: Box; outer: { width: number; height: number } };
  viewbox(box: Box): unknown;
  getRootElement(): DiagramElement;
}
export interface ElementRegistry {
  get(id: string): DiagramElement | undefined;
  getAll(): DiagramElement[];
}
export interface EventBus {
  on(event: string, callback: (event: { element: DiagramElement }) => void): void;
  on(event: string, priority: number, callback: (event: { element: DiagramElement }) => void): void;
}
export interface Overlays {
  add(id: string, type: string, overlay: { position: { top?: number; right?: number }; html: HTMLElement }): void;
  remove(filter: { type: string }): void;
}
/** What was done, and can be undone; does nothing where there is nothing. */
export interface CommandStack {
  undo(): void;
  redo(): void;
}
export interface Selection {
  select(element: DiagramElement): void;
}

/** Replace what stands in a place by one sentence, announced to screen readers. */
export function say(place: HTMLElement, sentence: string): void {
  const paragraph = document.createElement("p");
  paragraph.className = "island-problem";
  paragraph.setAttribute("role", "alert");
  paragraph.textContent = sentence;
  place.replaceChildren(paragraph);
}

/** Open the XML; false, with a sentence in the place of the diagram, when the browser cannot draw it. */
export async function importDiagram(
  viewer: { importXML(xml: string): Promise<unknown> },
  xml: string,
  island: HTMLElement,
): Promise<boolean> {
  try {
    await viewer.importXML(xml);
    return true;
  } catch (problem) {
    const reason = problem instanceof Error ? problem.message.split("\n")[0] : String(problem);
    say(island, `Het diagram kan niet getekend worden (${reason}). De tekst van het bestand is wel te lezen en te bewaren.`);
    return false;
  }
}

/** Where a case comes into this diagram: the start event that stands highest on the page. */
export function startOf(registry: ElementRegistry): string[] {
  const starts = registry.getAll().filter((each) => each.businessObject.$type === "bpmn:StartEvent");
  return starts.sort((one, other) => (one.y ?? 0) - (other.y ?? 0)).map((each) => each.id);
}
