/** A form that is under way is not sent a second time; the server would notice, but only after it told somebody off. */

// Whoever stopped a page that took too long may press again.
const PATIENCE_MS = 8000;

export function onlyOnce(form: HTMLFormElement): void {
  let isSent = false;
  form.addEventListener("submit", (event) => {
    if (isSent) event.preventDefault();
    isSent = true;
    window.setTimeout(() => (isSent = false), PATIENCE_MS);
  });
  window.addEventListener("pageshow", () => (isSent = false));
}
