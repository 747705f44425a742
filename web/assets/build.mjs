// Bundles the islands. One entry per kind of page, so that a page loads only what it uses.
import { existsSync } from "node:fs";
import { build } from "esbuild";

const entries = ["viewer", "modeler", "decisions", "forms", "staff", "replay", "citizen", "progress", "live"];

// The libraries' sheets carry their icon font inside them, twice; the content policy allows fonts as files only.
const fontAsFile = {
  name: "font-as-file",
  setup({ onResolve, resolve }) {
    onResolve({ filter: /-embedded\.css$/ }, ({ path, kind, importer, resolveDir }) =>
      resolve(path.replace("-embedded.css", ".css"), { kind, importer, resolveDir }),
    );
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
  plugins: [fontAsFile],
  minify: true,
  format: "iife",
  target: "es2022",
  // Fonts stay files: the content policy allows no data: fonts.
  loader: { ".woff2": "file", ".woff": "file", ".ttf": "file", ".eot": "file", ".svg": "file" },
  legalComments: "linked",
  logLevel: "warning",
});
