/** Bundles the widget into the Python package. `node build.mjs --check` only compares a new build with the committed file. */

import { readFile, writeFile } from "node:fs/promises";
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import * as esbuild from "esbuild";
import { minify } from "rolldown/utils";
import ts from "typescript";

const TARGET = new URL("../src/lotse/channels/web/static/", import.meta.url);
const LIMIT = 28 * 1024;
const BROWSERS = ["chrome111", "edge111", "firefox115", "safari16.4"];
// Shown before the server has answered: the launcher, and what to say when it does not answer at all.
const CORE = ["title", "language_name", "launcher", "close", "loading", "start_failed", "retry_start", "guide", "transcript", "assistant", "menu", "answered"];

const json = async (path) => JSON.parse(await readFile(new URL(path, import.meta.url), "utf8"));

/** Removes line breaks and indentation inside `html` templates, which browsers collapse anyway. */
function folded(source, path) {
  const cuts = [];
  const visit = (node) => {
    if (ts.isTaggedTemplateExpression(node) && node.tag.getText() === "html") {
      const { template } = node;
      const parts = ts.isNoSubstitutionTemplateLiteral(template) ? [template] : [template.head, ...template.templateSpans.map(({ literal }) => literal)];
      cuts.push(...parts.map((part) => [part.getStart(), part.end]));
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, source, ts.ScriptTarget.Latest, true));
  // From the end, so that earlier places stay where they are.
  for (const [start, end] of cuts.sort((one, other) => other[0] - one[0])) {
    source = source.slice(0, start) + source.slice(start, end).replace(/>\s*\n\s*</g, "><").replace(/\s*\n\s*/g, " ") + source.slice(end);
  }
  return source;
}

/** Multiples of `--u` are written short in the bundle; `src/style-sheet.ts` writes them out. */
const shortened = (css) => css.replace(/calc\(var\(--u\) \* (-?[\d.]+)\)/g, "$1u");

/** Style sheets become minified strings, the core labels a small table. */
const sources = {
  name: "lotse",
  setup(build) {
    build.onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { code } = await esbuild.transform(await readFile(path, "utf8"), { loader: "css", minify: true, target: BROWSERS });
      return { contents: shortened(code.trim()), loader: "text" };
    });
    build.onLoad({ filter: /\/src\/\w+\.ts$/ }, async ({ path }) => ({ contents: folded(await readFile(path, "utf8"), path), loader: "ts" }));
    build.onResolve({ filter: /^lotse:core-labels$/ }, () => ({ path: "core-labels", namespace: "lotse" }));
    build.onLoad({ filter: /.*/, namespace: "lotse" }, async () => {
      const table = {};
      for (const language of ["de", "en"]) {
        const labels = await json(`labels/${language}.json`);
        table[language] = Object.fromEntries(CORE.map((key) => [key, labels[key]]));
      }
      return { contents: JSON.stringify(table), loader: "json" };
    });
  },
};

async function bundle() {
  const result = await esbuild.build({
    absWorkingDir: new URL(".", import.meta.url).pathname,
    entryPoints: ["src/main.ts"],
    bundle: true,
    minify: true,
    format: "iife",
    target: BROWSERS,
    charset: "utf8",
    // A second tag must not load Lit at all, because its Trusted Types policy can be created only once.
    banner: { js: 'if(!customElements.get("lotse-chat")){' },
    footer: { js: "}else Lotse.mount()" },
    legalComments: "external",
    conditions: ["production"],
    outfile: "widget.js",
    write: false,
    plugins: [sources],
  });
  const bundled = result.outputFiles.find(({ path }) => path.endsWith("widget.js")).text;
  // Oxc's minifier makes the file smaller again than esbuild's alone.
  const { code, errors } = await minify("widget.js", bundled, { module: false, compress: { target: BROWSERS }, mangle: { toplevel: false } });
  if (errors.length) throw new Error(errors.map(({ message }) => message).join("\n"));
  return { script: Buffer.from(code), legal: await legal() };
}

/** The packages in the bundle and their licences. */
async function legal() {
  const parts = [
    "widget.js of the Social-Media-Lotse, Apache-2.0. It contains:",
    ...(await Promise.all(
      ["lit", "lit-html", "lit-element", "@lit/reactive-element"].map(async (name) => {
        const { version, license } = await json(`node_modules/${name}/package.json`);
        return `- ${name} ${version} (${license})`;
      }),
    )),
    await readFile(new URL("node_modules/lit/LICENSE", import.meta.url), "utf8"),
  ];
  return parts.join("\n") + "\n";
}

const { script, legal: licences } = await bundle();
const integrity = `sha384-${createHash("sha384").update(script).digest("base64")}\n`;
const files = { "widget.js": Buffer.from(script), "widget.js.LEGAL.txt": Buffer.from(licences), "widget.js.sri": Buffer.from(integrity) };
const size = gzipSync(script, { level: 9 }).length;

console.log(`widget.js: ${script.length} bytes, ${size} gzipped (limit ${LIMIT})`);
if (size > LIMIT) {
  console.error("The widget is too big. Find what grew, or drop something.");
  process.exit(1);
}
if (process.argv.includes("--check")) {
  for (const [name, content] of Object.entries(files)) {
    const committed = await readFile(new URL(name, TARGET)).catch(() => Buffer.alloc(0));
    if (!committed.equals(content)) {
      console.error(`${name} is not what the sources make. Run "npm run build" in widget/ and commit the result.`);
      process.exit(1);
    }
  }
  console.log("The committed files are what the sources make.");
} else {
  for (const [name, content] of Object.entries(files)) await writeFile(new URL(name, TARGET), content);
}
