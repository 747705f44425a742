/** Buttons to zoom with, for the keyboard and for people who do not know the gestures. */
import type { Canvas } from "./diagram";

export function addZoomButtons(place: HTMLElement, canvas: Canvas, all?: () => void, find?: () => void): void {
  const group = document.createElement("div");
  group.className = "diagram-zoom";
  const add = (sign: string, label: string, act: () => void): void => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = sign;
    button.title = label;
    button.setAttribute("aria-label", label);
    button.addEventListener("click", act);
    group.append(button);
  };
  add("+", "Inzoomen", () => canvas.zoom(Math.min(canvas.zoom() * 1.25, 4)));
  add("−", "Uitzoomen", () => canvas.zoom(Math.max(canvas.zoom() / 1.25, 0.1)));
  add("⤢", "Alles tonen", all ?? (() => canvas.zoom("fit-viewport", "auto")));
  if (find) add("⌕", "Zoeken in de tekening (Ctrl+F)", find);
  place.append(group);
}
