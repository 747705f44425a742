/**
 * Plays a case step by step. Without this file every step is a page of its own with links to the next; with it the next page is
 * fetched and its parts put in place of these, so that the diagram stays and only its state changes.
 *
 * Play at 1× (two seconds a step) or 4×; arrows for one step, space to play or stop. The address follows.
 */
const PARTS = ["replay-bar", "replay-diagrams", "replay-standing", "replay-time", "replay-step", "replay-decisions"];
const STATES = ["diagramUrl", "label", "active", "visited", "counts", "moved", "focus"] as const;
const PACE = 2000;

const replay = document.querySelector<HTMLElement>("[data-replay]");
let speed = 0;
let timer = 0;
let isMoving = false;

function link(rel: string): HTMLAnchorElement | null {
  return document.querySelector<HTMLAnchorElement>(`#replay-bar a[rel="${rel}"]`);
}

/** Put the parts of another step's page in place; the whole page when it has no diagram where this one has. */
async function go(address: string, isBack = false): Promise<void> {
  if (isMoving) return;
  isMoving = true;
  try {
    const answer = await fetch(address, { credentials: "same-origin" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const island = document.getElementById("replay-diagram");
    const next = page.getElementById("replay-diagram");
    if (!answer.ok || answer.redirected || !island || !next) {
      location.assign(address);
      return;
    }
    const hadFocus = document.activeElement?.closest("#replay-bar a")?.getAttribute("rel");
    for (const id of PARTS) {
      const old = document.getElementById(id);
      const fresh = page.getElementById(id);
      if (old && fresh) old.replaceWith(fresh);
    }
    for (const state of STATES) {
      const value = next.dataset[state];
      if (value === island.dataset[state]) continue;
      if (value === undefined) delete island.dataset[state];
      else island.dataset[state] = value;
    }
    document.title = page.title;
    // A film that plays leaves one entry to go back to, not one for every step.
    if (!isBack) history[speed ? "replaceState" : "pushState"](null, "", address);
    say(document.getElementById("step-title")?.textContent ?? "");
    if (hadFocus) (link(hadFocus) ?? link("prev") ?? link("next"))?.focus();
  } finally {
    isMoving = false;
  }
}

/** For who listens: the region itself stays, only its words change. */
function say(title: string): void {
  const region = document.querySelector<HTMLElement>("[data-replay-said]");
  if (region) region.textContent = `${document.querySelector("#replay-bar strong")?.textContent ?? ""}: ${title}`;
}

function play(wanted: number): void {
  speed = speed === wanted ? 0 : wanted;
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-play]")) {
    button.setAttribute("aria-pressed", String(Number(button.dataset.play) === speed));
  }
  clearTimeout(timer);
  if (speed) timer = window.setTimeout(() => void tick(), PACE / speed);
}

async function tick(): Promise<void> {
  const next = link("next");
  if (!next || !speed) {
    if (speed) play(speed);
    return;
  }
  await go(next.href);
  if (speed) timer = window.setTimeout(() => void tick(), PACE / speed);
}

function isPlain(event: MouseEvent | KeyboardEvent): boolean {
  return !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
}

if (replay) {
  const prefix = new URL(replay.dataset.address ?? "", location.href).pathname;
  document.querySelector<HTMLElement>("[data-replay-controls]")?.removeAttribute("hidden");
  replay.addEventListener("click", (event) => {
    const target = event.target as Element;
    const button = target.closest<HTMLElement>("[data-play]");
    if (button) play(Number(button.dataset.play));
    const anchor = target.closest<HTMLAnchorElement>("a[href]");
    if (!anchor || !isPlain(event) || event.button !== 0 || !anchor.pathname.startsWith(prefix) || anchor.hash) return;
    event.preventDefault();
    if (speed) play(speed);
    void go(anchor.href);
  });
  document.addEventListener("keydown", (event) => {
    if (!isPlain(event) || (event.target as Element).closest("input, textarea, select, summary, .diagram")) return;
    const there = event.key === "ArrowRight" ? link("next") : event.key === "ArrowLeft" ? link("prev") : null;
    if (there) {
      event.preventDefault();
      void go(there.href);
    } else if (event.key === " " && !(event.target as Element).closest("a, button")) {
      event.preventDefault();
      play(speed || 1);
    }
  });
  window.addEventListener("popstate", () => void go(location.href, true));
}
