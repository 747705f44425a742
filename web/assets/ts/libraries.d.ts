/** What we use of libraries that bring no types of their own. */
declare module "dmn-js/lib/Modeler" {
  export default class Modeler {
    constructor(options: object);
    on(event: string, callback: (event: never) => void): void;
    importXML(xml: string, options?: { open: boolean }): Promise<unknown>;
    getDefinitions(): unknown;
    getViews(): unknown[];
    getActiveViewer(): { get(name: string): unknown };
    open(view: unknown): Promise<unknown>;
    saveXML(options: { format: boolean }): Promise<{ xml: string }>;
  }
}
declare module "*.css";
declare module "@bpmn-io/properties-panel" {
  export const Group: unknown;
  export function CheckboxEntry(props: object): unknown;
  export function FeelEntry(props: object): unknown;
  export function TextFieldEntry(props: object): unknown;
  export function isCheckboxEntryEdited(node: unknown): boolean;
  export function isFeelEntryEdited(node: unknown): boolean;
  export function isTextFieldEntryEdited(node: unknown): boolean;
}
declare module "bpmn-js-properties-panel" {
  export function useService(name: string): unknown;
}
