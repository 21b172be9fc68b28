/** The web chat says the same as plain text does: the answers of tests/snapshots, which Python writes and compares. */

import { readFileSync, readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { answerText } from "../../src/plain-text.js";
import { readGuidance } from "../../src/parse-guidance.js";
import { de, en } from "./helpers.js";

interface Shown {
  payload: { language: string; steps: unknown[]; points: unknown[]; points_at_once: number | null; short: string };
  text: string[];
}

const folder = new URL("../../../tests/snapshots/topics/", import.meta.url);

/** Answers that are kept with their whole text. */
const shown = (file: string): Shown[] =>
  Object.values(JSON.parse(readFileSync(new URL(file, folder), "utf8")) as Record<string, Partial<Shown>>)
    .filter((answer): answer is Shown => Array.isArray(answer.text));

describe("every answer of a topic", () => {
  it.each(readdirSync(folder))("%s", (file) => {
    const answers = shown(file);
    expect(answers.length).toBeGreaterThanOrEqual(6);
    for (const { payload, text } of answers) {
      const lines = answerText(readGuidance(payload, "de"), payload.language === "en" ? en : de).split("\n");
      // Plain text leaves out the points that are to be asked for; here all are in a fold.
      const number = payload.steps.length + (payload.points_at_once ?? payload.points.length);
      const items = text.filter((line) => line.startsWith("- ")).slice(0, number);
      expect(items).toHaveLength(number);
      // Steps, and points with status, title, certainty, statement and the numbers of their sources.
      expect(lines.filter((line) => line.startsWith("- ")).slice(0, number)).toEqual(items);
      expect(lines.join("\n")).toContain(payload.short);
    }
  });
});
