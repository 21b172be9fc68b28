/** <lotse-chat>: the conversation, in a dialog or as a whole page. */

import { LitElement, html, nothing } from "lit";
import type { PropertyValues, TemplateResult } from "lit";
import type { AnswerEvents } from "./answer.js";
import { Api } from "./api.js";
import { copyText } from "./clipboard.js";
import { composer } from "./composer.js";
import { confirmation } from "./confirmation.js";
import type { Question } from "./confirmation.js";
import { Conversation } from "./conversation.js";
import type { Trouble } from "./conversation.js";
import { downloadTranscript } from "./download.js";
import { dots, entries, start } from "./entries.js";
import type { SubmitHandover } from "./handover.js";
import { header } from "./header.js";
import { keepKeys } from "./keys.js";
import type { LabelKey, Labels } from "./labels.js";
import { announce } from "./live-region.js";
import { Memory } from "./memory.js";
import { menu } from "./menu.js";
import { printAlone } from "./print.js";
import { suggestions } from "./suggestions.js";
import { icons } from "./icons.js";
import { scrollToAnswer, scrollToNewest } from "./scroll.js";
import { styleSheet } from "./style-sheet.js";
import styles from "./styles/chat.css";
import tokens from "./styles/tokens.css";
import { takeTextSize } from "./text-size.js";
import { followTheme } from "./theme.js";
import { followViewport } from "./viewport.js";
import { errorBanner, errorSentence } from "./error-banner.js";
import type { AssistantItem, Message } from "./types.js";
import { formatDate } from "./typography.js";

const SLOW_MS = 8_000;
const SAID_MS = 8_000;

export class LotseChat extends LitElement {
  static override styles = [styleSheet(tokens), styleSheet(styles)];
  static override properties = {
    base: {},
    language: {},
    theme: { attribute: "data-theme" },
    closable: { type: Boolean },
    draft: { state: true },
    error: { state: true },
    said: { state: true },
    slow: { state: true },
    menuOpen: { state: true },
    question: { state: true },
    unfolded: { state: true },
    printing: { state: true },
    away: { state: true },
    typing: { state: true },
    large: { attribute: false },
  };

  declare base: string;
  declare language: string;
  declare theme: string | null;
  declare closable: boolean;
  protected declare draft: string;
  private declare error: string;
  private declare said: string;
  private declare slow: boolean;
  private declare menuOpen: boolean;
  private declare question: Question | null;
  private declare unfolded: boolean;
  /** What `unfolded` was before printing. */
  private wasUnfolded = false;
  private declare printing: string | null;
  /** Whether the newest entry is below what is in view. */
  private declare away: boolean;
  /** Whether the draft is being typed, so that questions are suggested. */
  private declare typing: boolean;
  /** Whether the dialog around the chat is as large as it can be. */
  declare large: boolean;
  private conversation!: Conversation;
  private known: Trouble | null = null;
  private starting = false;
  private memory!: Memory;
  private opened: Promise<void> | undefined;
  private stopViewport = (): void => undefined;
  private stopTheme = (): void => undefined;
  private slowTimer: ReturnType<typeof setTimeout> | undefined;
  private saidTimer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.base = "";
    this.language = "de";
    this.theme = null;
    this.closable = false;
    this.draft = this.error = this.said = "";
    this.slow = this.menuOpen = this.unfolded = this.away = this.typing = this.large = false;
    this.question = this.printing = null;
    // In a dialog the launcher does this, which needs the keys itself.
    keepKeys(this, () => !this.closable);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.memory ??= new Memory(this.base);
    this.draft ||= this.memory.draft;
    this.conversation ??= new Conversation(
      new Api(this.base),
      this.memory,
      {
        changed: () => this.changed(),
        answered: (items) => void this.answered(items),
        told: (sentence) => void this.say(sentence),
      },
      this.language,
    );
    takeTextSize(this);
    this.stopTheme = followTheme(this, () => this.theme);
    addEventListener("online", this.online);
    addEventListener("beforeprint", this.beforePrint);
    addEventListener("afterprint", this.afterPrint);
    if (!this.closable) this.stopViewport = followViewport(this);
    this.opened = this.conversation.open().then(() => {
      if (this.conversation.asked || this.conversation.trouble) void this.toEnd();
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stopTheme();
    this.stopViewport();
    removeEventListener("online", this.online);
    removeEventListener("beforeprint", this.beforePrint);
    removeEventListener("afterprint", this.afterPrint);
  }

  /**
   * Where the focus goes first: the question field, as soon as there is one; before that, and on touch screens, the
   * heading, so that no on-screen keyboard covers the greeting.
   */
  focusStart(): void {
    this.starting = !matchMedia("(pointer: coarse)").matches;
    void this.updateComplete.then(() => {
      this.find(".title")?.focus();
      this.focusField();
    });
  }

  /** What is done each time that the dialog opens. */
  show(): void {
    this.focusStart();
    if (this.conversation.asked) void this.toEnd();
  }

  /** Ask a question for the page around the chat. While another one waits, it stays in the field. */
  async ask(text: string): Promise<void> {
    this.draft = text;
    await this.opened;
    if (this.conversation.phase === "ready") this.submit();
  }

  private focusField(): void {
    const field = this.starting && this.find("textarea.question");
    if (!field) return;
    this.starting = false;
    // If the person has moved the focus meanwhile, it stays there.
    if (this.find(".title:focus")) field.focus();
  }

  protected override willUpdate(): void {
    if (this.lang !== this.conversation.language) this.lang = this.conversation.language;
  }

  protected override updated(changed: PropertyValues): void {
    this.focusField();
    if (changed.has("draft")) this.memory.draft = this.draft;
    if (changed.has("question") && this.question) this.find<HTMLDialogElement>("dialog.confirm")?.showModal();
  }

  private get label(): Labels {
    return this.conversation.labels();
  }

  private find<E extends HTMLElement = HTMLElement>(selector: string): E | null {
    return this.renderRoot.querySelector<E>(selector);
  }

  protected override render(): TemplateResult {
    const { conversation, label, base, unfolded, printing, submitHandover, choose } = this;
    const { phase } = conversation;
    const shown = { conversation, base, level: this.closable ? 3 : 2, unfolded, printing, submitHandover, choose };
    return html`<div class="chat ${this.printing ? "print-one" : ""}" @keydown=${this.keydown} @click=${this.clicked}>
      ${header({
        labels: label, closable: this.closable, languages: conversation.otherLanguages, waiting: conversation.waiting, menuOpen: this.menuOpen,
        setLanguage: (language) => {
          this.said = "";
          void conversation.setLanguage(language);
        },
        toggleMenu: () => (this.menuOpen = !this.menuOpen),
        close: () => this.dispatchEvent(new CustomEvent("lotse-close")),
        large: this.large,
        enlarge: () => this.dispatchEvent(new CustomEvent("lotse-large")),
        menu: menu({
          open: this.menuOpen, labels: label, language: conversation.language, base, unfolded,
          ready: phase === "ready", empty: !conversation.items.length, act: (action) => this.act(action),
        }),
      })}
      <p class="paper">${formatDate(new Date().toISOString(), conversation.language)}, ${base}</p>
      <div class="transcript" role="region" tabindex="0" aria-label=${label("transcript")} aria-busy=${conversation.waiting} @scroll=${this.scrolled}
        @answer-copy=${this.copy} @answer-print=${this.printOne} @answer-rate=${this.rate}>
        ${phase === "opening" ? html`<p class="state">${dots}${label("loading")}</p>` : nothing}
        ${phase === "erased" && !conversation.erasing ? this.erased() : nothing}
        ${conversation.items.length || conversation.pending ? entries(shown) : nothing}
        ${phase === "ready" && !conversation.asked ? start(shown) : nothing}
        ${conversation.trouble
          ? errorBanner({ trouble: conversation.trouble, phase, labels: label, base, retry: this.retry, discard: this.discard })
          : nothing}
      </div>
      <div class="foot">
        ${this.away ? html`<button type="button" class="secondary newest" @click=${() => this.toEnd()}>${icons.chevron}${label("newest")}</button>` : nothing}
        <p class="status ${conversation.trouble ? "hidden" : ""}" role="status">${this.statusText()}</p>
        ${phase === "ready"
          ? composer({
              labels: label, draft: this.draft, error: this.error, waiting: conversation.waiting, maxCharacters: conversation.maxCharacters,
              status: conversation.status, suggested: this.typing ? suggestions(this.draft, conversation.questions?.questions ?? []) : [],
              submit: this.submit, typed: this.typed, recall: this.recall, choose: (text) => this.suggest(text), dropStatus: this.dropStatus,
            })
          : nothing}
      </div>
      <div class="hidden" role="log" aria-live="polite" aria-atomic="false" aria-label=${label("assistant")}></div>
      ${this.question
        ? confirmation(this.question, label, () => (this.question = null), this.confirmed)
        : nothing}
    </div>`;
  }

  private statusText(): string {
    const { conversation, label } = this;
    if (conversation.trouble) return errorSentence(conversation.trouble, conversation.phase, label);
    if (conversation.waiting) return this.said || label(this.slow ? "waiting_long" : "waiting");
    return this.said;
  }

  private erased(): TemplateResult {
    const { label } = this;
    return html`<div class="state erased">
      <p tabindex="-1">${label("erased")}</p>
      <button type="button" class="primary" @click=${() => void this.conversation.open().then(() => this.focusStart())}>${label("begin")}</button>
    </div>`;
  }

  private act(action: LabelKey): void {
    const { conversation, label } = this;
    switch (action) {
      case "restart":
      case "erase":
        this.closeMenu(true);
        this.question = action;
        return;
      case "download":
        downloadTranscript(conversation.items, label, conversation.language);
        break;
      case "unfold":
      case "fold":
        this.unfolded = !this.unfolded;
        break;
      case "print_all":
        printAlone();
        break;
      case "status_beamte":
      case "status_tarif":
      case "status_azubi":
        void conversation.tellStatus(action.slice("status_".length) as "beamte" | "tarif" | "azubi");
        this.closeMenu(false);
        this.focusStart();
        return;
    }
    this.closeMenu(true);
  }

  private closeMenu(focus: boolean): void {
    this.menuOpen = false;
    if (focus) this.find(".menu-button")?.focus();
  }

  private confirmed = async (): Promise<void> => {
    const { question } = this;
    if (!question) return;
    this.find<HTMLDialogElement>("dialog.confirm")?.close();
    this.menuOpen = false;
    this.find("[role=log]")?.replaceChildren();
    this.said = "";
    const { conversation } = this;
    if (question === "restart") {
      if (await conversation.restart()) this.focusStart();
      return;
    }
    if (await conversation.erase()) {
      this.draft = "";
      await this.updateComplete;
      this.find(".erased p")?.focus();
    }
  };

  private send(message: Message): void {
    const { conversation } = this;
    if (conversation.waiting) {
      void this.say(this.label("busy"));
      return;
    }
    this.error = "";
    this.typing = false;
    void conversation.send(message);
    void this.toEnd();
  }

  private choose = (message: Message): void => {
    // The buttons disappear when the answer arrives; the focus must be moved before.
    this.find(matchMedia("(pointer: coarse)").matches ? ".transcript" : "textarea.question")?.focus();
    this.send(message);
  };

  private submit = (event?: Event): void => {
    event?.preventDefault();
    const { conversation, label } = this;
    const text = this.draft.trim();
    this.find("textarea.question")?.focus();
    if (!text) this.error = label("empty");
    else if (text.length > conversation.maxCharacters) this.error = label("too_long", { limit: conversation.maxCharacters });
    else {
      const free = !conversation.waiting;
      this.send({ text });
      if (free) this.draft = "";
    }
  };

  private typed = (event: Event): void => {
    this.draft = (event.target as HTMLTextAreaElement).value;
    this.error = "";
    this.typing = true;
  };

  private recall = (): void => {
    for (const item of this.conversation.items) if (item.from === "user") this.draft = item.text;
  };

  private suggest(text: string): void {
    this.draft = text;
    this.submit();
  }

  private scrolled = (): void => {
    const last = this.find(".entries > :last-child:not(.waiting)");
    this.away = !!last && last.getBoundingClientRect().top > this.find(".foot")!.getBoundingClientRect().top;
  };

  private keydown = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || this.question || !(this.menuOpen || this.typing)) return;
    event.preventDefault();
    event.stopPropagation();
    if (this.menuOpen) this.closeMenu(true);
    else {
      this.typing = false;
      this.find("textarea.question")?.focus();
    }
  };

  /** A click beside the menu closes it. */
  private clicked = (event: Event): void => {
    const path = event.composedPath();
    if (this.menuOpen && !path.includes(this.find(".menu")!) && !path.includes(this.find(".menu-button")!)) this.closeMenu(false);
  };

  private retry = (): void => {
    this.find("textarea.question")?.focus();
    void this.conversation.retry().then(() => this.toEnd());
  };

  private discard = (): void => {
    // A message that was not sent is put back into the field.
    const { pending } = this.conversation;
    if (pending && "text" in pending.message && !this.draft) this.draft = pending.message.text;
    this.conversation.discard();
    this.focusStart();
  };

  private dropStatus = (): void => {
    this.conversation.status = null;
    this.requestUpdate();
    this.focusStart();
  };

  private online = (): void => {
    const { trouble } = this.conversation;
    if (trouble?.problem.kind !== "offline") return;
    void this.say(this.label("online"));
    void this.conversation.retry();
  };

  private beforePrint = (): void => {
    this.wasUnfolded = this.unfolded;
    this.unfolded = true;
    // print() reads the page at once, before the next frame.
    this.performUpdate();
    for (const answer of this.renderRoot.querySelectorAll<LitElement & { performUpdate(): void }>("lotse-answer")) answer.performUpdate();
  };

  private afterPrint = (): void => {
    this.unfolded = this.wasUnfolded;
    this.printing = null;
  };

  private copy = async ({ detail }: CustomEvent<AnswerEvents["copy"]>): Promise<void> => {
    const copied = await copyText(detail.text, this.renderRoot as ShadowRoot);
    await this.say(this.label(copied ? detail.said : "copy_failed"));
  };

  private printOne = async ({ detail }: CustomEvent<AnswerEvents["print"]>): Promise<void> => {
    this.printing = detail;
    await this.updateComplete;
    printAlone();
  };

  private rate = ({ detail }: CustomEvent<AnswerEvents["rate"]>): void => {
    void this.conversation.rate(detail.guidance, detail.rating, detail.comment);
  };

  private submitHandover: SubmitHandover = (submission) => this.conversation.handOver(submission);

  private changed(): void {
    const { waiting, trouble } = this.conversation;
    clearTimeout(this.slowTimer);
    if (waiting) {
      this.said = "";
      this.slowTimer = setTimeout(() => (this.slow = true), SLOW_MS);
    } else this.slow = false;
    this.requestUpdate();
    if (trouble && trouble !== this.known) void this.toEnd();
    this.known = trouble;
  }

  private async answered(items: readonly AssistantItem[]): Promise<void> {
    const { conversation } = this;
    this.dispatchEvent(new CustomEvent("lotse-answered"));
    await this.updateComplete;
    announce(this.find("[role=log]")!, items, (language) => conversation.labels(language));
    scrollToAnswer(this.find(".transcript")!, conversation.items.length - items.length);
  }

  /** Announce a sentence in the status line; a repeated sentence is announced again. */
  private async say(sentence: string): Promise<void> {
    clearTimeout(this.saidTimer);
    this.said = "";
    await this.updateComplete;
    this.said = sentence;
    this.saidTimer = setTimeout(() => (this.said = ""), SAID_MS);
  }

  private async toEnd(): Promise<void> {
    await this.updateComplete;
    scrollToNewest(this.find(".transcript")!);
  }
}
