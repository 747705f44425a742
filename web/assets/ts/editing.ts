/**
 * What every editor of the studio does: open from the text field, keep the text field in step, save and check without leaving the
 * page, and show findings where they are. Without this script the page is a plain form with the source in that text field.
 */

export interface Finding {
  element: string;
  severity: "error" | "warning";
  sentence: string;
}

/** One opened editor. `write` gives the file as it now stands; the same text as long as nothing changed. */
export interface Editor {
  write(): Promise<string>;
  mark(findings: Finding[]): void;
  select(element: string): void;
  undo(): void;
  redo(): void;
}

export interface Places {
  canvas: HTMLElement;
  properties: HTMLElement | null;
  templates: string;
  /** The code lists that a form may name. */
  codelists: string[];
  changed(): void;
}

type Open = (source: string, places: Places) => Promise<Editor>;

const AUTOSAVE_AFTER = 30_000;
const AGAIN_AFTER = 15_000;

interface Told {
  sentence: string;
  revision?: number;
  findings?: string;
}

/** The server said no, and why; every other trouble is one that passes. */
class NotKept extends Error {}

/** Replace the text field by an editor; when it cannot be opened the text field stays, with a sentence why. */
export async function start(open: Open): Promise<void> {
  const form = document.querySelector<HTMLFormElement>("form[data-editor]");
  const place = form?.querySelector<HTMLElement>("[data-place]");
  const canvas = form?.querySelector<HTMLElement>("[data-canvas]");
  const source = form?.querySelector<HTMLElement>("[data-source]");
  const text = form?.querySelector<HTMLTextAreaElement>("textarea[name=content]");
  if (!form || !place || !canvas || !source || !text) return;
  place.hidden = false;
  const session = new Session(form, text);
  try {
    const properties = form.querySelector<HTMLElement>("[data-properties]");
    const { templates = "", codelists = "" } = form.dataset;
    const places = { canvas, properties, templates, codelists: codelists.split(",").filter(Boolean), changed: () => session.changed() };
    await session.use(await open(text.value, places));
    source.hidden = true;
  } catch (problem) {
    place.hidden = true;
    const reason = problem instanceof Error ? problem.message.split("\n")[0] : String(problem);
    session.tell(`De tekening kan niet geopend worden (${reason}). U kunt de tekst van het bestand hieronder wel verbeteren.`, true);
  }
  form.dataset.ready = "yes";
}

class Session {
  private editor: Editor | undefined;
  private opened = "";
  private isDirty = false;
  private isAway = false;
  private timer: number | undefined;
  private saving: Promise<boolean> = Promise.resolve(true);
  // Not `form.action`: a button of that name hides it.
  private readonly address: string;

  constructor(
    private readonly form: HTMLFormElement,
    private readonly text: HTMLTextAreaElement,
  ) {
    this.address = form.getAttribute("action") ?? "";
    form.addEventListener("submit", (event) => void this.submit(event));
    text.addEventListener("input", () => this.changed());
    window.addEventListener("beforeunload", (event) => {
      if (this.isDirty) event.preventDefault();
    });
    window.addEventListener("online", () => {
      if (this.isAway) void this.send("save");
    });
    document.addEventListener("keydown", (event) => {
      if (!(event.ctrlKey || event.metaKey) || event.key !== "s") return;
      event.preventDefault();
      void this.send("save");
    });
    this.part("keep")?.addEventListener("click", () => void this.keep());
  }

  async use(editor: Editor): Promise<void> {
    this.opened = await editor.write();
    this.editor = editor;
    this.isDirty = false;
    this.part("undo")?.addEventListener("click", () => editor.undo());
    this.part("redo")?.addEventListener("click", () => editor.redo());
    const steps = this.part("steps");
    if (steps) steps.hidden = false;
    this.showFindings();
  }

  changed(): void {
    if (this.isDirty) return;
    this.isDirty = true;
    this.tell("Niet bewaarde wijzigingen");
    this.later(AUTOSAVE_AFTER);
  }

  tell(sentence: string, isProblem = false): void {
    const state = this.part("state");
    if (!state) return;
    state.textContent = sentence;
    state.classList.toggle("is-problem", isProblem);
  }

  private part(name: string): HTMLElement | null {
    return this.form.querySelector<HTMLElement>(`[data-${name}]`);
  }

  private later(milliseconds: number): void {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.send("save"), milliseconds);
  }

  private async submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const action = (event.submitter as HTMLButtonElement | null)?.value ?? "save";
    const isSaved = await this.send(action === "publish" ? "save" : action);
    if (isSaved && action === "publish") window.location.assign(this.address.replace(/\/bewerken$/, "/publiceren"));
  }

  /** The text field follows the editor only when something really changed: another layout of the same file is no change. */
  private async synchronise(): Promise<void> {
    if (!this.editor) return;
    const written = await this.editor.write();
    if (written === this.opened) return;
    this.text.value = written;
    this.opened = written;
  }

  /** One after the other: of two at once the second would be taken for another window's. */
  private send(action: string): Promise<boolean> {
    window.clearTimeout(this.timer);
    this.saving = this.saving.then(() => this.deliver(action));
    return this.saving;
  }

  private async deliver(action: string): Promise<boolean> {
    try {
      await this.synchronise();
      this.isDirty = this.isAway = false;
      let answer = await this.post(action);
      if (answer.status === 403 && (await this.renewToken())) answer = await this.post(action);
      if (answer.redirected) throw new NotKept("U bent afgemeld. Meld u in een ander venster aan en bewaar opnieuw.");
      const told = (await answer.json()) as Told;
      if (answer.status === 409) this.offerBoth(told.revision ?? 0);
      if (!answer.ok) throw new NotKept(told.sentence);
      this.accept(told.revision ?? 0, told.findings ?? "");
      return true;
    } catch (problem) {
      this.isDirty = true;
      if (problem instanceof NotKept) this.tell(problem.message, true);
      else this.tryAgain();
      return false;
    }
  }

  /** The server was not reached, or had no answer: nothing is lost as long as this page stays open. */
  private tryAgain(): void {
    this.isAway = true;
    this.tell("Niet bewaard: geen verbinding. Uw werk staat nog op deze bladzijde; we proberen het vanzelf opnieuw.", true);
    this.later(AGAIN_AFTER);
  }

  /** Another window went on with this working copy: whoever is here says which of the two counts. */
  private offerBoth(revision: number): void {
    const choice = this.part("both");
    if (!choice) return;
    choice.hidden = false;
    choice.dataset.both = String(revision);
  }

  private async keep(): Promise<void> {
    this.revise(Number(this.part("both")?.dataset.both ?? 0));
    await this.send("save");
  }

  private revise(revision: number): void {
    (this.form.elements.namedItem("revision") as HTMLInputElement).value = String(revision);
  }

  private post(action: string): Promise<Response> {
    const body = new FormData(this.form);
    body.set("action", action);
    return fetch(this.address, { method: "POST", body, headers: { Accept: "application/json" } });
  }

  /** Who logged in again in another window has another token; work done here must not be lost for that. */
  private async renewToken(): Promise<boolean> {
    const page = await fetch(this.address);
    if (!page.ok || page.redirected) return false;
    const seen = new DOMParser().parseFromString(await page.text(), "text/html");
    const token = seen.querySelector<HTMLInputElement>("form[data-editor] input[name=_csrf]")?.value;
    const field = this.form.elements.namedItem("_csrf") as HTMLInputElement | null;
    if (!token || !field || field.value === token) return false;
    field.value = token;
    return true;
  }

  private accept(revision: number, findings: string): void {
    this.revise(revision);
    const both = this.part("both");
    if (both) both.hidden = true;
    const now = new Date().toLocaleTimeString("nl-BE", { hour: "2-digit", minute: "2-digit" });
    // What changed while this was under way is not saved yet, and says so.
    if (!this.isDirty) this.tell(`Werkkopie bewaard om ${now}`);
    if (findings) {
      const place = document.querySelector<HTMLElement>("[data-findings]");
      // Our own server's fragment, escaped there like any page.
      place?.replaceChildren(document.createRange().createContextualFragment(findings));
    }
    if (findings) this.showFindings();
  }

  private showFindings(): void {
    const items = [...document.querySelectorAll<HTMLElement>(".finding[data-element]")];
    this.editor?.mark(
      items.map((item) => ({
        element: item.dataset.element ?? "",
        severity: item.dataset.severity === "error" ? "error" : "warning",
        sentence: item.querySelector(".finding-sentence")?.textContent ?? "",
      })),
    );
    for (const item of items) {
      const place = item.querySelector<HTMLElement>("code.finding-place");
      if (!place) continue;
      const button = document.createElement("button");
      button.type = "button";
      button.className = "link finding-place";
      button.textContent = place.textContent;
      button.addEventListener("click", () => this.editor?.select(item.dataset.element ?? ""));
      place.replaceWith(button);
    }
  }
}
