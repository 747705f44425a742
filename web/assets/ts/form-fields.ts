/**
 * What the form editor offers: the fields that the server shows and checks, and where an answer goes. Publishing refuses the rest
 * anyway; here nobody is led to it. What is written stands in a field's `properties` (docs/lint/forms.md).
 */
import { h, type VNode } from "preact";

interface Field {
  type: string;
  key?: string;
  values?: unknown[];
  properties?: Record<string, string>;
}
type Edit = (field: Field, changes: Partial<Field>) => void;
interface Group {
  id: string;
  label?: string;
  entries?: { id: string; component?: unknown; isEdited?: (node: HTMLInputElement | null) => boolean }[];
  items?: { label: string }[];
}
interface PropertiesPanel {
  registerProvider(provider: { getGroups(field: Field | undefined, edit: Edit): (groups: Group[]) => Group[] }, priority: number): void;
}
interface FormFields {
  _formFields: Record<string, unknown>;
}

const TYPES_REFUSED = ["button", "taglist", "iframe", "image", "html", "expression", "table", "documentPreview"];
/** Groups and entries of form-js that would say something the server does not do. */
const GROUPS_REFUSED = new Set(["valuesSource", "dynamicOptions", "optionsExpression", "layout", "appearance", "serialization", "constraints", "security"]);
const ENTRIES_REFUSED = /(^|-)(step|accept|multiple|searchable|versionTag|disallowPassedDates|timeInterval|time-format|disabled|defaultRepetitions|allowAddRemove|disableCollapse|nonCollapsedItems)$/;
const ANSWERED = new Set(["textfield", "textarea", "number", "checkbox", "radio", "select", "checklist", "datetime", "dynamiclist"]);
const CHOICES = new Set(["radio", "select", "checklist"]);
const OURS = new Set(["goes_to", "fact", "personal", "codelist"]);
const DESTINATIONS = [
  ["token", "Het verloop (een keuze in het diagram)"],
  ["case", "Het dossier"],
  ["both", "Allebei"],
  ["nowhere", "Nergens: alleen tonen"],
] as const;
// After form-js itself has said what it offers.
const LAST = 100;

/** What form-js gives an entry to show. The components stay the same from one change to the next, or typing would lose its place. */
interface Shown {
  field: Field;
  edit: Edit;
  id: string;
}

/** Write one property; an empty one is none. Who takes a code list needs no choices of their own. */
function put({ field, edit }: Shown, name: string, value: string): void {
  const { [name]: _, ...others } = field.properties ?? {};
  const properties = value ? { ...others, [name]: value } : others;
  edit(field, name === "codelist" && value ? { properties, values: [] } : { properties });
}

type Component = (shown: Shown) => VNode;

function labelled(kind: string, id: string, label: string, input: VNode, hint = ""): VNode {
  const name = h("label", { for: `bio-properties-panel-${id}`, class: "bio-properties-panel-label" }, label);
  const description = hint && h("div", { class: "bio-properties-panel-description" }, hint);
  return h("div", { class: "bio-properties-panel-entry", "data-entry-id": id }, h("div", { class: `bio-properties-panel-${kind}` }, kind === "checkbox" ? [input, name] : [name, input]), description);
}

function select(name: string, label: string, options: readonly (readonly [string, string])[], absent = ""): Component {
  return (shown) => {
    const value = shown.field.properties?.[name] ?? absent;
    // Whatever stands in the file stays to be seen, also when nobody offers it.
    const known = options.some(([each]) => each === value) ? options : [...options, [value, value] as const];
    const change = ({ target }: Event): void => put(shown, name, (target as HTMLSelectElement).value);
    const choices = known.map(([each, words]) => h("option", { value: each, selected: each === value }, words));
    return labelled("select", shown.id, label, h("select", { id: `bio-properties-panel-${shown.id}`, class: "bio-properties-panel-input", onChange: change }, choices));
  };
}

function fact(shown: Shown): VNode {
  const { properties, key = "" } = shown.field;
  const type = ({ target }: Event): void => put(shown, "fact", (target as HTMLInputElement).value.trim());
  const attributes = { id: `bio-properties-panel-${shown.id}`, class: "bio-properties-panel-input", value: properties?.fact ?? "", placeholder: key, spellcheck: false };
  return labelled("textfield", shown.id, "Naam in het dossier", h("input", { ...attributes, onInput: type }), "Bijvoorbeeld complaint.theme. Zonder naam geldt de sleutel.");
}

function personal(shown: Shown): VNode {
  const change = ({ target }: Event): void => put(shown, "personal", (target as HTMLInputElement).checked ? "yes" : "");
  const attributes = { id: `bio-properties-panel-${shown.id}`, type: "checkbox", class: "bio-properties-panel-input", checked: shown.field.properties?.personal === "yes" };
  return labelled("checkbox", shown.id, "Persoonlijk gegeven", h("input", { ...attributes, onChange: change }), "De geschiedenis verzegelt het dan.");
}

const goesTo = select("goes_to", "Het antwoord gaat naar", DESTINATIONS, "token");

function answer(field: Field, edit: Edit, codelist: Component): Group {
  const entry = (id: string, component: Component): Shown & { component: Component; isEdited: () => boolean } => ({
    ...{ id, component, field, edit },
    isEdited: () => Boolean(field.properties?.[id]),
  });
  const destination = field.properties?.goes_to ?? "";
  const entries = [entry("goes_to", goesTo)];
  if (["case", "both"].includes(destination)) entries.push(entry("fact", fact));
  if (destination === "case") entries.push(entry("personal", personal));
  if (CHOICES.has(field.type)) entries.push(entry("codelist", codelist));
  return { id: "answer", label: "Antwoord", entries };
}

/** What stands in a group of form-js after what we do not run is gone; nothing is left of some. */
function kept(group: Group, hasList: boolean): Group[] {
  if (GROUPS_REFUSED.has(group.id) || (group.id === "staticOptions" && hasList)) return [];
  const items = group.id === "custom-values" ? group.items?.filter(({ label }) => !OURS.has(label)) : group.items;
  const entries = group.entries?.filter(({ id }) => !ENTRIES_REFUSED.test(id));
  return entries && !entries.length && !items ? [] : [{ ...group, entries, items }];
}

/** The module for form-js. `codelists` are the names of the lists a choice may come from. */
export function answering(codelists: string[]): object {
  const codelist = select("codelist", "Keuzes uit een codelijst", [["", "Geen: de keuzes hieronder"], ...codelists.map((name) => [name, name] as const)]);
  class Answering {
    static $inject = ["propertiesPanel", "formFields"];

    constructor(panel: PropertiesPanel, formFields: FormFields) {
      panel.registerProvider(this, LAST);
      // The palette lists what it can count; a form that comes with such a field is still drawn.
      for (const type of TYPES_REFUSED) Object.defineProperty(formFields._formFields, type, { enumerable: false });
    }

    getGroups(field: Field | undefined, edit: Edit): (groups: Group[]) => Group[] {
      return (groups) => {
        const shown = groups.flatMap((group) => kept(group, Boolean(field?.properties?.codelist)));
        if (!field || !ANSWERED.has(field.type)) return shown;
        return [...shown.slice(0, 1), answer(field, edit, codelist), ...shown.slice(1)];
      };
    }
  }
  return { __init__: ["answering"], answering: ["type", Answering] };
}
