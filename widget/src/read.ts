/** Turns the server's JSON into typed values. Nothing that fails here can break the page: a wrong field becomes empty. */

import { OUTCOMES } from "./types.js";
import type { Certainty, Citation, Contact, FollowUp, Guidance, Handover, Item, Norm, Outcome, Point, Session, Verdict } from "./types.js";

type Loose = Record<string, unknown>;

const VERDICTS: readonly Verdict[] = ["allowed", "depends", "not_allowed", "info"];
const CERTAINTIES: readonly Certainty[] = ["high", "medium", "low"];
const LANGUAGE = /^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/;
const DEFAULT_MAX_CHARACTERS = 1000;

const record = (value: unknown): Loose => (typeof value === "object" && value !== null ? (value as Loose) : {});
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const text = (value: unknown): string => (typeof value === "string" ? value : "");
const optional = (value: unknown): string | null => text(value) || null;
const strings = (value: unknown): string[] => list(value).map(text).filter(Boolean);
const numbers = (value: unknown): number[] => list(value).filter((entry): entry is number => Number.isInteger(entry));
const oneOf = <T extends string>(value: unknown, allowed: readonly T[]): T | null =>
  allowed.find((entry) => entry === value) ?? null;
const language = (value: unknown, otherwise: string): string => (LANGUAGE.test(text(value)) ? text(value) : otherwise);

function norm(value: unknown): Norm {
  const data = record(value);
  return { label: text(data["label"]), url: optional(data["url"]) };
}

function citation(value: unknown): Citation {
  const data = record(value);
  return {
    n: numbers([data["n"]])[0] ?? 0,
    passage: text(data["passage"]),
    title: text(data["title"]),
    section: optional(data["section"]),
    publisher: optional(data["publisher"]),
    url: optional(data["url"]),
    asOf: text(data["as_of"]),
    excerpt: text(data["excerpt"]),
    norms: list(data["norms"]).map(norm).filter((entry) => entry.label),
    note: optional(data["note"]),
  };
}

function point(value: unknown, otherwise: string): Point {
  const data = record(value);
  return {
    text: text(data["text"]),
    cites: numbers(data["cites"]),
    house: data["level"] === "house",
    language: language(data["language"], otherwise),
    status: optional(data["status"]),
    title: optional(data["title"]),
  };
}

function followUp(value: unknown): FollowUp {
  const data = record(value);
  return { label: text(data["label"]), payload: text(data["payload"]) };
}

function contact(value: unknown): Contact {
  const data = record(value);
  return {
    label: text(data["label"]),
    purpose: text(data["purpose"]),
    email: optional(data["email"]),
    phone: optional(data["phone"]),
    url: optional(data["url"]),
  };
}

function handover(value: unknown): Handover | null {
  const data = record(value);
  const offices = list(data["offices"]).map(record)
    .map((entry) => ({ id: text(entry["id"]), label: text(entry["label"]), email: optional(entry["email"]), deliverable: entry["deliverable"] === true }))
    .filter(({ id, label }) => id && label);
  return offices.length ? { question: text(data["question"]), subject: text(data["subject"]), offices } : null;
}

/** One answer. An outcome this widget does not know is shown like small talk: its words, without trimmings. */
export function readGuidance(value: unknown, otherwise: string): Guidance {
  const data = record(value);
  const why = record(data["why"]);
  const spoken = language(data["language"], otherwise);
  return {
    answerId: text(data["answer_id"]),
    outcome: oneOf<Outcome>(data["outcome"], OUTCOMES) ?? "smalltalk",
    language: spoken,
    topic: optional(data["topic"]),
    title: optional(data["title"]),
    verdict: oneOf(data["verdict"], VERDICTS),
    verdictLabel: optional(data["verdict_label"]),
    short: text(data["short"]),
    shortCites: numbers(data["short_cites"]),
    points: list(data["points"]).map((entry) => point(entry, spoken)).filter((entry) => entry.text),
    citations: list(data["citations"]).map(citation),
    followUps: list(data["follow_ups"]).map(followUp).filter((entry) => entry.label && entry.payload),
    contacts: list(data["contacts"]).map(contact).filter((entry) => entry.label),
    handover: handover(data["handover"]),
    addressed: optional(data["addressed"]),
    notice: optional(data["notice"]),
    retry: data["retry"] === true,
    why: {
      recognised: optional(why["recognised"]),
      certainty: oneOf(why["certainty"], CERTAINTIES) ?? "low",
      alternatives: strings(why["alternatives"]),
    },
  };
}

/** The messages of a conversation. An answer without a payload (a plain text) still shows its words. */
export function readItems(value: unknown, otherwise: string): Item[] {
  return list(value).map((entry, index): Item => {
    const data = record(entry);
    const common = { id: text(data["id"]) || `nameless-${index}`, at: text(data["at"]) };
    if (data["from"] === "user") return { from: "user", ...common, text: text(data["text"]) };
    const guidance = readGuidance(data["guidance"], otherwise);
    return { from: "assistant", ...common, guidance: guidance.short ? guidance : { ...guidance, short: text(data["text"]) } };
  });
}

/** A new session. @throws Error if it has no token: nothing can be asked then. */
export function readSession(value: unknown, otherwise: string): Session {
  const data = record(value);
  const token = text(data["token"]);
  if (!token) throw new Error("The session has no token.");
  const spoken = language(data["language"], otherwise);
  return {
    token,
    expiresAt: text(data["expires_at"]),
    language: spoken,
    greeting: readItems(data["messages"], spoken),
    maxCharacters: numbers([record(data["limits"])["max_characters"]])[0] ?? DEFAULT_MAX_CHARACTERS,
  };
}
