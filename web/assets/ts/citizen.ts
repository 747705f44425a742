// What a citizen's form does more when JavaScript is there: keeps what is typed without a press, asks the server for the questions
// that follow from an answer, suggests services, and warns before something unsaved is lost.

import { sayAgain, withoutRefused } from "./files";

const SAVE_AFTER_MS = 1500;
const SUGGEST_AFTER_MS = 250;
const RETRY_AFTER_MS = 10_000;

function swap(id: string, from: Document): void {
  const fresh = from.getElementById(id);
  const old = document.getElementById(id);
  if (fresh && old) old.replaceWith(document.adoptNode(fresh));
}

class Draft {
  private timer = 0;
  private changes = 0;
  private saved = 0;
  private leaving = false;
  private isAway = false; // the last time the office could not be reached

  constructor(private readonly form: HTMLFormElement) {
    document.querySelectorAll<HTMLElement>("[data-without-js]").forEach((each) => (each.hidden = true));
    form.addEventListener("input", (event) => this.changed(event.target as HTMLElement));
    form.addEventListener("change", (event) => this.decided(event.target as HTMLElement));
    form.addEventListener("submit", (event) => (this.isAway ? this.hold(event) : (this.leaving = true)));
    window.addEventListener("beforeunload", (event) => {
      if (this.changes > this.saved && !this.leaving) event.preventDefault();
    });
    window.addEventListener("pageshow", () => (this.leaving = false));
  }

  // While nothing arrives, nothing is sent: the browser would put a page of its own in the place of what was typed.
  private hold(event: SubmitEvent): void {
    event.preventDefault();
    void this.keep("bewaren", ["draft-state", "wipe"]).then(() => this.isAway || this.form.requestSubmit(event.submitter));
  }

  private changed(target: HTMLElement): void {
    const name = target.getAttribute("name") ?? "";
    if (name.startsWith("_")) return;
    this.changes += 1;
    if (target instanceof HTMLInputElement && target.type === "file") return this.add(target);
    this.later(SAVE_AFTER_MS);
  }

  // Files that were chosen are sent at once, so that they stand in the list before one goes on.
  private add(chosen: HTMLInputElement): void {
    const button = this.form.querySelector<HTMLButtonElement>('button[value="toevoegen"]');
    if (!chosen.files?.length || !button) return;
    this.say(this.form.dataset.saving ?? "", false);
    this.form.requestSubmit(button);
  }

  private later(wait: number): void {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.keep("bewaren", ["draft-state", "wipe"]), wait);
  }

  private decided(target: HTMLElement): void {
    if (!target.closest("[data-decides]")) return;
    window.clearTimeout(this.timer);
    void this.keep("bewaren", ["fields", "draft-state", "wipe"]);
  }

  // Keeps the answers as the button would, and takes over the parts of the answer that are new. Files wait for a real press.
  private async keep(verb: string, parts: string[]): Promise<void> {
    const seen = this.changes;
    const body = new FormData(this.form);
    for (const [name, value] of [...body.entries()]) if (value instanceof File) body.delete(name);
    body.set("_do", verb);
    this.say(this.form.dataset.saving ?? "", false);
    try {
      const answer = await fetch(this.form.action, { method: "POST", body, credentials: "same-origin" });
      this.isAway = false;
      if (!answer.ok) throw new Error(String(answer.status));
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const focused = document.activeElement?.id ?? "";
      // Somebody typed on meanwhile: their words stay, and the questions are asked for again.
      if (parts.includes("fields") && seen !== this.changes) return void this.keep(verb, parts);
      parts.forEach((part) => swap(part, page));
      if (focused) document.getElementById(focused)?.focus();
      this.saved = seen;
      document.querySelector(".draft")?.classList.remove("unsaved");
    } catch (problem) {
      this.isAway = problem instanceof TypeError; // what fetch says when there is no line
      this.say(this.form.dataset.unsaved ?? "", true);
      this.later(RETRY_AFTER_MS);
    }
  }

  private say(words: string, isUnsaved: boolean): void {
    const state = document.getElementById("draft-state");
    if (state) state.textContent = words;
    document.querySelector(".draft")?.classList.toggle("unsaved", isUnsaved);
  }
}

class Suggestions {
  private timer = 0;
  private asked = 0;

  constructor(private readonly place: HTMLElement) {
    document.addEventListener("input", (event) => {
      if ((event.target as HTMLElement).id === place.dataset.suggest) this.later((event.target as HTMLInputElement).value);
    });
    place.addEventListener("click", (event) => this.choose(event));
  }

  private later(typed: string): void {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.ask(typed), SUGGEST_AFTER_MS);
  }

  private async ask(typed: string): Promise<void> {
    const number = ++this.asked;
    if (typed.trim().length < 2) return this.place.replaceChildren();
    try {
      const answer = await fetch(`/klacht/diensten?q=${encodeURIComponent(typed)}`, { credentials: "same-origin" });
      const found = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (!answer.ok || number !== this.asked) return;
      this.place.replaceChildren(...found.body.childNodes);
      // Only how many there are is read out; the list itself is for who goes there.
      const status = document.getElementById(`${this.place.id}-status`);
      if (status) status.textContent = this.place.querySelector("p")?.textContent ?? "";
    } catch {
      this.place.replaceChildren(); // without suggestions one simply types on
    }
  }

  private choose(event: Event): void {
    const button = (event.target as HTMLElement).closest<HTMLButtonElement>("button.match");
    const field = document.getElementById(this.place.dataset.suggest ?? "") as HTMLInputElement | null;
    if (!button || !field) return;
    event.preventDefault();
    const before = field.value.split(";").slice(0, -1).map((each) => each.trim());
    field.value = [...before, button.dataset.name ?? ""].join("; ");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    window.clearTimeout(this.timer);
    this.place.querySelectorAll("li").forEach((each) => (each.hidden = !each.contains(button)));
    field.focus();
  }
}

// A question behind a link: an answer that shows or hides others asks the server for the form as it is now, which keeps a draft too.
// Whoever types on meanwhile keeps their words, and the form is asked for again.
function following(form: HTMLFormElement): void {
  let changes = 0;
  const ask = async (): Promise<void> => {
    const seen = changes;
    const body = new FormData(form);
    for (const [name, value] of [...body.entries()]) if (value instanceof File) body.delete(name);
    body.set("_save", "1");
    const answer = await fetch(form.action, { method: "POST", body, credentials: "same-origin" });
    if (!answer.ok) return; // without it every question comes at the press of the button
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const focused = document.activeElement?.id ?? "";
    if (seen !== changes) return ask();
    const chosen = [...form.querySelectorAll<HTMLInputElement>("input[type=file]")].filter((each) => each.files?.length);
    swap("fields", page);
    chosen.forEach((each) => document.getElementById(each.id)?.replaceWith(each)); // no page can give chosen files back
    if (focused) document.getElementById(focused)?.focus();
  };
  form.addEventListener("input", () => (changes += 1));
  form.addEventListener("change", (event) => {
    if ((event.target as HTMLElement).closest("[data-decides]")) void ask().catch(() => undefined);
  });
}

// A page that is not kept by the browser loses what was typed when it is sent into nothing: so it is not sent then.
function notSentOffline(event: SubmitEvent): void {
  const form = event.target as HTMLFormElement;
  const words = form.dataset.offline;
  form.querySelector("#offline")?.remove();
  if (navigator.onLine || !words) return;
  event.preventDefault();
  event.stopPropagation(); // nobody is leaving
  const note = document.createElement("p");
  note.id = "offline";
  note.className = "note warn";
  note.setAttribute("role", "alert");
  note.textContent = words;
  (form.querySelector(".actions") ?? form.lastElementChild)?.before(note);
}

function copying(button: HTMLButtonElement): void {
  const field = document.getElementById(button.dataset.copy ?? "") as HTMLInputElement | null;
  if (!field) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    field.select();
    void navigator.clipboard?.writeText(field.value).then(() => (button.textContent = button.dataset.copied ?? ""));
  });
}

document.addEventListener("submit", notSentOffline, true);
// Before the form itself hears of it: it sends what was chosen.
document.addEventListener(
  "input",
  ({ target }) => {
    if (target instanceof HTMLInputElement && target.type === "file") withoutRefused(target);
  },
  true,
);
document.querySelectorAll<HTMLFormElement>("form[data-draft]").forEach((form) => new Draft(form));
document.querySelectorAll<HTMLInputElement>("form[data-draft] input[type=file]").forEach(sayAgain);
document.querySelectorAll<HTMLElement>("[data-suggest]").forEach((place) => new Suggestions(place));
document.querySelectorAll<HTMLFormElement>("form[data-question]").forEach(following);
document.querySelectorAll<HTMLButtonElement>("button[data-copy]").forEach(copying);
document.querySelectorAll<HTMLButtonElement>("button[data-print]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
});
document.getElementById("error-summary")?.focus();
