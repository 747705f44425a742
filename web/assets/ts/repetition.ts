/**
 * What the properties panel lacks of what the engine runs: a loop's condition and limits, how often a step is done, and whether the
 * steps of an ad-hoc part go one by one. The values are FEEL where the standard asks for an expression.
 */
import { CheckboxEntry, FeelEntry, Group, isCheckboxEntryEdited, isFeelEntryEdited, isTextFieldEntryEdited, TextFieldEntry } from "@bpmn-io/properties-panel";
import { useService } from "bpmn-js-properties-panel";

interface Moddle {
  $type: string;
  get(name: string): unknown;
}
interface Shape {
  businessObject: Moddle;
}
interface Entry {
  id: string;
  component: (props: { element: Shape }) => unknown;
  isEdited: (node: unknown) => boolean;
}
export interface PanelGroup {
  id: string;
  entries?: Entry[];
}
interface Services {
  commandStack: { execute(command: string, context: object): void };
  bpmnFactory: { create(type: string, attributes: object): Moddle };
  debounceInput: unknown;
}

const service = <Name extends keyof Services>(name: Name): Services[Name] => useService(name) as Services[Name];

function repeats(element: Shape, type: string): Moddle | undefined {
  const found = element.businessObject.get("loopCharacteristics") as Moddle | undefined;
  return found?.$type === type ? found : undefined;
}

/** Changes properties of something that belongs to an element, so that it can be undone. */
function useChange(element: Shape, changed: Moddle): (properties: object) => void {
  const commands = service("commandStack");
  return (properties) => commands.execute("element.updateModdleProperties", { element, moddleElement: changed, properties });
}

/** A FEEL expression that is an element of its own in the file. */
function expression(id: string, label: string, owner: (element: Shape) => Moddle, name: string): Entry {
  const component = ({ element }: { element: Shape }): unknown => {
    const change = useChange(element, owner(element));
    const factory = service("bpmnFactory");
    return FeelEntry({
      element,
      id,
      label,
      feel: "required",
      debounce: service("debounceInput"),
      getValue: () => (owner(element).get(name) as Moddle | undefined)?.get("body"),
      setValue: (body: string | undefined) => change({ [name]: body ? factory.create("bpmn:FormalExpression", { body }) : undefined }),
    });
  };
  return { id, component, isEdited: isFeelEntryEdited };
}

function check(id: string, label: string, owner: (element: Shape) => Moddle, name: string, [off, on]: [unknown, unknown]): Entry {
  const component = ({ element }: { element: Shape }): unknown => {
    const change = useChange(element, owner(element));
    return CheckboxEntry({
      element,
      id,
      label,
      getValue: () => owner(element).get(name) === on,
      setValue: (value: boolean) => change({ [name]: value ? on : off }),
    });
  };
  return { id, component, isEdited: isCheckboxEntryEdited };
}

const loopOf = (element: Shape): Moddle => element.businessObject.get("loopCharacteristics") as Moddle;

const maximum: Entry = {
  id: "loopMaximum",
  isEdited: isTextFieldEntryEdited,
  component: ({ element }) => {
    const change = useChange(element, loopOf(element));
    return TextFieldEntry({
      element,
      id: "loopMaximum",
      label: "Hoogstens zo vaak",
      debounce: service("debounceInput"),
      getValue: () => String(loopOf(element).get("loopMaximum") ?? ""),
      setValue: (value: string | undefined) => change({ loopMaximum: value ? Number(value) : undefined }),
      validate: (value: string | undefined) => (!value || /^[1-9]\d{0,4}$/.test(value) ? undefined : "Vul een getal in, bijvoorbeeld 5."),
    });
  },
};

const LOOP = [
  expression("loopCondition", "Opnieuw zolang", loopOf, "loopCondition"),
  maximum,
  check("testBefore", "Ook voor de eerste keer nagaan", loopOf, "testBefore", [false, true]),
];
const CARDINALITY = expression("loopCardinality", "Of: aantal keer", loopOf, "loopCardinality");
const ORDERING = check("ordering", "Een stap tegelijk", (element) => element.businessObject, "ordering", ["Parallel", "Sequential"]);

/** The groups of an element with ours among them. */
export function withRepetition(element: object, groups: PanelGroup[]): PanelGroup[] {
  const shape = element as Shape;
  const found = [...groups];
  if (repeats(shape, "bpmn:StandardLoopCharacteristics")) found.push(made("standardLoop", "Lus", LOOP));
  if (shape.businessObject.$type === "bpmn:AdHocSubProcess") found.push(made("adHocOrder", "Volgorde", [ORDERING]));
  const many = found.find((group) => group.id === "multiInstance");
  if (many && repeats(shape, "bpmn:MultiInstanceLoopCharacteristics")) many.entries = [...(many.entries ?? []), CARDINALITY];
  return found;
}

function made(id: string, label: string, entries: Entry[]): PanelGroup & { label: string; component: unknown } {
  return { id, label, entries, component: Group };
}
