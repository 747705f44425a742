/** The editor offers what the engine runs. Publishing refuses the rest anyway; here nobody is led to it. */

interface Group {
  id: string;
}
interface PropertiesPanel {
  registerProvider(priority: number, provider: { getGroups(element: object): (groups: Group[]) => Group[] }): void;
}
interface Palette {
  registerProvider(priority: number, provider: { getPaletteEntries(): (entries: Record<string, object>) => Record<string, object> }): void;
}

const GROUPS = new Set([
  "multiInstance",
  "Zeebe__ExecutionListeners",
  "Zeebe__TaskListeners",
  "additionalDataGroup",
  "Zeebe__JobPriority",
  "businessId",
]);
const ENTRIES = ["create.data-object", "create.data-store"];
// After every other provider has said what it offers.
const LAST = 100;

class SupportedOnly {
  static $inject = ["propertiesPanel", "palette"];

  constructor(panel: PropertiesPanel, palette: Palette) {
    panel.registerProvider(LAST, this);
    palette.registerProvider(LAST, this);
  }

  getGroups(): (groups: Group[]) => Group[] {
    return (groups) => groups.filter((group) => !GROUPS.has(group.id));
  }

  getPaletteEntries(): (entries: Record<string, object>) => Record<string, object> {
    return (entries) => Object.fromEntries(Object.entries(entries).filter(([name]) => !ENTRIES.includes(name)));
  }
}

export const supportedOnly = { __init__: ["supportedOnly"], supportedOnly: ["type", SupportedOnly] };
