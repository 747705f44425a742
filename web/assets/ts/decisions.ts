/** The editor of decision tables: dmn-js, which opens on the table itself. */
import Modeler from "dmn-js/lib/Modeler";

import { type Definitions, intoDescriptions, withAnnotations } from "./annotations";
import type { CommandStack } from "./diagram";
import { type Editor, type Places, start } from "./editing";
import { dutch } from "./words";

interface Part {
  id: string;
}
interface Rule extends Part {
  inputEntry?: Part[];
  outputEntry?: Part[];
}
interface Logic extends Part {
  input?: Part[];
  output?: Part[];
  rule?: Rule[];
}
interface View {
  type: string;
  element: Part & { decisionLogic?: Logic };
}
interface Viewer {
  on(event: string, callback: () => void): void;
}

/** dmn-js draws DMN 1.3. A file of 1.4 or 1.5 is the same as long as it uses nothing that came later; it keeps its own version. */
const NEWER = /(www\.omg\.org\/spec\/DMN\/)(20211108|20230324)(\/(?:MODEL|DMNDI)\/)/g;
const DRAWN = /(www\.omg\.org\/spec\/DMN\/)20191111(\/(?:MODEL|DMNDI)\/)/g;
const CAME_LATER = /<(?:\w+:)?(?:conditional|filter|for|some|every|typeConstraint)[\s>]/;

function inDrawnVersion(source: string): { xml: string; back: (xml: string) => string } {
  const version = [...source.matchAll(NEWER)][0]?.[2];
  if (!version || CAME_LATER.test(source)) return { xml: source, back: (xml) => xml };
  return {
    xml: source.replace(NEWER, (_, start, __, end) => `${start}20191111${end}`),
    back: (xml) => xml.replace(DRAWN, (_, start, end) => `${start}${version}${end}`),
  };
}

export async function open(source: string, places: Places): Promise<Editor> {
  const inDutch = { additionalModules: [{ translate: ["value", dutch] }] };
  const modeler = new Modeler({ container: places.canvas, drd: inDutch, decisionTable: inDutch, literalExpression: inDutch });
  modeler.on("viewer.created", ({ viewer }: { viewer: Viewer }) => viewer.on("commandStack.changed", () => places.changed()));
  const drawn = inDrawnVersion(source);
  await modeler.importXML(drawn.xml, { open: false });
  const definitions = modeler.getDefinitions() as Definitions;
  intoDescriptions(definitions);
  const views = (): View[] => modeler.getViews() as View[];
  const shown = views().find((view) => view.type === "decisionTable") ?? views()[0];
  if (!shown) throw new Error("er staat geen tabel in");
  await modeler.open(shown);
  keepListsOpen(places.canvas);
  let wrong = new Map<string, string>();
  // A file may hold several tables: the marks come along to the one that is opened.
  modeler.on("views.changed", () => mark(places.canvas, wrong));
  return {
    undo: () => steps(modeler).undo(),
    redo: () => steps(modeler).redo(),
    write: () => withAnnotations(definitions, async () => drawn.back((await modeler.saveXML({ format: true })).xml as string)),
    mark: (findings) => {
      wrong = new Map(findings.map((finding) => [finding.element, finding.sentence]));
      mark(places.canvas, wrong);
    },
    select: async (id) => {
      const view = views().find(({ element }) => parts(element).has(id));
      if (view) await modeler.open(view);
      places.canvas.querySelector(`[data-element-id="${CSS.escape(id)}"], [data-row-id="${CSS.escape(id)}"]`)?.scrollIntoView({ block: "center" });
    },
  };
}

/**
 * A list to choose from closes as soon as anything else gets the focus. A click in it would give that to the page's own `main`, which
 * can have it for the sake of the skip link: the list was gone before the choice was made.
 */
function keepListsOpen(canvas: HTMLElement): void {
  const inList = ({ target }: Event): boolean => target instanceof Element && target.closest(".dms-select-options") !== null;
  canvas.addEventListener("mousedown", (event) => inList(event) && event.preventDefault(), true);
}

function mark(canvas: HTMLElement, wrong: Map<string, string>): void {
  for (const cell of canvas.querySelectorAll<HTMLElement>("[data-element-id], [data-row-id]")) {
    const sentence = wrong.get(cell.dataset.elementId ?? "") ?? wrong.get(cell.dataset.rowId ?? "");
    cell.classList.toggle("finding-cell", sentence !== undefined);
    if (sentence) cell.title = sentence;
  }
}

/** The ids of a decision and of all that stands in its table. */
function parts({ id, decisionLogic: logic }: View["element"]): Set<string> {
  const rules = (logic?.rule ?? []).flatMap((rule) => [rule, ...(rule.inputEntry ?? []), ...(rule.outputEntry ?? [])]);
  const columns = [...(logic?.input ?? []), ...(logic?.output ?? [])];
  return new Set([id, logic?.id ?? id, ...[...columns, ...rules].map((part) => part.id)]);
}

/** Each view has its own; the one that is open counts. */
function steps(modeler: Modeler): CommandStack {
  return modeler.getActiveViewer().get("commandStack") as CommandStack;
}

void start(open);
