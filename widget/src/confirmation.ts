/** The dialog that asks for confirmation before a conversation is deleted. */

import { html } from "lit";
import type { TemplateResult } from "lit";
import type { Labels } from "./labels.js";

export type Question = "restart" | "erase";

/** A modal dialog with the focus on Cancel. Esc closes only this dialog, not the chat behind it. */
export function confirmation(question: Question, labels: Labels, closed: () => void, confirmed: () => void): TemplateResult {
  const cancel = (event: Event): void => (event.currentTarget as HTMLElement).closest("dialog")?.close();
  return html`<dialog class="confirm" role="alertdialog" aria-labelledby="confirm-text"
    @close=${closed} @cancel=${(event: Event) => event.stopPropagation()}>
    <p id="confirm-text">${labels(`${question}_question`)}</p>
    <div class="row">
      <button type="button" class="secondary" autofocus @click=${cancel}>${labels("cancel")}</button>
      <button type="button" class="primary danger" @click=${confirmed}>${labels(`${question}_confirm`)}</button>
    </div>
  </dialog>`;
}
