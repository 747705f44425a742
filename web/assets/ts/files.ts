// Films, and files that are too large, are told at once, before they travel over somebody's telephone for nothing. The others stay
// chosen. The server looks at each of them again.

const TOLD = "files that were refused";

export function withoutRefused(chosen: HTMLInputElement): void {
  const form = chosen.form;
  if (!form?.dataset.largest || !chosen.files) return;
  const kept = new DataTransfer();
  const told: string[] = [];
  for (const each of chosen.files) {
    const isFilm = /^(video|audio)\//.test(each.type);
    const why = isFilm ? form.dataset.noFilm : each.size > Number(form.dataset.largest) ? form.dataset.tooLarge : undefined;
    if (why === undefined) kept.items.add(each);
    else told.push(why.replace("{name}", each.name));
  }
  if (told.length) chosen.files = kept.files;
  say(chosen, told.join(" "));
  // The rest of a draft is sent at once, which brings another page: it says this once more.
  if (told.length && kept.files.length && "draft" in form.dataset) sessionStorage.setItem(TOLD, told.join(" "));
}

export function sayAgain(chosen: HTMLInputElement): void {
  const told = sessionStorage.getItem(TOLD);
  sessionStorage.removeItem(TOLD);
  if (told) say(chosen, told);
}

function say(chosen: HTMLInputElement, words: string): void {
  const id = `${chosen.id}-refused`;
  document.getElementById(id)?.remove();
  if (!words) return;
  const note = document.createElement("p");
  note.id = id;
  note.className = "field-error";
  note.setAttribute("role", "alert");
  note.textContent = words;
  chosen.before(note);
}
