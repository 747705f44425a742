/** On every page: a form that is under way is not sent a second time. The server would notice, but only after it told somebody off. */

// Whoever stopped a page that took too long may press again.
const PATIENCE_MS = 8000;
let underWay = new WeakSet<EventTarget>();

// Heard last, at the document: what an island of the page holds back or sends by itself is not under way.
document.addEventListener("submit", (event) => {
  const form = event.target as HTMLFormElement;
  if (event.defaultPrevented || form.getAttribute("method") !== "post") return;
  if (underWay.has(form)) return event.preventDefault();
  underWay.add(form);
  window.setTimeout(() => underWay.delete(form), PATIENCE_MS);
});
window.addEventListener("pageshow", () => (underWay = new WeakSet()));
