/**
 * Keeps a page of work that goes on behind it up to date (`[data-refresh]`: the address of the page itself). When the work is over,
 * the whole page is loaded once more, since there is more to do on it then. Without this the page has a link that does the same.
 */

const EVERY_MS = 1500;

async function refresh(place: HTMLElement, address: string): Promise<void> {
  const answer = await fetch(address, { headers: { Accept: "text/html" } });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const now = page.getElementById(place.id);
  if (!now?.querySelector("progress")) {
    location.assign(address);
    return;
  }
  place.replaceChildren(...now.childNodes);
}

const place = document.querySelector<HTMLElement>("[data-refresh]");
const address = place?.dataset.refresh;
if (place && address) {
  setInterval(() => {
    if (document.visibilityState === "visible") refresh(place, address).catch(() => undefined);
  }, EVERY_MS);
}
