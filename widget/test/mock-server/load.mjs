/** Runs a TypeScript module of the tests in plain Node. */

import * as esbuild from "esbuild";
import { mkdtemp, rm } from "node:fs/promises";
import { pathToFileURL } from "node:url";

export async function load(path) {
  const folder = await mkdtemp(new URL("../../node_modules/.mock-", import.meta.url).pathname);
  const outfile = `${folder}/module.mjs`;
  await esbuild.build({
    entryPoints: [path], outfile, bundle: true, platform: "node", format: "esm", packages: "external",
    define: { "import.meta.url": JSON.stringify(pathToFileURL(path).href) },
  });
  try {
    return await import(pathToFileURL(outfile).href);
  } finally {
    await rm(folder, { recursive: true });
  }
}
