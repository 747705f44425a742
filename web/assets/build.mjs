// Bundles the islands. One entry per kind of page, so that a page loads only what it uses.
import { build } from "esbuild";

const entries = ["viewer", "modeler", "decisions", "forms"];

await build({
  absWorkingDir: new URL("../..", import.meta.url).pathname,
  entryPoints: entries.flatMap((name) => [`web/assets/ts/${name}.ts`, `web/assets/ts/${name}.css`]),
  outdir: "web/assets/dist",
  entryNames: "[name]",
  assetNames: "fonts/[name]-[hash]",
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2022",
  // Fonts stay files: the content policy allows no data: fonts.
  loader: { ".woff2": "file", ".woff": "file", ".ttf": "file", ".eot": "file", ".svg": "file" },
  legalComments: "linked",
  logLevel: "warning",
});
