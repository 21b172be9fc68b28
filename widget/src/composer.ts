/** The field for the question, with the chosen status and the number of characters left. */

import { html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { icons } from "./icons.js";
import type { Labels } from "./labels.js";
import { typeset } from "./typography.js";

const COUNT_FROM = 150;

interface Composer {
  labels: Labels;
  draft: string;
  error: string;
  waiting: boolean;
  maxCharacters: number;
  /** Label of the status that is sent with the next question. */
  status: string | null;
  /** Questions of the guide that share words with the draft. */
  suggested: readonly string[];
  submit(event: Event): void;
  typed(event: Event): void;
  /** Puts the last question into the empty field. */
  recall(): void;
  choose(question: string): void;
  dropStatus(): void;
}

export function composer({ labels, draft, error, waiting, maxCharacters, status, suggested, submit, typed, recall, choose, dropStatus }: Composer): TemplateResult {
  const left = maxCharacters - draft.length;
  const enter = (event: KeyboardEvent): void => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) submit(event);
    if (event.key === "ArrowUp" && !draft) {
      event.preventDefault();
      recall();
    }
  };
  return html`<form class="composer" @submit=${submit}>
    ${status
      ? html`<p class="told"><span>${labels("status_next", { status })}</span>
          <button type="button" class="quiet" title=${labels("status_remove")}
            @click=${dropStatus}>${icons.close}</button></p>`
      : nothing}
    <label for="question">${labels("input")}</label>
    <div class="field">
      <textarea id="question" class="question" rows="1" autocomplete="off" enterkeyhint="send"
        aria-describedby="hint problem" aria-invalid=${error ? "true" : "false"} .value=${draft}
        @input=${typed} @keydown=${enter}></textarea>
      <button type="submit" class="primary send" title=${labels("send")} aria-disabled=${waiting}>
        ${icons.send}<span class="wide-only">${labels("send")}</span></button>
    </div>
    ${suggested.length
      ? html`<div class="suggestions" role="group" aria-labelledby="suggestions"><p class="hint" id="suggestions" role="status">${labels("suggestions")}:</p>
          ${suggested.map((question) => html`<button type="button" class="item" @click=${() => choose(question)}>${typeset(question)}</button>`)}</div>`
      : nothing}
    <p class="problem" id="problem" role="alert">${error}</p>
    <p class="hint" id="hint"><span class="fine">${labels("input_hint")}</span>
      ${left < COUNT_FROM
        ? html`<span class="left ${left < 0 ? "over" : ""}">${left < 0
            ? labels("characters_over", { count: -left })
            : labels("characters_left", { count: left })}</span>`
        : nothing}</p>
  </form>`;
}
