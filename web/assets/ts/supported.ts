/** The editor offers what the engine runs. Publishing refuses the rest anyway; here nobody is led to it. */
import { type PanelGroup, withRepetition } from "./repetition";

interface PropertiesPanel {
  registerProvider(priority: number, provider: { getGroups(element: object): (groups: PanelGroup[]) => PanelGroup[] }): void;
}
interface PopupMenu {
  registerProvider(menu: string, priority: number, provider: { getPopupMenuEntries(): (entries: Entries) => Entries }): void;
}
type Entries = Record<string, object>;

const GROUPS = new Set([
  "Zeebe__ExecutionListeners",
  "Zeebe__TaskListeners",
  "additionalDataGroup",
  "adHocSubProcessImplementation",
  "outputCollection",
  "Zeebe__JobPriority",
  "businessId",
]);
const MENUS = ["bpmn-replace", "bpmn-append", "bpmn-create"];
const REFUSED = /complex-gateway/;
// After every other provider has said what it offers.
const LAST = 100;

class SupportedOnly {
  static $inject = ["propertiesPanel", "popupMenu"];

  constructor(panel: PropertiesPanel, menu: PopupMenu) {
    panel.registerProvider(LAST, this);
    for (const name of MENUS) menu.registerProvider(name, LAST, this);
  }

  getGroups(element: object): (groups: PanelGroup[]) => PanelGroup[] {
    return (groups) => withRepetition(element, groups.filter((group) => !GROUPS.has(group.id)));
  }

  getPopupMenuEntries(): (entries: Entries) => Entries {
    return (entries) => Object.fromEntries(Object.entries(entries).filter(([name]) => !REFUSED.test(name)));
  }
}

export const supportedOnly = { __init__: ["supportedOnly"], supportedOnly: ["type", SupportedOnly] };
