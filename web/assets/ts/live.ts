/**
 * Keeps a page of numbers up to date (`[data-live]`: the address of the page itself) while somebody looks at it. It says nothing aloud and
 * waits while the keyboard is inside, so that nobody loses a place. Without this the page tells how it stood when it was asked for.
 */

const RENEW_MS = 10_000;

async function renew(place: HTMLElement, address: string): Promise<void> {
  const answer = await fetch(address, { headers: { Accept: "text/html" }, redirect: "error" });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const now = page.getElementById(place.id);
  if (now && !place.contains(document.activeElement)) place.replaceChildren(...now.childNodes);
}

const figures = document.querySelector<HTMLElement>("[data-live]");
const source = figures?.dataset.live;
if (figures && source) {
  setInterval(() => {
    const isLookedAt = document.visibilityState === "visible" && !figures.contains(document.activeElement);
    if (isLookedAt) renew(figures, source).catch(() => undefined);
  }, RENEW_MS);
}
