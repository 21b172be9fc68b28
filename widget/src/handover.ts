/** <lotse-handover>: the form that hands a question over to a contact point: edit, preview, consent, send; or copy, mail. */

import { LitElement, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { newId } from "./uuid.js";
import type { Labels } from "./labels.js";
import { mailDraft } from "./links.js";
import { heading } from "./view-helpers.js";
import type { HandoverSubmission, Handover, HandoverOffice } from "./types.js";

/** Sends a question to a contact point. @returns why it did not arrive; null if it did. */
export type SubmitHandover = (submission: HandoverSubmission) => Promise<string | null>;

export class LotseHandover extends LitElement {
  static override properties = {
    handover: { attribute: false },
    labels: { attribute: false },
    itemId: { attribute: false },
    level: { attribute: false },
    submitHandover: { attribute: false },
    draft: { state: true },
    error: { state: true },
    sending: { state: true },
    sent: { state: true },
  };

  declare handover: Handover;
  declare labels: Labels;
  declare itemId: string;
  declare level: number;
  declare submitHandover: SubmitHandover;
  /** Values of the fields by name; before the first edit those of the draft. */
  private declare draft: Record<string, string>;
  private declare error: string;
  private declare sending: boolean;
  /** The contact point that has received the question. */
  private declare sent: string;
  /** Idempotency key: the same text is sent with the same id, so that it arrives once. */
  private requestId = "";

  constructor() {
    super();
    this.draft = {};
    this.error = this.sent = "";
    this.sending = false;
  }

  // As in <lotse-answer>: rendered into the chat's shadow root, with its style sheet.
  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  /** The chosen contact point. None is preselected: a question must not go to one that nobody chose. */
  private get office(): HandoverOffice | undefined {
    return this.handover.offices.find(({ id }) => id === this.draft["office"]);
  }

  private get question(): string {
    return (this.draft["question"] ?? this.handover.question).trim();
  }

  private get name(): string {
    return (this.draft["name"] ?? "").trim();
  }

  /** The exact text that will be sent. */
  private get text(): string {
    return [this.question, this.name].filter(Boolean).join("\n\n");
  }

  protected override render(): TemplateResult {
    const { labels, handover, office, text, sent, sending } = this;
    if (sent) return html`<p class="notice" tabindex="-1">${labels("handover_sent", { office: sent })}</p>`;
    const [which, asked, named, hint] = ["office", "question", "name", "hint"].map((part) => `${part}-${this.itemId}`);
    // Before a choice the button says what is missing, unless no contact point takes questions at all.
    const sendable = office ? office.deliverable : handover.offices.some(({ deliverable }) => deliverable);
    return html`<form class="comment" novalidate @input=${this.edit} @submit=${this.submit}>
      ${heading(this.level, labels("handover"), "minor")}
      <label for=${which}>${labels("handover_office")}</label>
      <select id=${which} name="office"><option value="" selected>${labels("handover_choose")}</option>${handover.offices.map(({ id, label }) => html`<option value=${id}>${label}</option>`)}</select>
      <label for=${asked}>${labels("handover_question")}</label>
      <textarea id=${asked} name="question" maxlength="1000" .defaultValue=${handover.question}></textarea>
      <label for=${named}>${labels("handover_name")}</label>
      <input id=${named} name="name" maxlength="100" autocomplete="off" aria-describedby=${hint}>
      <p class="hint" id=${hint}>${labels("handover_name_hint")}</p>
      <div class="panel" role="group" aria-label=${labels("handover_preview")}>
        <p class="source-title">${labels("handover_preview")}</p>
        ${office ? html`<p>${labels("handover_to", { office: office.label })}</p>` : nothing}
        <p class="draft">${text}</p>
        ${office?.deliverable && !this.name ? html`<p>${labels("handover_anonymous")}</p>` : nothing}
      </div>
      ${office?.deliverable
        ? html`<label class="consent"><input type="checkbox" name="consent"><span>${labels("handover_consent")}</span></label>`
        : nothing}
      <p class="problem" role="alert">${this.error}</p>
      <div class="row">
        ${sendable
          ? html`<button type="submit" class="primary" aria-disabled=${sending}>${labels(sending ? "handover_sending" : "handover_send")}</button>`
          : nothing}
        <button type="button" class="secondary" @click=${this.copy}>${labels("handover_copy")}</button>
        <a class="button secondary" href=${mailDraft(office?.email ?? null, handover.subject, text)}>${labels("handover_mail")}</a>
      </div>
    </form>`;
  }

  private edit = ({ currentTarget }: Event): void => {
    this.draft = Object.fromEntries(new FormData(currentTarget as HTMLFormElement)) as Record<string, string>;
    this.error = this.requestId = "";
  };

  private submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const { office, question, name } = this;
    if (this.sending || this.lacks("office", !office, "handover_office_missing")) return;
    if (!office?.deliverable || this.lacks("question", !question, "handover_empty")) return;
    if (this.lacks("consent", !this.draft["consent"], "handover_agree")) return;
    this.sending = true;
    this.requestId ||= newId();
    this.error = (await this.submitHandover({ id: this.requestId, office: office.id, question, name: name || null })) ?? "";
    this.sending = false;
    if (this.error) return;
    this.sent = office.label;
    await this.updateComplete;
    this.querySelector<HTMLElement>("p")?.focus();
  };

  private copy = (): void => {
    if (this.lacks("question", !this.question, "handover_empty")) return;
    this.dispatchEvent(new CustomEvent("answer-copy", { detail: { text: this.text, said: "handover_copied" }, bubbles: true }));
  };

  /** Show what is missing, and focus the field. */
  private lacks(field: string, missing: boolean, sentence: "handover_office_missing" | "handover_empty" | "handover_agree"): boolean {
    if (!missing) return false;
    this.error = this.labels(sentence);
    this.querySelector<HTMLElement>(`[name=${field}]`)?.focus();
    return true;
  }
}
