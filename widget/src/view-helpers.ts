/** Templates that several views share. */

import { html } from "lit";
import type { TemplateResult } from "lit";
import { icons } from "./icons.js";
import type { Labels } from "./labels.js";
import { scrollToElement } from "./scroll.js";

/** A heading whose level depends on the place of the chat: below the page's h1 or the dialog's h2. */
export function heading(level: number, content: string, style: string): TemplateResult {
  switch (level) {
    case 1: return html`<h1 class=${style}>${content}</h1>`;
    case 2: return html`<h2 class=${style}>${content}</h2>`;
    case 3: return html`<h3 class=${style}>${content}</h3>`;
    default: return html`<h4 class=${style}>${content}</h4>`;
  }
}

/** A link to another site: opens a new window, sends no referrer, and says that it opens a window. */
export function outward(address: string, text: unknown, labels: Labels): TemplateResult {
  return html`<a href=${address} target="_blank" rel="noopener noreferrer"
    >${text}${icons.out}<span class="hidden"> (${labels("new_window")})</span></a>`;
}

/** Shows where a section begins, which the browser opens after the click; the style sheet says how much of it. */
const opened = ({ currentTarget }: Event): void => {
  setTimeout(() => scrollToElement(currentTarget as Element, "nearest"));
};

/** A section that can be opened and closed. */
export function section(title: string, content: unknown, open: boolean, style = ""): TemplateResult {
  return html`<details class=${style} ?open=${open}>
    <summary @click=${opened}>${icons.chevron}<span>${title}</span></summary>
    <div class="fold">${content}</div>
  </details>`;
}
