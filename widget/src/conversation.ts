/** The state of a conversation and its transitions. Independent of the DOM, so that every rule can be tested alone. */

import { Problem } from "./api.js";
import type { Api } from "./api.js";
import { newId as randomId } from "./uuid.js";
import { LANGUAGES, labelsFrom } from "./labels.js";
import type { Labels } from "./labels.js";
import type { Memory, Pending } from "./memory.js";
import type { AssistantItem, Guidance, HandoverSubmission, Item, Message, Questions, Rating, Session, UserItem } from "./types.js";

export type Phase = "closed" | "opening" | "ready" | "unreachable" | "erased";
/** The remedy: send the same message again, or begin a new session and send it there. */
export type Remedy = "retry" | "restart";

export interface Trouble {
  problem: Problem;
  remedy: Remedy;
}

export interface Hooks {
  changed(): void;
  /** New answers arrived, to be announced and scrolled to. */
  answered(items: AssistantItem[]): void;
  /** Another event that is announced. */
  told(sentence: string): void;
}

const asText = (message: Message): string => ("text" in message ? message.text : message.label);

export class Conversation {
  phase: Phase = "closed";
  items: Item[] = [];
  pending: Pending | null = null;
  trouble: Trouble | null = null;
  waiting = false;
  erasing = false;
  rated: Record<string, Rating> = {};
  /** The status chosen before the first question; it is sent with it. */
  status: string | null = null;
  /** Length of the longest message that the server accepts. */
  maxCharacters = 1000;
  /** Null before the chat is open, and after everything was deleted until the next question. */
  private session: Session | null = null;
  private readonly tables = new Map<string, Labels>();
  private readonly asks = new Map<string, Questions>();

  constructor(
    private readonly api: Api,
    private readonly memory: Memory,
    private readonly hooks: Hooks,
    public language: string,
    private readonly newId: () => string = randomId,
    private readonly now: () => string = () => new Date().toISOString(),
  ) {}

  /** The labels of a language; the built-in ones until the server has sent them. */
  labels(language = this.language): Labels {
    return this.tables.get(language) ?? this.tables.get(this.language) ?? labelsFrom(null, language);
  }

  /** What can be asked, in the language of the labels; null until the server has sent it. */
  get questions(): Questions | null {
    return this.asks.get(this.language) ?? null;
  }

  /** The languages to switch to, with their own names. */
  get otherLanguages(): { code: string; name: string }[] {
    return LANGUAGES.filter((code) => code !== this.language)
      .map((code) => ({ code, name: labelsFrom(null, code)("language_name") }));
  }

  get asked(): boolean {
    return this.pending !== null || this.items.some((item) => item.from === "user");
  }

  /** The last answer, whose choices can still be picked. */
  get latest(): AssistantItem | null {
    const last = this.items.at(-1);
    return last?.from === "assistant" ? last : null;
  }

  /** The unanswered message, as an entry of the transcript. */
  get sending(): UserItem | null {
    const { pending } = this;
    return pending && { from: "user", id: pending.id, at: pending.at, text: asText(pending.message) };
  }

  /** Open the chat: resume this tab's session, or begin one. */
  async open(): Promise<void> {
    if (this.phase === "opening" || this.phase === "ready") return;
    this.phase = "opening";
    this.hooks.changed();
    const kept = this.memory.read();
    const language = (this.language = kept?.session.language ?? this.language);
    try {
      await this.learn(language, true);
      if (kept) await this.resume(kept.session, kept.pending, kept.rated);
      else await this.begin(language);
    } catch (error) {
      if (kept && error instanceof Problem && error.kind === "expired") return this.reopen();
      this.phase = "unreachable";
      this.trouble = { problem: error instanceof Problem ? error : new Problem("failed"), remedy: "retry" };
    }
    this.hooks.changed();
    // Another language was chosen before the greeting came.
    const chosen = this.language;
    if (this.session && chosen !== language) {
      this.language = language;
      await this.setLanguage(chosen);
    }
  }

  /** Send a message. Ignored while another one waits, so that a double click asks once; replaces one that failed. */
  async send(message: Message): Promise<void> {
    if (this.phase !== "ready" || this.waiting) return;
    const pending = { id: this.newId(), message: this.withStatus(message), at: this.now() };
    if (this.trouble?.remedy !== "restart") return this.deliver(pending);
    this.pending = pending;
    await this.retry();
  }

  /** Send the unanswered message again with the same id, so that it is answered once. */
  async retry(): Promise<void> {
    if (this.phase === "unreachable") return this.open();
    const { pending, trouble } = this;
    if (!pending || this.waiting) return;
    if (trouble?.remedy !== "restart") return this.deliver(pending);
    const text = asText(pending.message);
    this.setPending(null);
    await this.reopen();
    // A choice is valid only in the conversation that offered it; in a new one its label is sent as text.
    await this.send({ text });
  }

  discard(): void {
    if (this.waiting) return;
    this.setPending(null);
    this.trouble = null;
    this.hooks.changed();
  }

  /** Set the person's status: refines the last answer, or is kept for the first question. */
  async tellStatus(status: "beamte" | "tarif" | "azubi"): Promise<void> {
    const labels = this.labels();
    const offered = this.latest?.guidance.follow_ups.find(({ payload }) => payload.startsWith(`/refine{"status": "${status}"`));
    if (offered) return this.send(offered);
    if (this.items.some((item) => item.from === "assistant" && item.guidance.topic)) {
      return this.send({ text: labels(`status_ask_${status}`) });
    }
    this.status = labels(`status_${status}`);
    this.hooks.changed();
  }

  /** Change the language: with a new session if nothing was asked yet, otherwise with a message. */
  async setLanguage(language: string): Promise<void> {
    if (language === this.language || this.waiting) return;
    await this.learn(language);
    this.language = language;
    this.status = null;
    if (this.session) this.session = { ...this.session, language };
    this.keep();
    this.hooks.changed();
    if (this.phase !== "ready") return;
    if (this.asked) return this.send({ text: this.labels()("language_message") });
    // The greeting changes whether or not the old session can be ended: nobody has said anything in it.
    const { session } = this;
    await this.reopen();
    if (session) void this.api.erase(session).catch(() => undefined);
  }

  /** Delete this conversation and begin another. */
  async restart(): Promise<boolean> {
    return (await this.erase()) && (await this.open().then(() => this.phase === "ready"));
  }

  /** Delete everything, here and on the server. @returns whether it is deleted; nothing is reported as deleted before. */
  async erase(): Promise<boolean> {
    if (this.erasing) return false;
    this.erasing = true;
    this.hooks.changed();
    try {
      if (this.session) await this.api.erase(this.session);
    } catch (error) {
      if (!(error instanceof Problem && error.kind === "expired")) {
        this.erasing = false;
        this.hooks.told(this.labels()("erase_failed"));
        this.hooks.changed();
        return false;
      }
    }
    this.erasing = false;
    this.clear("erased");
    this.hooks.changed();
    return true;
  }

  /** @returns whether the rating arrived. */
  async rate(guidance: Guidance, rating: Rating, comment: string | null): Promise<boolean> {
    if (!this.session) return false;
    try {
      await this.api.rate(this.session, guidance.answer_id, rating, comment);
    } catch {
      this.hooks.told(this.labels(guidance.language)("rating_failed"));
      return false;
    }
    this.rated = { ...this.rated, [guidance.answer_id]: rating };
    this.keep();
    this.hooks.told(this.labels(guidance.language)(comment ? "comment_sent" : "rated"));
    this.hooks.changed();
    return true;
  }

  /** Hand a question over to a contact point. @returns why it did not arrive; null if it did. */
  async handOver(submission: HandoverSubmission): Promise<string | null> {
    try {
      await this.api.handOver(this.session!, submission);
      return null;
    } catch (error) {
      return (error as Problem).sentence ?? this.labels()("handover_failed");
    }
  }

  private async begin(language: string): Promise<void> {
    const session = await this.api.begin(language);
    await this.learnAll(session.messages);
    this.use(session);
    this.items = [...session.messages];
    this.trouble = null;
    this.phase = "ready";
    this.keep();
  }

  private async resume(session: Session, pending: Pending | null, rated: Record<string, Rating>): Promise<void> {
    await this.restore(session);
    this.use(session);
    this.rated = rated;
    this.pending = pending;
    this.trouble = null;
    this.phase = "ready";
    if (this.asked) this.hooks.told(this.labels()("restored"));
    if (pending) void this.deliver(pending, true);
  }

  /** The conversation as the server has it. The greeting is not a turn, so the server need not keep it. */
  private async restore(session: Session): Promise<void> {
    const history = await this.api.history(session);
    await this.learnAll([...session.messages, ...history]);
    const known = new Set(history.map((item) => item.id));
    this.items = [...session.messages.filter((item) => !known.has(item.id)), ...history];
  }

  private async reopen(): Promise<void> {
    this.clear("closed");
    await this.open();
  }

  private async deliver(pending: Pending, resumed = false): Promise<void> {
    this.setPending(pending);
    this.trouble = null;
    this.waiting = true;
    this.hooks.changed();
    try {
      const session = this.session ?? (await this.api.begin(this.language));
      if (this.pending !== pending) return;
      if (session !== this.session) {
        this.use(session);
        this.keep();
      }
      const answers = await this.api.ask(session, pending.id, pending.message);
      await this.learnAll(answers);
      if (this.pending !== pending) return;
      await this.take(pending, answers, resumed);
    } catch (error) {
      if (this.pending !== pending) return;
      this.waiting = false;
      const problem = error instanceof Problem ? error : new Problem("failed");
      if (problem.kind === "invalid" && "payload" in pending.message) {
        // Offered long ago and no longer valid: its label is sent as text.
        return this.deliver({ id: this.newId(), message: { text: pending.message.label }, at: pending.at });
      }
      this.trouble = { problem, remedy: problem.kind === "expired" ? "restart" : "retry" };
    }
    this.hooks.changed();
  }

  private async take(pending: Pending, answers: Item[], resumed: boolean): Promise<void> {
    const said: UserItem = { from: "user", id: pending.id, at: pending.at, text: asText(pending.message) };
    const fresh = answers.filter((item): item is AssistantItem => item.from === "assistant");
    const forgotten = fresh.some((item) => item.guidance.outcome === "forgotten");
    this.waiting = false;
    this.pending = null;
    this.status = null;
    if (forgotten) this.forget();
    // The labels speak the language of the newest answer.
    const spoken = fresh.at(-1)?.guidance.language;
    if (spoken && LANGUAGES.includes(spoken) && spoken !== this.language) {
      this.language = spoken;
      if (this.session) this.session = { ...this.session, language: spoken };
    }
    this.items = forgotten ? answers : [...this.items, said, ...answers];
    this.keep();
    // After a reload the history may already contain this turn; the server's order is the right one.
    if (resumed && this.session) await this.restore(this.session).catch(() => undefined);
    this.hooks.changed();
    this.hooks.answered(fresh);
  }

  /** The server has ended the session. The next question begins a new one, whose greeting is not shown. */
  private forget(): void {
    this.memory.forget();
    this.session = null;
    this.rated = {};
  }

  private use(session: Session): void {
    this.session = session;
    this.maxCharacters = session.limits.max_characters;
  }

  private withStatus(message: Message): Message {
    return this.status && "text" in message ? { text: `${this.status}. ${message.text}` } : message;
  }

  private async learnAll(items: readonly Item[]): Promise<void> {
    const spoken = items.flatMap((item) => (item.from === "assistant" ? [item.guidance.language] : []));
    await Promise.all([...new Set(spoken)].map((language) => this.learn(language)));
  }

  /**
   * Fetch the labels of a language once, and what can be asked in it.
   *
   * @param needed whether the chat cannot do without; otherwise the labels of the language so far are good enough.
   */
  private async learn(language: string, needed = false): Promise<void> {
    if (this.tables.has(language)) return;
    const table = await this.api.wording(language).catch((problem: unknown) => {
      if (needed) throw problem;
    });
    if (!table) return;
    this.tables.set(language, labelsFrom(table, language));
    // Nobody waits for it.
    void this.api.questions(language).then((questions) => {
      this.asks.set(language, questions);
      this.hooks.changed();
    }, () => undefined);
  }

  private setPending(pending: Pending | null): void {
    this.pending = pending;
    this.keep();
  }

  private clear(phase: Phase): void {
    this.forget();
    this.items = [];
    this.pending = null;
    this.trouble = null;
    this.waiting = false;
    this.status = null;
    this.phase = phase;
  }

  private keep(): void {
    if (this.session) this.memory.write({ session: this.session, pending: this.pending, rated: this.rated });
  }
}
