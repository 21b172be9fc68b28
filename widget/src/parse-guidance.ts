/** Parses and validates the server's JSON. A field of a wrong type becomes empty, so that no response can break the page. */

import * as v from "valibot";
import { answerOutcomeValues, answerVerdictAnyOf0Values, pointCertaintyValues, pointLevelValues, whyCertaintyValues } from "./api-types.js";
import type { Answer, AssistantItem, Session } from "./api-types.js";
import type { Item, Verdict } from "./types.js";

const DEFAULT_MAX_CHARACTERS = 1000;

// The generated type of the list contains null.
const VERDICTS = answerVerdictAnyOf0Values as readonly Verdict[];

const string = v.custom<string>((value) => typeof value === "string");
const filled = v.custom<string>((value) => typeof value === "string" && value !== "");
const integer = v.custom<number>(Number.isInteger);
/** One of the listed values. */
const one = <T>(values: readonly T[]) => v.custom<T>((value) => (values as readonly unknown[]).includes(value));

const text = v.fallback(string, "");
const optional = v.fallback(v.nullable(filled), null);
const language = v.fallback(v.custom<string>((value) => typeof value === "string" && /^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(value)), "");

/** The valid entries of a list; the others are left out. */
const list = <T>(entry: v.GenericSchema<unknown, T>) =>
  v.fallback(v.pipe(v.unknown(), v.transform((entries) => (Array.isArray(entries) ? entries : []).flatMap((value) => {
    const read = v.safeParse(entry, value);
    return read.success ? [read.output] : [];
  }))), []);
/** An object whose fields all have a fallback; any other value becomes the object with all fallbacks. */
const record = <E extends v.ObjectEntries>(entries: E) => {
  const object = v.pipe(v.unknown(), v.transform((value) => (typeof value === "object" && value !== null ? value : {})), v.object(entries));
  return v.optional(object, {});
};

const NUMBERS = list(integer);
const NORM = v.object({ label: filled, url: optional, as_of: optional });
const CITATION = v.object({
  n: integer, passage: text, title: text, section: optional, publisher: optional, url: optional, as_of: text,
  excerpt: text, norms: list(NORM), remark: optional,
});
const POINT = v.object({
  text: filled, cites: NUMBERS, level: v.fallback(one(pointLevelValues), "guide"), language, status: optional, title: optional,
  certainty: v.fallback(one(pointCertaintyValues), "settled"),
});
const STEP = v.object({ text: filled, cites: NUMBERS });
const FOLLOW_UP = v.object({ label: filled, payload: filled });
const CONTACT = v.object({ label: filled, purpose: text, note: optional, email: optional, phone: optional, url: optional });
const HELP_LINE = v.object({ label: filled, purpose: text, phone: optional, other_phones: list(filled), url: optional, hours: optional });
const HELP = v.object({ kind: text, text: filled, lines: list(HELP_LINE), offices: list(CONTACT) });
const OFFICE = v.object({ id: filled, label: filled, email: optional, deliverable: v.fallback(one([false, true]), false), mailto: text });
const HANDOVER = v.pipe(
  v.object({ question: text, subject: text, offices: list(OFFICE) }), v.check(({ offices }) => offices.length > 0),
);
const ANSWER = record({
  type: v.fallback(one(["guidance"] as const), "guidance"),
  answer_id: text,
  // An unknown outcome is shown like small talk: its text only.
  outcome: v.fallback(one(answerOutcomeValues), "smalltalk"),
  language,
  topic: optional,
  title: optional,
  verdict: v.fallback(v.nullable(one(VERDICTS)), null),
  verdict_label: optional,
  help: v.fallback(v.nullable(HELP), null),
  assumed: optional,
  short: text,
  short_cites: NUMBERS,
  steps: list(STEP),
  points: list(POINT),
  points_at_once: v.fallback(v.nullable(integer), null),
  citations: list(CITATION),
  follow_ups: list(FOLLOW_UP),
  contacts: list(CONTACT),
  handover: v.fallback(v.nullable(HANDOVER), null),
  addressed: optional,
  notice: optional,
  retry: v.fallback(one([false, true]), false),
  why: record({
    recognised: optional,
    certainty: v.fallback(one(whyCertaintyValues), "low"),
    probability: v.fallback(v.custom<number>(Number.isFinite), 0),
    alternatives: list(filled),
  }),
});
const ITEM = record({ from: v.fallback(one(["assistant", "user"] as const), "assistant"), id: text, at: text, text, guidance: v.optional(v.unknown()) });
const SESSION = v.object({
  token: filled, expires_at: text, language, messages: v.optional(v.unknown()),
  limits: record({ max_characters: v.fallback(integer, DEFAULT_MAX_CHARACTERS) }),
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
