/** The head of the chat: its name, the other languages, the menu and, in a dialog, the way out. */

import { html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { icons } from "./icons.js";
import type { Labels } from "./labels.js";

interface Header {
  labels: Labels;
  /** In a dialog of another page, whose first heading is not ours. */
  closable: boolean;
  languages: readonly { code: string; name: string }[];
  waiting: boolean;
  menuOpen: boolean;
  speak(language: string): void;
  toggleMenu(): void;
  close(): void;
}

/** The heading takes focus where a finger opens the chat. */
export function header({ labels, closable, languages, waiting, menuOpen, speak, toggleMenu, close }: Header): TemplateResult {
  return html`<header>
    <div class="name">
      ${closable
        ? html`<h2 class="title" tabindex="-1">${labels("title")}</h2>`
        : html`<h1 class="title" tabindex="-1">${labels("title")}</h1>`}
      <p class="subtitle">${labels("subtitle")}</p>
    </div>
    ${languages.map(({ code, name }) => html`<button type="button" class="quiet language" lang=${code}
      ?disabled=${waiting} @click=${() => speak(code)}>${name}</button>`)}
    <button type="button" class="quiet menu-button" aria-expanded=${menuOpen} aria-controls="menu"
      @click=${toggleMenu}>${icons.menu}<span class="wide-only">${labels("menu")}</span></button>
    ${closable
      ? html`<button type="button" class="quiet close" aria-label=${labels("close")} title=${labels("close")}
          @click=${close}>${icons.close}</button>`
      : nothing}
  </header>`;
}
