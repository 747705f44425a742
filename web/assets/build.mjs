// Bundles the islands. One entry per kind of page, so that a page loads only what it uses.
import { existsSync, readFileSync } from "node:fs";
import { build } from "esbuild";

const entries = ["viewer", "modeler", "decisions", "forms", "staff", "replay", "citizen", "progress", "live", "once"];

// The libraries' sheets carry their icon font inside them, twice; the content policy allows fonts as files only.
const fontAsFile = {
  name: "font-as-file",
  setup({ onResolve, resolve }) {
    onResolve({ filter: /-embedded\.css$/ }, ({ path, kind, importer, resolveDir }) =>
      resolve(path.replace("-embedded.css", ".css"), { kind, importer, resolveDir }),
    );
  },
};

// form-js has no translations: its words are put into Dutch as it is bundled. A word that a next version no longer has, ends the build.
const words = JSON.parse(readFileSync(new URL("ts/form-words.json", import.meta.url), "utf8"));
const unseen = new Set(Object.keys(words));
const dutchForms = {
  name: "dutch-forms",
  setup({ onLoad, onEnd }) {
    // Only where a text is made, never where one is compared or asked for.
    const texts = /(: | = |\|\| |\breturn |\btranslate\(|_PATH, )(["'])([^"'\n]+)\2/g;
    onLoad({ filter: /@bpmn-io\/form-js-(editor|viewer)\/dist\/index\.es\.js$/ }, ({ path }) => ({
      contents: readFileSync(path, "utf8").replace(texts, (whole, before, quote, text) => {
        if (!(text in words)) return whole;
        unseen.delete(text);
        return `${before}${quote}${words[text]}${quote}`;
      }),
    }));
    onEnd(() => (unseen.size ? { errors: [{ text: `form-js no longer says: ${[...unseen].join(", ")}` }] } : {}));
  },
};

await build({
  absWorkingDir: new URL("../..", import.meta.url).pathname,
  // An island without a library has no style of its own: its page's css is in web/assets/css.
  entryPoints: entries.flatMap((name) => [`ts`, `css`].map((kind) => `web/assets/ts/${name}.${kind}`)).filter((file) => existsSync(new URL(`../../${file}`, import.meta.url))),
  outdir: "web/assets/dist",
  entryNames: "[name]",
  assetNames: "fonts/[name]-[hash]",
  bundle: true,
  plugins: [fontAsFile, dutchForms],
  minify: true,
  format: "iife",
  target: "es2022",
  // Fonts stay files: the content policy allows no data: fonts.
  loader: { ".woff2": "file", ".woff": "file", ".ttf": "file", ".eot": "file", ".svg": "file" },
  legalComments: "linked",
  logLevel: "warning",
});
