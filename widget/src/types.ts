/** The shapes that cross the wire; the server's side is lotse.answering.answer. */

export const OUTCOMES = [
  "answered", "refined", "sources", "explained", "choices", "refused", "handed_over", "check", "smalltalk",
  "forgotten", "error",
] as const;
export type Outcome = (typeof OUTCOMES)[number];
export type Verdict = "allowed" | "depends" | "not_allowed" | "info";
export type Certainty = "high" | "medium" | "low";
export type Rating = "up" | "down";

export interface Norm {
  label: string;
  url: string | null;
}

export interface Citation {
  n: number;
  passage: string;
  title: string;
  section: string | null;
  publisher: string | null;
  url: string | null;
  asOf: string;
  excerpt: string;
  norms: Norm[];
  note: string | null;
}

export interface Point {
  text: string;
  cites: number[];
  house: boolean;
  language: string;
  status: string | null;
  title: string | null;
}

export interface FollowUp {
  label: string;
  payload: string;
}

export interface Contact {
  label: string;
  purpose: string;
  email: string | null;
  phone: string | null;
  url: string | null;
}

export interface Office {
  id: string;
  label: string;
  email: string | null;
  /** Whether the server can deliver to it; else the person copies or mails the text. */
  deliverable: boolean;
}

/** The draft of a question for an office. */
export interface Handover {
  question: string;
  subject: string;
  offices: Office[];
}

/** A question on its way to an office, as the person has seen it and agreed to it. */
export interface Handing {
  id: string;
  office: string;
  question: string;
  name: string | null;
}

/** One answer, after reading it with suspicion: every field is there and of its type. */
export interface Guidance {
  answerId: string;
  outcome: Outcome;
  language: string;
  topic: string | null;
  title: string | null;
  verdict: Verdict | null;
  verdictLabel: string | null;
  short: string;
  shortCites: number[];
  points: Point[];
  citations: Citation[];
  followUps: FollowUp[];
  contacts: Contact[];
  handover: Handover | null;
  addressed: string | null;
  notice: string | null;
  /** The turn failed, and the same message may be sent again. */
  retry: boolean;
  why: { recognised: string | null; certainty: Certainty; alternatives: string[] };
}

export interface AssistantItem {
  from: "assistant";
  id: string;
  at: string;
  guidance: Guidance;
}

export interface UserItem {
  from: "user";
  id: string;
  at: string;
  text: string;
}

export type Item = AssistantItem | UserItem;

export interface Session {
  token: string;
  expiresAt: string;
  language: string;
  greeting: Item[];
  maxCharacters: number;
}

/** What a person sends: words of their own, or a choice that was offered. */
export type Message = { text: string } | { payload: string; label: string };
