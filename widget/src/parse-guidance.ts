/** Parses and validates the server's JSON. A field of a wrong type becomes empty, so that no response can break the page. */

import * as v from "valibot";
import { answerOutcomeValues, answerVerdictAnyOf0Values, pointLevelValues, whyCertaintyValues } from "./api-types.js";
import type { Answer, AssistantItem, Session } from "./api-types.js";
import type { Item, Verdict } from "./types.js";

const DEFAULT_MAX_CHARACTERS = 1000;

// The generated type of the list contains null.
const VERDICTS = answerVerdictAnyOf0Values as readonly Verdict[];

const filled = v.pipe(v.string(), v.nonEmpty());
const text = v.fallback(v.string(), "");
const optional = v.fallback(v.nullable(filled), null);
const flag = v.fallback(v.boolean(), false);
const language = v.fallback(v.pipe(v.string(), v.regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/)), "");

/** The valid entries of a list; the others are left out. */
const list = <T>(entry: v.GenericSchema<unknown, T>) =>
  v.fallback(v.pipe(v.array(v.unknown()), v.transform((entries) => entries.flatMap((one) => {
    const read = v.safeParse(entry, one);
    return read.success ? [read.output] : [];
  }))), []);
/** An object whose fields all have a fallback; any other value becomes the object with all fallbacks. */
const record = <E extends v.ObjectEntries>(entries: E) => {
  const object = v.pipe(v.unknown(), v.transform((value) => (typeof value === "object" && value !== null ? value : {})), v.object(entries));
  return v.optional(object, {});
};

const NUMBERS = list(v.pipe(v.number(), v.integer()));
const NORM = v.object({ label: filled, url: optional, as_of: optional });
const CITATION = v.object({
  n: v.pipe(v.number(), v.integer()), passage: text, title: text, section: optional, publisher: optional, url: optional, as_of: text,
  excerpt: text, norms: list(NORM), note: optional,
});
const POINT = v.object({
  text: filled, cites: NUMBERS, level: v.fallback(v.picklist(pointLevelValues), "guide"), language, status: optional, title: optional,
});
const FOLLOW_UP = v.object({ label: filled, payload: filled });
const CONTACT = v.object({ label: filled, purpose: text, email: optional, phone: optional, url: optional });
const OFFICE = v.object({ id: filled, label: filled, email: optional, deliverable: flag, mailto: text });
const HANDOVER = v.pipe(
  v.object({ question: text, subject: text, offices: list(OFFICE) }), v.check(({ offices }) => offices.length > 0),
);
const ANSWER = record({
  type: v.fallback(v.literal("guidance"), "guidance"),
  answer_id: text,
  // An unknown outcome is shown like small talk: its text only.
  outcome: v.fallback(v.picklist(answerOutcomeValues), "smalltalk"),
  language,
  topic: optional,
  title: optional,
  verdict: v.fallback(v.nullable(v.picklist(VERDICTS)), null),
  verdict_label: optional,
  short: text,
  short_cites: NUMBERS,
  points: list(POINT),
  citations: list(CITATION),
  follow_ups: list(FOLLOW_UP),
  contacts: list(CONTACT),
  handover: v.fallback(v.nullable(HANDOVER), null),
  addressed: optional,
  notice: optional,
  retry: flag,
  why: record({
    recognised: optional,
    certainty: v.fallback(v.picklist(whyCertaintyValues), "low"),
    probability: v.fallback(v.number(), 0),
    alternatives: list(filled),
  }),
});
const ITEM = record({ from: v.fallback(v.picklist(["assistant", "user"]), "assistant"), id: text, at: text, text, guidance: v.optional(v.unknown()) });
const SESSION = v.object({
  token: filled, expires_at: text, language, messages: v.optional(v.unknown()),
  limits: record({ max_characters: v.fallback(v.pipe(v.number(), v.integer()), DEFAULT_MAX_CHARACTERS) }),
});

/** One answer. @param otherwise its language if it names none. */
export function readGuidance(value: unknown, otherwise: string): Answer {
  const answer = v.parse(ANSWER, value);
  const spoken = answer.language || otherwise;
  return { ...answer, language: spoken, points: answer.points.map((point) => ({ ...point, language: point.language || spoken })) };
}

/** The messages of a conversation. An answer without a payload shows its plain text. */
export function readItems(value: unknown, otherwise: string): Item[] {
  return v.parse(list(ITEM), value).map(({ from, guidance: given, ...said }, index): Item => {
    const common = { ...said, id: said.id || `nameless-${index}` };
    if (from === "user") return { from, ...common };
    const guidance = readGuidance(given, otherwise);
    return { from, ...common, guidance: guidance.short ? guidance : { ...guidance, short: common.text } };
  });
}

/** A new session. @throws Error if it has no token, because no question can be asked without one. */
export function readSession(value: unknown, otherwise: string): Session {
  const session = v.parse(SESSION, value);
  const spoken = session.language || otherwise;
  const said = readItems(session.messages, spoken).filter((item): item is AssistantItem => item.from === "assistant");
  return { ...session, language: spoken, messages: said };
}
