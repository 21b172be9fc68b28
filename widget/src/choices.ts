/** The buttons below the last answer: topics to pick, questions to go on with, or the failed question once more. */

import { html, nothing } from "lit";
import type { TemplateResult } from "lit";
import type { Labels } from "./labels.js";
import type { Guidance, Message } from "./types.js";
import { typeset } from "./typography.js";

interface Choices {
  guidance: Guidance;
  labels: Labels;
  waiting: boolean;
  /** What the person asked before, if anything. */
  asked: string;
  choose(message: Message): void;
}

export function choices({ guidance, labels, waiting, asked, choose }: Choices): TemplateResult | typeof nothing {
  const { follow_ups, outcome } = guidance;
  // What was understood as no question would be none again.
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
