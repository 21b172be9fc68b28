import payloads from "../mock-server/payloads.json" with { type: "json" };
import german from "../../labels/de.json" with { type: "json" };
import english from "../../labels/en.json" with { type: "json" };
import { labelsFrom } from "../../src/labels.js";
import { readGuidance } from "../../src/parse-guidance.js";
import type { Guidance } from "../../src/types.js";

export const de = labelsFrom(german, "de");
export const en = labelsFrom(english, "en");
export const guidance = (name: keyof typeof payloads): Guidance => readGuidance(payloads[name].guidance, "de");
export { payloads };
