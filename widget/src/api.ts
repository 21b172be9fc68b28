/** Client of the HTTP interface below /chat. One function per call; every failure is a Problem with a kind. */

import type { FeedbackRequest, HandoverRequest, MessageRequest, Questions, SessionRequest } from "./api-types.js";
import { readItems, readQuestions, readSession } from "./parse-guidance.js";
import type { HandoverSubmission, Item, Message, Rating, Session } from "./types.js";

export type ProblemKind = "offline" | "timeout" | "expired" | "rate_limited" | "invalid" | "unavailable" | "failed";

/** A failed call. `sentence` is the server's explanation, if it gave one. */
export class Problem extends Error {
  constructor(readonly kind: ProblemKind, readonly sentence: string | null = null) {
    super(sentence ?? kind);
  }
}

const TIMEOUT_MS = 45_000;
const KINDS: Record<number, ProblemKind> = { 401: "expired", 429: "rate_limited", 422: "invalid", 503: "unavailable" };

interface Call {
  method?: "GET" | "POST" | "DELETE";
  token?: string;
  body?: unknown;
}

export class Api {
  /** @param base address of the channel, with a slash at its end. */
  constructor(readonly base: string, private readonly timeout = TIMEOUT_MS) {}

  async begin(language: string): Promise<Session> {
    const answer = await this.call("session", { method: "POST", body: { language } satisfies Record<keyof SessionRequest, string> });
    try {
      return readSession(answer, language);
    } catch {
      throw new Problem("failed");
    }
  }

  /** @param id idempotency key: a message with the same id is answered once, however often it is sent. */
  async ask(session: Session, id: string, message: Message): Promise<Item[]> {
    const said = "text" in message ? { text: message.text } : { payload: message.payload };
    const answer = await this.call("messages", { method: "POST", token: session.token, body: { id, ...said } satisfies MessageRequest });
    const items = readItems((answer as { messages?: unknown } | null)?.messages, session.language);
    if (!items.length) throw new Problem("failed");
    return items;
  }

  async history(session: Session): Promise<Item[]> {
    const answer = await this.call("history", { token: session.token });
    return readItems((answer as { messages?: unknown } | null)?.messages, session.language);
  }

  async erase(session: Session): Promise<void> {
    await this.call("session", { method: "DELETE", token: session.token });
  }

  async rate(session: Session, answerId: string, rating: Rating, comment: string | null): Promise<void> {
    await this.call("feedback", { method: "POST", token: session.token, body: { answer_id: answerId, rating, comment } satisfies FeedbackRequest });
  }

  async handOver(session: Session, submission: HandoverSubmission): Promise<void> {
    await this.call("handover", { method: "POST", token: session.token, body: { ...submission, consent: true } satisfies HandoverRequest });
  }

  async wording(language: string): Promise<unknown> {
    return this.call(`wording?language=${encodeURIComponent(language)}`, {});
  }

  async questions(language: string): Promise<Questions> {
    return readQuestions(await this.call(`questions?language=${encodeURIComponent(language)}`, {}));
  }

  private async call(path: string, { method = "GET", token, body }: Call): Promise<unknown> {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), this.timeout);
    const headers: Record<string, string> = { Accept: "application/json" };
    if (token) headers["Authorization"] = `Bearer ${token}`;
    if (body !== undefined) headers["Content-Type"] = "application/json";
    try {
      // Cookies go to the page's own origin only (the default of fetch): a login at the proxy needs its own.
      const response = await fetch(this.base + path, {
        method, headers, referrerPolicy: "no-referrer", signal: abort.signal,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const answer: unknown = response.status === 204 ? null : await response.json().catch(() => null);
      if (response.ok) return answer;
      const error = (answer as { error?: { message?: unknown } } | null)?.error;
      throw new Problem(KINDS[response.status] ?? "failed", typeof error?.message === "string" ? error.message : null);
    } catch (error) {
      if (error instanceof Problem) throw error;
      throw new Problem(abort.signal.aborted ? "timeout" : "offline");
    } finally {
      clearTimeout(timer);
    }
  }
}
