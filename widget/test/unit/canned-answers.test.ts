import { describe, expect, it } from "vitest";
import { answerText } from "../../src/plain-text.js";
import { readGuidance } from "../../src/parse-guidance.js";
import { formatDate } from "../../src/typography.js";
import { de, en, payloads } from "./helpers.js";

/** Parts of a text between empty lines, without blanks at the ends of lines. */
const blocks = (text: string): string[] => text.split("\n\n").map((block) => block.replace(/ +$/gm, ""));
/** The line of a list of sources that carries a number, with the addresses below it. */
const source = (text: string, heading: string, n: number): string =>
  (blocks(text).find((block) => block.startsWith(`${heading}:\n`) || block.startsWith("[")) ?? "").split(/\n(?=\[)/).find((entry) => /^(\[\d+\])+/.exec(entry)?.[0].includes(`[${n}]`)) ?? "";

/** `text` is what the server renders for every other channel (lotse.operations.widget_inputs). */
describe.each(Object.entries(payloads))("the answer “%s” says here what it says elsewhere", (_, { text, guidance: raw }) => {
  const guidance = readGuidance(raw, "de");
  const labels = guidance.language === "en" ? en : de;
  const here = answerText(guidance, labels);

  it("in its gist and every point, with status, title and numbers", () => {
    const lead = blocks(text).find((block) => block.includes(guidance.short));
    expect(blocks(here)).toContain(lead);
    // Help, what was assumed, title and verdict, short answer, steps: the same down to the points.
    const opening = (whole: string): string[] => blocks(whole).slice(0, blocks(whole).indexOf(lead!) + (guidance.steps.length ? 2 : 1));
    if (guidance.outcome === "answered" || guidance.outcome === "refined") expect(opening(here)).toEqual(opening(text));
    const points = (whole: string): string[] => blocks(whole).filter((block) => block.startsWith("- ")).slice(0, guidance.points.length);
    expect(points(here)).toHaveLength(guidance.points.length);
    expect(points(here)).toEqual(points(text));
    for (const notice of guidance.notice?.split("\n\n") ?? []) for (const whole of [here, text]) expect(blocks(whole)).toContain(notice);
  });

  it("in its sources", () => {
    for (const citation of guidance.citations) {
      const [ours, theirs] = [here, text].map((whole) => source(whole, labels("sources"), citation.n));
      const { title, section, url, norms } = citation;
      const addresses = [url, ...norms.map((norm) => norm.url)];
      for (const part of [title, section, ...norms.map(({ label }) => label), ...addresses]) {
        expect(ours).toContain(part ?? "");
        expect(theirs).toContain(part ?? "");
      }
      // The same day: written out here in English, as ISO 8601 has it elsewhere.
      expect(ours).toContain(formatDate(citation.as_of, guidance.language));
      expect(theirs).toContain(guidance.language === "de" ? formatDate(citation.as_of, "de") : citation.as_of);
    }
  });

  it("in its choices and contacts", () => {
    const [, listed] = text.split(`${labels("follow_ups")}`);
    expect([...(listed ?? "").matchAll(/^\d+\) (.+)$/gm)].map(([, label]) => label)).toEqual(guidance.follow_ups.map(({ label }) => label));
    for (const { label } of guidance.contacts) {
      expect(here).toContain(label);
      expect(text).toContain(label);
    }
  });
});
