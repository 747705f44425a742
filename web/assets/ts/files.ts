// Films, and files that are too large, are told at once, before they travel over somebody's telephone for nothing. The others stay
// chosen. The server looks at each of them again.

export function withoutRefused(chosen: HTMLInputElement): void {
  const limits = chosen.form?.dataset;
  if (!limits?.largest || !chosen.files) return;
  const id = `${chosen.id}-refused`;
  document.getElementById(id)?.remove();
  const kept = new DataTransfer();
  const told: string[] = [];
  for (const each of chosen.files) {
    const isFilm = /^(video|audio)\//.test(each.type);
    const why = isFilm ? limits.noFilm : each.size > Number(limits.largest) ? limits.tooLarge : undefined;
    if (why === undefined) kept.items.add(each);
    else told.push(why.replace("{name}", each.name));
  }
  if (!told.length) return;
  chosen.files = kept.files;
  const note = document.createElement("p");
  note.id = id;
  note.className = "field-error";
  note.setAttribute("role", "alert");
  note.textContent = told.join(" ");
  chosen.before(note);
}
