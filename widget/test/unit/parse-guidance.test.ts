import { describe, expect, it } from "vitest";
import { readGuidance, readItems, readSession } from "../../src/parse-guidance.js";
import { answerOutcomeValues } from "../../src/api-types.js";
import { payloads } from "./helpers.js";

describe("reading what the server sends", () => {
  it("keeps everything of every real payload", () => {
    for (const { guidance: raw } of Object.values(payloads)) {
      const read = readGuidance(raw, "xx");
      expect(read).toEqual(raw);
    }
  });

  it("has a canned payload for every outcome", () => {
    expect(new Set(Object.values(payloads).map(({ guidance }) => guidance.outcome))).toEqual(new Set(answerOutcomeValues));
  });

  it.each([null, undefined, 7, "x", [], { points: "x", citations: { n: 1 }, follow_ups: [null, 3, {}], why: [], verdict: "maybe", language: "<b>" }])(
    "makes an empty answer of %j instead of failing",
    (rubbish) => {
      expect(readGuidance(rubbish, "de")).toMatchObject({ outcome: "smalltalk", language: "de", verdict: null, follow_ups: [], short: "" });
    },
  );

  it("leaves out the entries of a list that cannot be read and keeps the others", () => {
    const [first, second] = payloads.answered.guidance.points;
    const read = readGuidance({ ...payloads.answered.guidance, points: [first, null, { text: 7 }, { ...second, level: "castle", cites: [1, "x", 2.5] }] }, "de");
    expect(read.points).toEqual([first, { ...second, level: "guide", cites: [1] }]);
  });

  it.each([5, "x", {}, { lines: [] }, { text: "" }])("gives no help without a sentence: %j", (help) => {
    expect(readGuidance({ ...payloads.need.guidance, help }, "de").help).toBeNull();
  });

  it("keeps what can be read of help, steps and the certainty of a point", () => {
    const { help, points } = payloads.need.guidance;
    const read = readGuidance({
      ...payloads.need.guidance, help: { ...help, lines: [help!.lines[0], null, { phone: "1" }], offices: 7 },
      steps: [{ text: "Tun Sie das.", cites: ["x", 1] }, { cites: [] }], points: [{ ...points[0], certainty: "maybe" }],
    }, "de");
    expect(read.help).toEqual({ ...help, lines: [help!.lines[0]], offices: [] });
    expect(read.steps).toEqual([{ text: "Tun Sie das.", cites: [1] }]);
    expect(read.points[0]!.certainty).toBe("settled");
  });

  it.each([5, "x", {}, { offices: "x" }, { offices: [{ id: 1 }] }])("hands nothing over without an office: %j", (handover) => {
    expect(readGuidance({ ...payloads.handed_over.guidance, handover }, "de").handover).toBeNull();
  });

  it("reads what an older server sends, without the fields it does not know yet", () => {
    const { retry: _, handover: __, why: ___, help: ____, assumed: _____, steps: ______, points_at_once: _______, ...older } = payloads.answered.guidance;
    const read = readGuidance(older, "de");
    expect(read).toMatchObject({ retry: false, handover: null, why: { certainty: "low", alternatives: [] } });
    expect(read).toMatchObject({ help: null, assumed: null, steps: [], points_at_once: null });
  });

  it("shows the plain text of a message without payload, and invents an id for a nameless one", () => {
    const [item] = readItems([{ from: "assistant", at: "", text: "Nur Text" }], "de");
    expect(item).toMatchObject({ from: "assistant", id: "nameless-0", guidance: { short: "Nur Text", language: "de" } });
  });

  it("refuses a session without a token", () => {
    expect(() => readSession({ language: "de" }, "de")).toThrow();
    expect(readSession({ token: "t" }, "en")).toEqual({ token: "t", expires_at: "", language: "en", messages: [], limits: { max_characters: 1000 } });
  });
});
