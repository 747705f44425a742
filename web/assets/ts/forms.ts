/** The editor of forms: form-js, with its own palette and properties, and with what this office asks of a field. */
import { FormEditor } from "@bpmn-io/form-js-editor";

import type { CommandStack } from "./diagram";
import { type Editor, type Places, start } from "./editing";
import { answering } from "./form-fields";

export async function open(source: string, places: Places): Promise<Editor> {
  // No delay between typing and the schema: who types and saves at once must save what was typed.
  const editor = new FormEditor({ container: places.canvas, debounce: false, additionalModules: [answering(places.codelists)] });
  await editor.importSchema(JSON.parse(source));
  editor.on("changed", () => places.changed());
  const steps = editor.get("commandStack") as CommandStack;
  return {
    undo: () => steps.undo(),
    redo: () => steps.redo(),
    write: async () => `${JSON.stringify(editor.saveSchema(), null, 2)}\n`,
    mark: (findings) => {
      const wrong = new Map(findings.map((finding) => [finding.element, finding.sentence]));
      for (const field of fields(editor)) {
        const sentence = wrong.get(field.key ?? "") ?? wrong.get(field.id);
        const shown = places.canvas.querySelector<HTMLElement>(`[data-id="${CSS.escape(field.id)}"]`);
        shown?.classList.toggle("finding-cell", sentence !== undefined);
        if (shown && sentence) shown.title = sentence;
      }
    },
    select: (name) => {
      const found = fields(editor).find((field) => field.key === name || field.id === name);
      if (found) (editor.get("selection") as { set(field: object): void }).set(found);
    },
  };
}

interface Field {
  id: string;
  key?: string;
}

function fields(editor: FormEditor): Field[] {
  return (editor.get("formFieldRegistry") as { getAll(): Field[] }).getAll();
}

void start(open);
