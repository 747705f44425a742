/** The editor's words in Dutch; what is not here stays as the library says it. */
const WORDS: Record<string, string> = {};

/** bpmn-js asks for each text with its replacements. */
export function dutch(template: string, replacements: Record<string, string> = {}): string {
  return (WORDS[template] ?? template).replace(/{([^}]+)}/g, (whole, name: string) => replacements[name] ?? whole);
}
