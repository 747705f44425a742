/** What we use of libraries that bring no types of their own. */
declare module "dmn-js/lib/Modeler" {
  export default class Modeler {
    constructor(options: object);
    on(event: string, callback: (event: never) => void): void;
    importXML(xml: string, options?: { open: boolean }): Promise<unknown>;
    getDefinitions(): unknown;
    getViews(): unknown[];
    open(view: unknown): Promise<unknown>;
    saveXML(options: { format: boolean }): Promise<{ xml: string }>;
  }
}
declare module "*.css";
