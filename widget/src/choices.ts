/** The buttons below the last answer: topics, follow-up questions, or the failed question again. */

import { html, nothing } from "lit";
import type { TemplateResult } from "lit";
import type { Labels } from "./labels.js";
import type { FollowUp, Guidance, Message } from "./types.js";
import { typeset } from "./typography.js";

/** The choice to say that something else was meant; it stands beside what the answer assumed. */
export const correction = ({ assumed, follow_ups }: Guidance): FollowUp | undefined =>
  assumed ? follow_ups.find(({ payload }) => payload.startsWith("/correct_topic")) : undefined;

/** The choices to show. All points are here already, in a fold, so none need be asked for. */
export const offered = ({ follow_ups }: Guidance): FollowUp[] => follow_ups.filter(({ payload }) => !payload.startsWith("/request_more"));

interface Choices {
  guidance: Guidance;
  labels: Labels;
  waiting: boolean;
  /** The person's last question, if any. */
  asked: string;
  choose(message: Message): void;
}

export function choices({ guidance, labels, waiting, asked, choose }: Choices): TemplateResult | typeof nothing {
  const { outcome } = guidance;
  const shown = offered(guidance).filter((choice) => choice !== correction(guidance));
  // Asking again would give the same answer.
  const again = guidance.retry && asked;
  if (!shown.length && !again) return nothing;
  const pick = outcome === "choices" || outcome === "check";
  return html`<div class="choices ${pick ? "pick" : ""}" role="group" lang=${guidance.language}
    aria-label=${labels(pick ? "choices" : "follow_ups")}>
    ${again ? html`<button type="button" class="choice" @click=${() => choose({ text: again })}>${labels("retry")}</button>` : nothing}
    ${shown.map((choice) => html`<button type="button" class="choice" aria-disabled=${waiting}
      @click=${() => choose(choice)}>${typeset(choice.label)}</button>`)}
  </div>`;
}
