import { readFileSync, readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import german from "../../labels/de.json" with { type: "json" };

const FOLDER = new URL("../../src/", import.meta.url);
const sources = readdirSync(FOLDER).filter((name) => name.endsWith(".ts") && name !== "api-types.ts")
  .map((name) => readFileSync(new URL(name, FOLDER), "utf8")).join("\n");

/** Names in quotes, and templates such as `status_${status}` as patterns. */
const named = new Set([...sources.matchAll(/"([a-z_]+)"/g)].map(([, name]) => name));
const patterns = [...sources.matchAll(/`([a-z_]+\$\{\w+\}[a-z_]*|\$\{\w+\}[a-z_]+)`/g)].map(([, template]) => new RegExp(`^${template!.replace(/\$\{\w+\}/g, "[a-z_]+")}$`));

describe("the sources", () => {
  it("use every label", () => {
    expect(Object.keys(german).filter((key) => !named.has(key) && !patterns.some((pattern) => pattern.test(key)))).toEqual([]);
  });
});
