/**
 * The legal source of a row stands in its annotation (DMN 1.3), but dmn-js shows a row's description. While a table is open
 * the first annotation is that description; in the file it is an annotation again.
 */
interface Annotation {
  text?: string;
}
interface Rule {
  description?: string;
  annotationEntry?: Annotation[];
  $model: { create(type: string, attributes: object): Annotation };
}
interface Table {
  annotation?: object[];
  rule?: Rule[];
}
export interface Definitions {
  drgElement?: { decisionLogic?: Table }[];
}

function annotatedRules(definitions: Definitions): Rule[] {
  const tables = (definitions.drgElement ?? []).map((element) => element.decisionLogic);
  return tables.flatMap((table) => (table?.annotation?.length ? (table.rule ?? []) : []));
}

/** Show annotations where the editor looks for them. */
export function intoDescriptions(definitions: Definitions): void {
  for (const rule of annotatedRules(definitions)) {
    const text = rule.annotationEntry?.[0]?.text;
    if (text && !rule.description) rule.description = text;
  }
}

/** Do something while descriptions stand in the annotations, as they must in the file. */
export async function withAnnotations<T>(definitions: Definitions, act: () => Promise<T>): Promise<T> {
  const rules = annotatedRules(definitions);
  const shown = rules.map((rule) => rule.description);
  for (const rule of rules) {
    const [first, ...others] = rule.annotationEntry ?? [];
    const entry = first ?? rule.$model.create("dmn:RuleAnnotation", {});
    entry.text = rule.description ?? "";
    rule.annotationEntry = [entry, ...others];
    delete rule.description;
  }
  try {
    return await act();
  } finally {
    rules.forEach((rule, index) => {
      const description = shown[index];
      if (description !== undefined) rule.description = description;
    });
  }
}
