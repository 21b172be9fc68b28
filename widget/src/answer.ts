/** One answer of the assistant. Everything from the server reaches the page as a text node or a checked address. */

import { LitElement, html, nothing } from "lit";
import type { PropertyValues, TemplateResult } from "lit";
import { correction } from "./choices.js";
import { citationPanel, citationMarks, sourceList } from "./citations.js";
import type { SubmitHandover } from "./handover.js";
import { icons, verdictSign } from "./icons.js";
import type { LabelKey, Labels } from "./labels.js";
import { guideAddress, mailAddress, mailDraft, phoneAddress, webAddress } from "./links.js";
import { answerText } from "./plain-text.js";
import { scrollToElement } from "./scroll.js";
import { heading, outward, section } from "./view-helpers.js";
import type { ContactLine, Guidance, Help, Message, Outcome, Point, Rating, Step } from "./types.js";
import { asLead, lastWord, typeset } from "./typography.js";

/** Outcomes with guidance, which can be copied and printed. */
const SUBSTANTIAL: ReadonlySet<Outcome> = new Set<Outcome>([
  "answered", "refined", "sources", "explained", "choices", "refused", "handed_over", "check",
]);
/** Outcomes that can be rated: a question back is none yet, nor is a check without a verdict. */
const RATED: ReadonlySet<Outcome> = new Set([...SUBSTANTIAL].filter((outcome) => outcome !== "choices"));

/** Outcomes whose points, sources and reasons are one fold below the short answer and the steps. */
const FOLDED: ReadonlySet<Outcome> = new Set<Outcome>(["answered", "refined"]);

/** Outcomes about whom to ask or which question is meant: all parts are shown open. */
const CONTACTS_OPEN: ReadonlySet<Outcome> = new Set<Outcome>(["handed_over", "refused", "choices", "error"]);

/** Why an answer did not help: parts of the names of labels. */
const REASONS = ["question", "long", "unclear", "wrong"] as const;

/** Length of the longest comment that the server accepts. */
const MAX_COMMENT = 500;

/** How many citation marks stay on one line with the last word of their statement. */
const KEPT_MARKS = 3;

/** Events for the chat: what a person does with an answer. */
export interface AnswerEvents {
  /** `said`: label of the confirmation that is announced. */
  copy: { text: string; said: LabelKey };
  print: string;
  rate: { guidance: Guidance; rating: Rating; comment: string | null };
}

/** Whether an answer is a question of a guided check: it says nothing that could be rated or explained. */
const asks = ({ outcome, verdict }: Guidance): boolean => outcome === "check" && !verdict;

export class LotseAnswer extends LitElement {
  static override properties = {
    guidance: { attribute: false },
    labels: { attribute: false },
    itemId: { attribute: false },
    base: { attribute: false },
    level: { attribute: false },
    rated: { attribute: false },
    submitHandover: { attribute: false },
    choose: { attribute: false },
    choices: { attribute: false },
    unfolded: { attribute: false },
    shown: { state: true },
    commenting: { state: true },
    reasons: { state: true },
  };

  declare guidance: Guidance;
  declare labels: Labels;
  declare itemId: string;
  declare base: string;
  declare level: number;
  declare rated: Rating | null;
  declare submitHandover: SubmitHandover;
  /** Picks a choice; null under an older answer, whose choices are no longer on offer. */
  declare choose: ((choice: Message) => void) | null;
  /** The choices, of the last answer only. */
  declare choices: TemplateResult | typeof nothing;
  /** Whether all parts are open, for printing. */
  declare unfolded: boolean;
  /** The open citation, and the part it belongs to. */
  private declare shown: { part: string; n: number } | null;
  private declare commenting: boolean;
  /** The chosen reasons, in the words on their buttons. */
  private declare reasons: readonly string[];

  constructor() {
    super();
    this.rated = this.choose = null;
    this.choices = nothing;
    this.unfolded = false;
    this.shown = null;
    this.commenting = false;
    this.reasons = [];
  }

  // Rendered into the chat's shadow root, with its style sheet; ids are unique because they contain the item's id.
  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("guidance")) return;
    if (this.guidance.language !== this.lang) this.lang = this.guidance.language;
    // If the element is reused for another answer, that one starts with all parts closed.
    this.shown = null;
    this.commenting = false;
  }

  protected override updated(changed: PropertyValues): void {
    for (const [name, part] of [["shown", ".source.panel"], ["commenting", "article > form"]] as const) {
      if (changed.has(name)) scrollToElement(this.querySelector(part), "nearest");
    }
  }

  protected override render(): TemplateResult {
    const { guidance, labels } = this;
    const { outcome, help, title, verdict, verdict_label, addressed, notice, steps, question } = guidance;
    const folded = FOLDED.has(outcome);
    const asked = question ? html`<p class="asked">${typeset(question)}</p>` : nothing;
    return html`
      <article class="answer ${outcome === "error" ? "faulty" : ""}" aria-label=${labels("assistant")}>
        ${help ? this.help(help) : nothing}
        ${guidance.assumed ? this.assumed(guidance.assumed) : nothing}
        ${title ? heading(this.level, typeset(title), "question") : nothing}
        ${verdict && verdict_label
          ? html`<p class="verdict ${verdict}">${verdictSign[verdict]}<strong><span class="hidden">${labels("verdict")}: </span>${verdict_label}</strong></p>`
          : nothing}
        ${addressed ? html`<p class="addressed">${typeset(addressed)}</p>` : nothing}
        <div class="short">
          ${outcome === "error" ? icons.alert : nothing}
          <p>${this.cited("short", guidance.short, guidance.short_cites)}</p>
          ${this.panel("short", guidance.short)}
        </div>
        ${steps.length
          ? html`<div class="steps">${heading(this.level + 1, labels("steps"), "minor")}
              <ol>${steps.map((step, index) => this.step(step, index))}</ol></div>`
          : nothing}
        ${folded ? section(labels("more"), html`${this.points()} ${this.folds()}`, this.unfolded, "more") : this.points()}
        ${CONTACTS_OPEN.has(outcome) && guidance.contacts.length
          ? html`<div class="contacts-open">
              ${outcome === "handed_over" ? nothing : heading(this.level + 1, labels("contacts"), "minor")}
              ${this.contacts(guidance.contacts)}
            </div>`
          : nothing}
        ${guidance.handover
          ? html`<lotse-handover .handover=${guidance.handover} .labels=${labels} .itemId=${this.itemId} .level=${this.level + 1}
              .submitHandover=${this.submitHandover}></lotse-handover>`
          : nothing}
        ${guidance.documents.map(({ label, url }) => {
          const address = webAddress(url, this.base);
          return address ? html`<p>${outward(address, label, labels)}</p>` : nothing;
        })}
        ${notice?.split("\n\n").map((part) => html`<p class="notice">${icons.info}<span>${typeset(part)}</span></p>`)}
        ${asked} ${folded ? nothing : html`${this.choices} ${this.folds()}`}
        ${RATED.has(outcome) && !asks(guidance) && guidance.answer_id ? this.tools() : nothing}
      </article>
      ${folded ? this.choices : nothing}
    `;
  }

  /** For a person in need: calm, before everything else. */
  private help({ text, lines, offices }: Help): TemplateResult {
    const { labels } = this;
    return html`<div class="help" role="note" aria-label=${labels("help")}>
      <p>${typeset(text)}</p>
      ${lines.length ? html`${heading(this.level, labels("help"), "minor")}
        ${this.contacts(lines.map((line) => ({ ...line, email: null, note: line.hours })))}` : nothing}
      ${offices.length ? html`${heading(this.level, labels("offices"), "minor")} ${this.contacts(offices)}` : nothing}
    </div>`;
  }

  /** What the answer took for granted, with the way to correct it beside it. */
  private assumed(sentence: string): TemplateResult {
    const { choose } = this;
    const choice = choose && correction(this.guidance);
    return html`<div class="assumed"><p>${typeset(sentence)}</p>
      ${choice ? html`<button type="button" class="secondary" @click=${() => choose(choice)}>${typeset(choice.label)}</button>` : nothing}
    </div>`;
  }

  private step({ text, cites }: Step, index: number): TemplateResult {
    const part = `s${index}`;
    return html`<li><p>${this.cited(part, text, cites)}</p>${this.panel(part, text)}</li>`;
  }

  private points(): TemplateResult | typeof nothing {
    const { points } = this.guidance;
    return points.length ? html`<ul class="points">${points.map((point, index) => this.point(point, index))}</ul>` : nothing;
  }

  private point(point: Point, index: number): TemplateResult {
    const { labels } = this;
    const part = `p${index}`;
    return html`<li lang=${point.language}>
      <p>
        ${point.level === "house" ? html`<span class="tag">${labels("house")}</span> ` : nothing}${[point.status, point.title]
          .filter((lead) => lead !== null)
          .map((lead) => html`<strong>${typeset(asLead(lead))} </strong>`)}${point.certainty === "settled"
          ? nothing
          : html`<span class="tag">${labels(`certainty_${point.certainty}`)}</span> `}${this.cited(part, point.text, point.cites)}
      </p>
      ${this.panel(part, point.text)}
    </li>`;
  }

  /** A statement with the numbers of its citations, the first of which stay with the last word. */
  private cited(part: string, text: string, cites: readonly number[]): TemplateResult {
    const known = cites.filter((n) => this.guidance.citations.some((citation) => citation.n === n));
    const set = typeset(text);
    if (!known.length) return html`${set}`;
    const [before, last] = lastWord(set);
    const marks = citationMarks(known, {
      labels: this.labels,
      panelId: this.panelId(part),
      shown: this.shown?.part === part ? this.shown.n : null,
      toggle: (n) => {
        this.shown = this.shown?.part === part && this.shown.n === n ? null : { part, n };
      },
    });
    return html`${before}<span class="kept">${last}${marks.slice(0, KEPT_MARKS)}</span>${marks.slice(KEPT_MARKS)}`;
  }

  private panel(part: string, statement: string): TemplateResult | typeof nothing {
    const { shown, guidance } = this;
    const citation = shown?.part === part ? guidance.citations.find(({ n }) => n === shown.n) : undefined;
    if (!citation) return nothing;
    const excerpt = citation.excerpt === statement ? null : citation.excerpt;
    return citationPanel(citation, excerpt, { ...this.place(), id: this.panelId(part) });
  }

  private panelId(part: string): string {
    return `source-${this.itemId}-${part}`;
  }

  private place(): { labels: Labels; base: string; language: string } {
    return { labels: this.labels, base: this.base, language: this.guidance.language };
  }

  private folds(): TemplateResult | typeof nothing {
    const { guidance, labels, unfolded } = this;
    const { citations, contacts, outcome } = guidance;
    const sources = (): TemplateResult => sourceList(citations, this.place());
    const folds = [
      citations.length && outcome !== "sources" ? section(`${labels("sources")} (${citations.length})`, sources(), unfolded) : nothing,
      contacts.length && !CONTACTS_OPEN.has(outcome)
        ? section(`${labels("contacts")} (${contacts.length})`, this.contacts(contacts), unfolded)
        : nothing,
      SUBSTANTIAL.has(outcome) && !asks(guidance) ? section(labels("why"), this.why(), unfolded, "screen-only") : nothing,
    ];
    // Asked for sources, a person gets them and nothing to open first.
    return html`${outcome === "sources" ? sources() : nothing}
      ${folds.some((fold) => fold !== nothing) ? html`<div class="folds">${folds}</div>` : nothing}`;
  }

  private why(): TemplateResult {
    const { labels } = this;
    const { recognised, certainty, alternatives } = this.guidance.why;
    return html`
      <p>${recognised ? labels("why_recognised", { question: typeset(recognised) }) : labels("why_nothing")}
        ${recognised ? labels(`why_certainty_${certainty}`) : nothing}</p>
      ${alternatives.length
        ? html`<p>${labels("why_alternatives")}</p>
            <ul>${alternatives.map((question) => html`<li>${typeset(question)}</li>`)}</ul>`
        : nothing}
      <p>${labels("why_method")}</p>
    `;
  }

  private contacts(contacts: readonly ContactLine[]): TemplateResult {
    return html`<ul class="contacts">${contacts.map((contact) => this.contact(contact))}</ul>`;
  }

  private contact(contact: ContactLine & { other_phones?: readonly string[] }): TemplateResult {
    const { labels } = this;
    const mail = mailAddress(contact.email);
    const phones = [contact.phone, ...(contact.other_phones ?? [])].filter(Boolean);
    const web = webAddress(contact.url);
    const reached = [
      ...phones.map((phone) => {
        const call = phoneAddress(phone);
        return html`<li>${labels("phone")}: ${call ? html`<a href=${call}>${phone}</a>` : phone}</li>`;
      }),
      contact.email && html`<li>${labels("email")}: ${mail ? html`<a href=${mail}>${contact.email}</a>` : contact.email}</li>`,
      contact.url && html`<li>${web ? outward(web, labels("website"), labels) : contact.url}</li>`,
    ].filter(Boolean);
    const reach = reached.length ? html`<ul class="reach">${reached}</ul>` : nothing;
    // Who needs help at once reads the number first, who looks for an office what it is for.
    const urgent = contact.other_phones;
    return html`<li>
      <strong>${contact.label}</strong> ${urgent ? reach : nothing}<span>${typeset(contact.purpose)}</span>
      ${contact.note ? html`<span class="source-note">${typeset(contact.note)}</span>` : nothing}
      ${urgent ? nothing : reach}
    </li>`;
  }

  private tools(): TemplateResult {
    const { labels, guidance, rated } = this;
    const thumb = (rating: Rating): TemplateResult => html`<button
      type="button" class="quiet" aria-pressed=${rated === rating} aria-label=${labels(`thumbs_${rating}_label`)}
      @click=${() => this.rate(rating)}
    >${icons[rating]}<span>${labels(`thumbs_${rating}`)}</span></button>`;
    return html`<div class="tools">
        <div class="thumbs" role="group" aria-label=${labels("helpful")}>
          <span aria-hidden="true">${labels("helpful")}</span>${thumb("up")}${thumb("down")}
        </div>
        <div class="take">
          <button type="button" class="quiet" title=${labels("copy")} @click=${() => this.emit("copy", { text: answerText(guidance, labels), said: "copied" })}>
            ${icons.copy}<span class="word">${labels("copy")}</span></button>
          ${this.share()}
          <button type="button" class="quiet" title=${labels("print")} @click=${() => this.emit("print", this.itemId)}>
            ${icons.print}<span class="word">${labels("print")}</span></button>
        </div>
      </div>
      ${this.commenting && rated ? this.commentForm(rated) : nothing}`;
  }

  /** Links to the passage in the guide, and to a mail with the answer in short. */
  private share(): TemplateResult | typeof nothing {
    const { labels, base, guidance: { citations, language, short, short_cites, title } } = this;
    const { passage } = citations.find(({ n }) => n === short_cites[0]) ?? citations[0] ?? {};
    if (!passage) return nothing;
    const address = guideAddress(base, passage, language);
    return html`<a class="button quiet" href=${mailDraft(null, title ?? labels("title"), `${short}\n\n${address}`)} title=${labels("mail")}
        >${icons.mail}<span class="word">${labels("mail")}</span></a>
      <a class="button quiet" href=${address} target="_blank" rel="noopener" title=${labels("read_in_guide")}
        >${icons.out}<span class="word">${labels("read_in_guide")}<span class="hidden"> (${labels("new_window")})</span></span></a>`;
  }

  private commentForm(rating: Rating): TemplateResult {
    const { labels } = this;
    const id = `comment-${this.itemId}`;
    return html`<form class="comment" @submit=${(event: SubmitEvent) => this.comment(event, rating)}>
      ${rating === "down" ? html`<div class="row" role="group" aria-label=${labels("reasons")}>${REASONS.map((name) => this.reason(labels(`reason_${name}`)))}</div>` : nothing}
      <label for=${id}>${labels("comment")}</label>
      <textarea id=${id} rows="2" maxlength=${MAX_COMMENT} aria-describedby="${id}-hint"></textarea>
      <p class="hint" id="${id}-hint">${labels("comment_hint")}</p>
      <div class="row">
        <button type="submit" class="secondary">${labels("comment_send")}</button>
        <button type="button" class="quiet" @click=${() => this.closeComment()}>${labels("comment_skip")}</button>
      </div>
    </form>`;
  }

  private reason(words: string): TemplateResult {
    const { reasons } = this;
    const chosen = reasons.includes(words);
    return html`<button type="button" class="choice" aria-pressed=${chosen}
      @click=${() => (this.reasons = chosen ? reasons.filter((other) => other !== words) : [...reasons, words])}>${words}</button>`;
  }

  private rate(rating: Rating): void {
    this.commenting = true;
    this.reasons = [];
    this.emit("rate", { guidance: this.guidance, rating, comment: null });
  }

  private comment(event: SubmitEvent, rating: Rating): void {
    event.preventDefault();
    const words = (event.target as HTMLFormElement).querySelector("textarea")!.value.trim();
    const comment = [this.reasons.join(", "), words].filter(Boolean).join(": ").slice(0, MAX_COMMENT);
    if (comment) this.emit("rate", { guidance: this.guidance, rating, comment });
    this.closeComment();
  }

  private closeComment(): void {
    this.commenting = false;
    this.querySelector<HTMLElement>('.thumbs [aria-pressed="true"]')?.focus();
  }

  private emit<K extends keyof AnswerEvents>(name: K, detail: AnswerEvents[K]): void {
    this.dispatchEvent(new CustomEvent(`answer-${name}`, { detail, bubbles: true }));
  }
}
