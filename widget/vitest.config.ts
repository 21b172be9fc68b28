import { readFileSync } from "node:fs";
import { defineConfig } from "vitest/config";

const labels = (language: string): unknown => JSON.parse(readFileSync(new URL(`labels/${language}.json`, import.meta.url), "utf8"));

/** The pure parts, without a browser. */
export default defineConfig({
  test: { include: ["test/unit/**/*.test.ts"], environment: "node" },
  plugins: [
    {
      // build.mjs makes this module for the bundle; here every label is built in.
      name: "core-labels",
      resolveId: (id) => (id === "lotse:core-labels" ? id : null),
      load: (id) => (id === "lotse:core-labels" ? `export default ${JSON.stringify({ de: labels("de"), en: labels("en") })}` : null),
    },
  ],
});
