/** The editor of decision tables: dmn-js, which opens on the table itself. */
import Modeler from "dmn-js/lib/Modeler";

import { type Definitions, intoDescriptions, withAnnotations } from "./annotations";
import { type Editor, type Places, start } from "./editing";
import { dutch } from "./words";

interface View {
  type: string;
  element: { id: string };
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
  const views = modeler.getViews() as View[];
  const shown = views.find((view) => view.type === "decisionTable") ?? views[0];
  if (!shown) throw new Error("er staat geen tabel in");
  await modeler.open(shown);
  return {
    write: () => withAnnotations(definitions, async () => drawn.back((await modeler.saveXML({ format: true })).xml as string)),
    mark: (findings) => {
      const wrong = new Map(findings.map((finding) => [finding.element, finding.sentence]));
      for (const cell of places.canvas.querySelectorAll<HTMLElement>("[data-element-id], [data-row-id]")) {
        const sentence = wrong.get(cell.dataset.elementId ?? "") ?? wrong.get(cell.dataset.rowId ?? "");
        cell.classList.toggle("finding-cell", sentence !== undefined);
        if (sentence) cell.title = sentence;
      }
    },
    select: (id) => {
      const view = views.find((each) => each.element.id === id);
      if (view) void modeler.open(view);
      places.canvas.querySelector(`[data-element-id="${CSS.escape(id)}"], [data-row-id="${CSS.escape(id)}"]`)?.scrollIntoView({ block: "center" });
    },
  };
}

void start(open);
