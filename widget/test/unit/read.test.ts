import { describe, expect, it } from "vitest";
import { readGuidance, readItems, readSession } from "../../src/read.js";
import { OUTCOMES } from "../../src/types.js";
import { payloads } from "./helpers.js";

describe("reading what the server sends", () => {
  it("keeps everything of every real payload", () => {
    for (const { guidance: raw } of Object.values(payloads)) {
      const read = readGuidance(raw, "xx");
      expect(read).toMatchObject({ outcome: raw.outcome, language: raw.language, short: raw.short, verdict: raw.verdict, title: raw.title });
      expect(read.points.map(({ text, cites }) => ({ text, cites }))).toEqual(raw.points.map(({ text, cites }) => ({ text, cites })));
      expect(read.citations.map(({ asOf }) => asOf)).toEqual(raw.citations.map((citation) => citation.as_of));
      expect(read.followUps).toEqual(raw.follow_ups);
      expect(read.contacts).toEqual(raw.contacts);
      const { handover } = raw as { handover?: { question: string; subject: string; offices: Record<string, unknown>[] } };
      expect(read.handover).toEqual(handover ? { ...handover, offices: handover.offices.map(({ mailto: _, ...office }) => office) } : null);
    }
  });

  it("has a canned payload for every outcome", () => {
    expect(new Set(Object.values(payloads).map(({ guidance }) => guidance.outcome))).toEqual(new Set(OUTCOMES));
  });

  it.each([null, undefined, 7, "x", [], { points: "x", citations: { n: 1 }, follow_ups: [null, 3, {}], why: [], verdict: "maybe", language: "<b>" }])(
    "makes an empty answer of %j instead of failing",
    (rubbish) => {
      expect(readGuidance(rubbish, "de")).toMatchObject({ outcome: "smalltalk", language: "de", verdict: null, followUps: [], short: "" });
    },
  );

  it("shows the plain text of a message without payload, and invents an id for a nameless one", () => {
    const [item] = readItems([{ from: "assistant", at: "", text: "Nur Text" }], "de");
    expect(item).toMatchObject({ from: "assistant", id: "nameless-0", guidance: { short: "Nur Text", language: "de" } });
  });

  it("refuses a session without a token", () => {
    expect(() => readSession({ language: "de" }, "de")).toThrow();
    expect(readSession({ token: "t" }, "en")).toEqual({ token: "t", expiresAt: "", language: "en", greeting: [], maxCharacters: 1000 });
  });
});
