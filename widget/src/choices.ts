/** The buttons below the last answer: topics, follow-up questions, or the failed question again. */

import { html, nothing } from "lit";
import type { TemplateResult } from "lit";
import type { Labels } from "./labels.js";
import type { Guidance, Message } from "./types.js";
import { typeset } from "./typography.js";

interface Choices {
  guidance: Guidance;
  labels: Labels;
  waiting: boolean;
  /** The person's last question, if any. */
  asked: string;
  choose(message: Message): void;
}

export function choices({ guidance, labels, waiting, asked, choose }: Choices): TemplateResult | typeof nothing {
  const { follow_ups, outcome } = guidance;
  // Asking again would give the same answer.
  const again = guidance.retry && asked;
  if (!follow_ups.length && !again) return nothing;
  const pick = outcome === "choices" || outcome === "check";
  return html`<div class="choices ${pick ? "pick" : ""}" role="group" lang=${guidance.language}
    aria-label=${labels(pick ? "choices" : "follow_ups")}>
    ${again ? html`<button type="button" class="choice" @click=${() => choose({ text: again })}>${labels("retry")}</button>` : nothing}
    ${follow_ups.map((choice) => html`<button type="button" class="choice" aria-disabled=${waiting}
      @click=${() => choose(choice)}>${typeset(choice.label)}</button>`)}
  </div>`;
}
