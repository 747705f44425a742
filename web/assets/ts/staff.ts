/**
 * What makes the staff pages quicker for hands that stay on the keyboard. Every page works without it.
 *
 * Lists (`table[data-rows]`): j and k walk over the rows, c takes the task, / searches, ? shows the keys.
 * Forms (`form[data-keep]`): what is typed is kept on the server, and fields that depend on an answer come and go.
 */

const QUIET_MS = 1500;
const RETRY_MS = 10_000;

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest("input, textarea, select, [contenteditable]") !== null;
}

function walk(table: HTMLTableElement, by: number): void {
  const links = [...table.querySelectorAll<HTMLElement>("[data-open]")];
  const row = document.activeElement?.closest("tr");
  const here = links.findIndex((link) => link.closest("tr") === row);
  const next = here < 0 ? (by > 0 ? 0 : links.length - 1) : here + by;
  links[Math.max(0, Math.min(links.length - 1, next))]?.focus();
}

/** The keys of a list; any other page leads to the help, which has them too. */
function showKeys(): void {
  const keys = document.querySelector<HTMLDialogElement>("#keys");
  if (keys) keys.showModal();
  else location.assign("/hulp#toetsen");
}

function listen(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (document.querySelector("dialog[open]")) return;
  const table = document.querySelector<HTMLTableElement>("table[data-rows]");
  const act: Record<string, () => void> = {
    "/": () => document.querySelector<HTMLElement>("[data-search]")?.focus(),
    "?": showKeys,
    j: () => table && walk(table, 1),
    k: () => table && walk(table, -1),
    c: () => document.activeElement?.closest("tr")?.querySelector<HTMLElement>("[data-claim]")?.click(),
  };
  const wanted = act[event.key];
  if (!wanted) return;
  event.preventDefault();
  wanted();
}

/** The fields of the form as the server shows them for these answers; focus, caret and chosen files stay what they were. */
function showFields(form: HTMLFormElement, html: string): void {
  const place = form.querySelector<HTMLElement>("[data-fields]");
  if (!place) return;
  const chosen = [...place.querySelectorAll<HTMLInputElement>("input[type=file]")].filter((each) => each.files?.length);
  const focused = document.activeElement instanceof HTMLElement ? document.activeElement : null;
  const caret = caretOf(focused);
  place.innerHTML = html;
  for (const each of chosen) document.getElementById(each.id)?.replaceWith(each); // no page can give chosen files back
  const again = focused?.id ? document.getElementById(focused.id) : null;
  again?.focus();
  if (caret && (again instanceof HTMLTextAreaElement || again instanceof HTMLInputElement)) again.setSelectionRange(...caret);
}

/** Where somebody types; null where a field has no such place (a date, a choice). */
function caretOf(field: Element | null): [number, number] | null {
  if (!(field instanceof HTMLTextAreaElement || field instanceof HTMLInputElement)) return null;
  return field.selectionStart === null || field.selectionEnd === null ? null : [field.selectionStart, field.selectionEnd];
}

function names(place: ParentNode): string {
  return [...new Set([...place.querySelectorAll<HTMLInputElement>("[name]")].map((field) => field.name))].join(" ");
}

interface Same {
  number: string;
  subject: string;
  name: string;
}

/** Cases of the same name, while somebody notes a complaint: perhaps there is one already. */
function showSame(form: HTMLFormElement, cases: Same[]): void {
  const place = form.querySelector<HTMLElement>("[data-same]");
  const list = place?.querySelector("ul");
  if (!place || !list) return;
  place.hidden = cases.length === 0;
  list.replaceChildren(
    ...cases.map((found) => {
      const line = document.createElement("li");
      const link = document.createElement("a");
      link.href = `/dossiers/${encodeURIComponent(found.number)}`;
      link.target = "_blank";
      link.textContent = `${found.number} ${found.subject}`;
      line.append(link, ` ${found.name}`);
      return line;
    }),
  );
}

class KeptForm {
  private timer = 0;
  private isDirty = false;
  private isSending = false;
  private isAway = false; // the last time the office could not be reached
  private pressed: HTMLElement | null = null;

  constructor(
    private readonly form: HTMLFormElement,
    private readonly address: string,
    private readonly saved: HTMLElement | null,
  ) {
    form.addEventListener("input", () => {
      document.querySelector("[data-until-typed]")?.remove(); // it told of other answers
      this.later(QUIET_MS);
    });
    form.addEventListener("change", (event) => {
      const field = event.target;
      if (field instanceof HTMLInputElement && field.type === "file") return;
      const decides = field instanceof HTMLSelectElement || (field instanceof HTMLInputElement && /radio|checkbox/.test(field.type));
      this.later(decides ? 0 : QUIET_MS);
    });
    form.addEventListener("submit", (event) => this.submitted(event));
    addEventListener("beforeunload", (event) => {
      if (this.isDirty) event.preventDefault();
    });
    if (form.dataset.sent !== undefined) this.takeBack();
  }

  /**
   * This page was made from what was sent and is not finished. Loading it again, or coming back to it, would make the browser ask
   * whether to send that anew: so it is kept, and this becomes the page at which one finds it.
   */
  private takeBack(): void {
    history.replaceState(null, "", location.href);
    this.later(0);
  }

  /**
   * What is on its way to be kept arrives before what a person sends: otherwise that would look like a second window. And while nothing
   * arrives, nothing is sent: the browser would put a page of its own in the place of what was typed.
   */
  private submitted(event: SubmitEvent): void {
    if (this.isSending || this.isAway) {
      event.preventDefault();
      event.stopImmediatePropagation();
      this.pressed = event.submitter ?? this.form;
      if (!this.isSending) void this.send();
      return;
    }
    clearTimeout(this.timer);
    this.isDirty = false;
  }

  private later(milliseconds: number): void {
    this.isDirty = true;
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.send(), milliseconds);
  }

  private async send(): Promise<void> {
    if (this.isSending) return this.later(QUIET_MS);
    this.isSending = true;
    this.isDirty = false;
    const body = new FormData(this.form);
    for (const [name, value] of [...body.entries()]) if (value instanceof File) body.delete(name);
    try {
      const headers = { Accept: "application/json" };
      const signal = AbortSignal.timeout(RETRY_MS);
      const answer = await fetch(this.address, { method: "POST", body, headers, credentials: "same-origin", signal });
      this.isAway = false;
      await this.take(answer);
    } catch {
      this.isAway = true;
      this.failed("Niet bewaard: geen verbinding. Wat u typte, staat er nog.", true);
    } finally {
      this.isSending = false;
      const pressed = this.pressed;
      this.pressed = null;
      if (pressed && !this.isAway) this.form.requestSubmit(pressed === this.form ? null : pressed);
    }
  }

  private async take(answer: Response): Promise<void> {
    const mayPass = answer.status >= 500;
    if (!answer.headers.get("content-type")?.startsWith("application/json")) {
      return this.failed("Niet bewaard. Kopieer wat u typte en herlaad de bladzijde.", mayPass);
    }
    const told = (await answer.json()) as { message: string; fields?: string; mark?: string; same?: Same[] };
    if (!answer.ok) return this.failed(told.message, mayPass);
    const seen = this.form.querySelector<HTMLInputElement>("[name=_seen]");
    if (seen && told.mark !== undefined) seen.value = told.mark;
    if (this.saved) this.saved.textContent = told.message;
    if (told.same) showSame(this.form, told.same);
    if (told.fields === undefined || this.isDirty || this.pressed) return;
    const fresh = document.createElement("template");
    fresh.innerHTML = told.fields;
    const place = this.form.querySelector("[data-fields]");
    if (!place || names(fresh.content) === names(place)) return;
    showFields(this.form, told.fields);
    if (this.saved) this.saved.textContent = `${told.message} De vragen zijn aangepast aan uw antwoord.`; // heard by who does not see it
  }

  /** Say it. What may pass by itself (no connection, a server that restarts) is tried again without anybody typing on. */
  private failed(sentence: string, mayPass: boolean): void {
    this.isDirty = true;
    if (this.saved) this.saved.textContent = sentence;
    if (mayPass) this.later(RETRY_MS);
  }
}

// A list under "Meer" lies over the page: a click beside it or Escape closes it, and Escape leaves one at its button.
function closeMore(besides: Node | null, isEscape: boolean): void {
  for (const each of document.querySelectorAll<HTMLDetailsElement>("details.more-tabs[open]")) {
    if (each.contains(besides) && !isEscape) continue;
    each.open = false;
    if (isEscape) each.querySelector("summary")?.focus();
  }
}

document.addEventListener("click", (event) => closeMore(event.target as Node, false));
document.addEventListener("keydown", (event) => event.key === "Escape" && closeMore(null, true));
document.addEventListener("keydown", listen);
for (const form of document.querySelectorAll<HTMLFormElement>("form[data-keep]")) {
  new KeptForm(form, form.dataset.keep ?? form.action, form.querySelector("[data-saved]"));
}
document.querySelector<HTMLElement>("#error-summary")?.focus();
for (const button of document.querySelectorAll<HTMLElement>("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
// A box in the head of a list ticks every line of it, or none.
for (const all of document.querySelectorAll<HTMLInputElement>("[data-all]")) {
  const lines = [...(all.closest("table")?.querySelectorAll<HTMLInputElement>("tbody input[type=checkbox]") ?? [])];
  const tell = (): void => {
    const ticked = lines.filter((line) => line.checked).length;
    all.checked = ticked === lines.length;
    all.indeterminate = ticked > 0 && ticked < lines.length;
  };
  all.hidden = false;
  all.addEventListener("change", () => lines.forEach((line) => (line.checked = all.checked)));
  lines.forEach((line) => line.addEventListener("change", tell));
  tell();
}
