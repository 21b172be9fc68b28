/** Parses and validates the server's JSON. A field of a wrong type becomes empty, so that no response can break the page. */

import { answerOutcomeValues, answerVerdictAnyOf0Values, pointCertaintyValues, pointLevelValues, whyCertaintyValues } from "./api-types.js";
import type { Answer, AssistantItem, Questions, Session } from "./api-types.js";
import type { Item, Verdict } from "./types.js";

const DEFAULT_MAX_CHARACTERS = 1000;

// The generated type of the list contains null.
const VERDICTS = answerVerdictAnyOf0Values as readonly Verdict[];

/** Reads a value of one type; undefined if it is of another. */
type Reader<T> = (value: unknown) => T | undefined;
type Read<R> = R extends (value: unknown) => infer T ? Exclude<T, undefined> : never;

const when = <T>(valid: (value: unknown) => unknown): Reader<T> => (value) => (valid(value) ? (value as T) : undefined);
const or = <T, F>(reader: Reader<T>, otherwise: F) => (value: unknown): T | F => reader(value) ?? otherwise;
/** One of the listed values. */
const one = <T>(values: readonly T[]) => when<T>((value) => values.includes(value as T));
/** The valid entries of a list; the others are left out. */
const list = <T>(entry: Reader<T>) => (value: unknown): T[] =>
  (Array.isArray(value) ? value : []).flatMap((part) => {
    const read = entry(part);
    return read === undefined ? [] : [read];
  });
/** An object; undefined if one of its fields is. Any other value has no fields. */
const object = <F extends Record<string, Reader<unknown>>>(fields: F) => (value: unknown): { [K in keyof F]: Read<F[K]> } | undefined => {
  const read = Object.entries(fields).map(([name, reader]) => [name, reader(Object(value)[name])] as const);
  return read.some(([, part]) => part === undefined) ? undefined : (Object.fromEntries(read) as { [K in keyof F]: Read<F[K]> });
};

const string = when<string>((value) => typeof value === "string");
const filled = when<string>((value) => typeof value === "string" && value);
const text = or(string, "");
const optional = or(filled, null);
const language = or(when<string>((value) => typeof value === "string" && /^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(value)), "");
const integer = when<number>(Number.isInteger);
const yes = or(one([true]), false);

const NUMBERS = list(integer);
const TEXTS = list(filled);
const NORM = object({ label: filled, url: optional, as_of: optional });
const CITATION = object({
  n: integer, passage: text, title: text, section: optional, publisher: optional, url: optional, as_of: text,
  excerpt: text, norms: list(NORM), remark: optional,
});
const POINT = object({
  text: filled, cites: NUMBERS, level: or(one(pointLevelValues), "guide" as const), language, status: optional, title: optional,
  certainty: or(one(pointCertaintyValues), "settled" as const),
});
const STEP = object({ text: filled, cites: NUMBERS });
const FOLLOW_UP = object({ label: filled, payload: filled });
const CONTACT = object({ label: filled, purpose: text, note: optional, email: optional, phone: optional, url: optional });
const DOCUMENT = object({ label: filled, url: filled });
const HELP_LINE = object({ label: filled, purpose: text, phone: optional, other_phones: TEXTS, url: optional, hours: optional });
const HELP = object({ kind: text, text: filled, lines: list(HELP_LINE), offices: list(CONTACT) });
const OFFICE = object({ id: filled, label: filled, email: optional, deliverable: yes, mailto: text });
const DRAFT = object({ question: text, subject: text, offices: list(OFFICE) });
const HANDOVER: typeof DRAFT = (value) => {
  const draft = DRAFT(value);
  return draft?.offices.length ? draft : undefined;
};
const WHY = object({
  recognised: optional,
  certainty: or(one(whyCertaintyValues), "low" as const),
  probability: or(when<number>(Number.isFinite), 0),
  alternatives: TEXTS,
});
const ANSWER = object({
  type: or(one(["guidance"] as const), "guidance" as const),
  answer_id: text,
  // An unknown outcome is shown like small talk: its text only.
  outcome: or(one(answerOutcomeValues), "smalltalk" as const),
  language,
  topic: optional,
  title: optional,
  verdict: or(one(VERDICTS), null),
  verdict_label: optional,
  help: or(HELP, null),
  assumed: optional,
  short: text,
  short_cites: NUMBERS,
  steps: list(STEP),
  points: list(POINT),
  points_at_once: or(integer, null),
  citations: list(CITATION),
  follow_ups: list(FOLLOW_UP),
  contacts: list(CONTACT),
  handover: or(HANDOVER, null),
  documents: list(DOCUMENT),
  addressed: optional,
  notice: optional,
  question: optional,
  retry: yes,
  why: WHY,
});
const ITEM = object({ from: or(one(["assistant", "user"] as const), "assistant" as const), id: text, at: text, text });
const SESSION = object({
  token: filled, expires_at: text, language, limits: object({ max_characters: or(integer, DEFAULT_MAX_CHARACTERS) }),
});
const TOPIC = object({ label: filled, question: filled });
const QUESTIONS = object({ groups: list(object({ title: filled, topics: list(TOPIC) })), questions: TEXTS });

/** One answer. @param otherwise its language if it names none. */
export function readGuidance(value: unknown, otherwise: string): Answer {
  // Every field has a fallback.
  const answer = ANSWER(value)!;
  const spoken = answer.language || otherwise;
  return { ...answer, language: spoken, points: answer.points.map((point) => ({ ...point, language: point.language || spoken })) };
}

/** The messages of a conversation. An answer without a payload shows its plain text. */
export function readItems(value: unknown, otherwise: string): Item[] {
  return (Array.isArray(value) ? value : []).map((given: unknown, index): Item => {
    const { from, ...said } = ITEM(given)!;
    const common = { ...said, id: said.id || `nameless-${index}` };
    if (from === "user") return { from, ...common };
    const guidance = readGuidance(Object(given).guidance, otherwise);
    return { from, ...common, guidance: guidance.short ? guidance : { ...guidance, short: common.text } };
  });
}

/** A new session. @throws Error if it has no token, because no question can be asked without one. */
export function readSession(value: unknown, otherwise: string): Session {
  const session = SESSION(value);
  if (!session) throw new Error("no token");
  const spoken = session.language || otherwise;
  const said = readItems(Object(value).messages, spoken).filter((item): item is AssistantItem => item.from === "assistant");
  return { ...session, language: spoken, messages: said };
}

/** What can be asked; empty where the server sends something else. */
export const readQuestions = (value: unknown): Questions => QUESTIONS(value)!;
