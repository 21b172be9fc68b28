/** One answer of the assistant. Everything from the server reaches the page as a text node or a checked address. */

import { LitElement, html, nothing } from "lit";
import type { PropertyValues, TemplateResult } from "lit";
import { citationPanel, citationMarks, sourceList } from "./citations.js";
import type { SubmitHandover } from "./handover.js";
import { icons, verdictSign } from "./icons.js";
import type { LabelKey, Labels } from "./labels.js";
import { mailAddress, phoneAddress, webAddress } from "./links.js";
import { answerText } from "./plain-text.js";
import { heading, outward, section } from "./view-helpers.js";
import type { ContactLine, Guidance, Outcome, Point, Rating } from "./types.js";
import { asLead, typeset } from "./typography.js";

/** Outcomes with guidance, which can be rated, copied and printed. */
const SUBSTANTIAL: ReadonlySet<Outcome> = new Set<Outcome>([
  "answered", "refined", "sources", "explained", "choices", "refused", "handed_over", "check",
]);
/** Outcomes about whom to ask or which question is meant: all parts are shown open. */
const CONTACTS_OPEN: ReadonlySet<Outcome> = new Set<Outcome>(["handed_over", "refused", "choices", "error"]);

/** Outcomes without content to copy or print. */
const ASKING_BACK: ReadonlySet<Outcome> = new Set<Outcome>(["choices", "check"]);

/** Events for the chat: what a person does with an answer. */
export interface AnswerEvents {
  /** `said`: label of the confirmation that is announced. */
  copy: { text: string; said: LabelKey };
  print: string;
  rate: { guidance: Guidance; rating: Rating; comment: string | null };
}

export class LotseAnswer extends LitElement {
  static override properties = {
    guidance: { attribute: false },
    labels: { attribute: false },
    itemId: { attribute: false },
    base: { attribute: false },
    level: { attribute: false },
    rated: { attribute: false },
    submitHandover: { attribute: false },
    unfolded: { attribute: false },
    shown: { state: true },
    commenting: { state: true },
  };

  declare guidance: Guidance;
  declare labels: Labels;
  declare itemId: string;
  declare base: string;
  declare level: number;
  declare rated: Rating | null;
  declare submitHandover: SubmitHandover;
  /** Whether all parts are open, for printing. */
  declare unfolded: boolean;
  /** The open citation, and the part it belongs to. */
  private declare shown: { part: string; n: number } | null;
  private declare commenting: boolean;

  constructor() {
    super();
    this.rated = null;
    this.unfolded = false;
    this.shown = null;
    this.commenting = false;
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

  protected override render(): TemplateResult {
    const { guidance, labels } = this;
    const { outcome } = guidance;
    const substantial = SUBSTANTIAL.has(outcome);
    return html`
      <article class="answer ${outcome === "error" ? "faulty" : ""}" aria-label=${guidance.title ?? labels("assistant")}>
        ${guidance.title ? heading(this.level, typeset(guidance.title), "question") : nothing}
        ${guidance.verdict && guidance.verdict_label
          ? html`<p class="verdict ${guidance.verdict}">${verdictSign[guidance.verdict]}<strong>${guidance.verdict_label}</strong></p>`
          : nothing}
        ${guidance.addressed ? html`<p class="addressed">${typeset(guidance.addressed)}</p>` : nothing}
        <div class="short">
          ${outcome === "error" ? icons.alert : nothing}
          <p>${typeset(guidance.short)} ${this.marks("short", guidance.short_cites)}</p>
          ${this.panel("short", guidance.short)}
        </div>
        ${guidance.points.length
          ? html`<ul class="points">${guidance.points.map((point, index) => this.point(point, index))}</ul>`
          : nothing}
        ${CONTACTS_OPEN.has(outcome) && guidance.contacts.length
          ? html`<div class="contacts-open">
              ${outcome === "handed_over" ? nothing : heading(this.level + 1, labels("contacts"), "minor")}
              ${this.contacts()}
            </div>`
          : nothing}
        ${guidance.handover
          ? html`<lotse-handover .handover=${guidance.handover} .labels=${labels} .itemId=${this.itemId} .level=${this.level + 1}
              .submitHandover=${this.submitHandover}></lotse-handover>`
          : nothing}
        ${guidance.notice ? html`<p class="notice">${icons.info}<span>${typeset(guidance.notice)}</span></p>` : nothing}
        ${this.folded()} ${substantial && guidance.answer_id ? this.tools() : nothing}
      </article>
    `;
  }

  private point(point: Point, index: number): TemplateResult {
    const part = `p${index}`;
    return html`<li lang=${point.language}>
      <p>
        ${point.level === "house" ? html`<span class="house">${this.labels("house")}</span> ` : nothing}${[point.status, point.title]
          .filter((lead) => lead !== null)
          .map((lead) => html`<strong>${typeset(asLead(lead))} </strong>`)}${typeset(point.text)} ${this.marks(part, point.cites)}
      </p>
      ${this.panel(part, point.text)}
    </li>`;
  }

  private marks(part: string, cites: readonly number[]): TemplateResult | typeof nothing {
    const known = cites.filter((n) => this.guidance.citations.some((citation) => citation.n === n));
    return citationMarks(known, {
      labels: this.labels,
      panelId: this.panelId(part),
      shown: this.shown?.part === part ? this.shown.n : null,
      toggle: (n) => {
        this.shown = this.shown?.part === part && this.shown.n === n ? null : { part, n };
      },
    });
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

  private folded(): TemplateResult {
    const { guidance, labels, unfolded } = this;
    const sources = guidance.citations.length;
    const folds = [
      sources
        ? section(`${labels("sources")} (${sources})`, sourceList(guidance.citations, this.place()),
          unfolded || guidance.outcome === "sources")
        : nothing,
      guidance.contacts.length && !CONTACTS_OPEN.has(guidance.outcome)
        ? section(`${labels("contacts")} (${guidance.contacts.length})`, this.contacts(), unfolded)
        : nothing,
      SUBSTANTIAL.has(guidance.outcome) ? section(labels("why"), this.why(), unfolded, "screen-only") : nothing,
    ];
    return folds.some((fold) => fold !== nothing) ? html`<div class="folds">${folds}</div>` : html``;
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

  private contacts(): TemplateResult {
    return html`<ul class="contacts">${this.guidance.contacts.map((contact) => this.contact(contact))}</ul>`;
  }

  private contact(contact: ContactLine): TemplateResult {
    const { labels } = this;
    const mail = mailAddress(contact.email);
    const phone = phoneAddress(contact.phone);
    const web = webAddress(contact.url);
    const reached = [
      contact.phone && html`<li>${labels("phone")}: ${phone ? html`<a href=${phone}>${contact.phone}</a>` : contact.phone}</li>`,
      contact.email && html`<li>${labels("email")}: ${mail ? html`<a href=${mail}>${contact.email}</a>` : contact.email}</li>`,
      contact.url && html`<li>${web ? outward(web, labels("website"), labels) : contact.url}</li>`,
    ].filter(Boolean);
    return html`<li>
      <strong>${contact.label}</strong> <span>${typeset(contact.purpose)}</span>
      ${reached.length ? html`<ul class="reach">${reached}</ul>` : nothing}
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
        ${ASKING_BACK.has(guidance.outcome) ? nothing : html`<div class="take">
          <button type="button" class="quiet" title=${labels("copy")} @click=${() => this.emit("copy", { text: answerText(guidance, labels), said: "copied" })}>
            ${icons.copy}<span class="word">${labels("copy")}</span></button>
          <button type="button" class="quiet" title=${labels("print")} @click=${() => this.emit("print", this.itemId)}>
            ${icons.print}<span class="word">${labels("print")}</span></button>
        </div>`}
      </div>
      ${this.commenting && rated ? this.commentForm(rated) : nothing}`;
  }

  private commentForm(rating: Rating): TemplateResult {
    const { labels } = this;
    const id = `comment-${this.itemId}`;
    return html`<form class="comment" @submit=${(event: SubmitEvent) => this.comment(event, rating)}>
      <label for=${id}>${labels("comment")}</label>
      <textarea id=${id} rows="2" maxlength="500" aria-describedby="${id}-hint"></textarea>
      <p class="hint" id="${id}-hint">${labels("comment_hint")}</p>
      <div class="row">
        <button type="submit" class="secondary">${labels("comment_send")}</button>
        <button type="button" class="quiet" @click=${() => this.closeComment()}>${labels("comment_skip")}</button>
      </div>
    </form>`;
  }

  private rate(rating: Rating): void {
    this.commenting = true;
    this.emit("rate", { guidance: this.guidance, rating, comment: null });
  }

  private comment(event: SubmitEvent, rating: Rating): void {
    event.preventDefault();
    const comment = (event.target as HTMLFormElement).querySelector("textarea")!.value.trim();
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
