/** The studio's own editors, opened on any text and asked what they would save. Bundled by test_studio_roundtrip.py only. */
import { open as decision } from "../../web/assets/ts/decisions";
import type { Editor, Places } from "../../web/assets/ts/editing";
import { open as form } from "../../web/assets/ts/forms";
import { open as process } from "../../web/assets/ts/modeler";

const EDITORS: Record<string, (source: string, places: Places) => Promise<Editor>> = { decision, form, process };

declare global {
  interface Window {
    written(kind: string, source: string): Promise<string>;
  }
}

window.written = async (kind, source) => {
  const canvas = document.createElement("div");
  canvas.style.height = "600px";
  document.body.replaceChildren(canvas);
  const places = { canvas, properties: null, templates: "/studio/sjablonen.json", codelists: [], changed: () => undefined };
  const editor = await EDITORS[kind](source, places);
  return editor.write();
};
