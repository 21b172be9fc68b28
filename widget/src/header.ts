/** The header of the chat: title, other languages, menu and, in a dialog, the close button. */

import { html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { icons } from "./icons.js";
import type { Labels } from "./labels.js";

interface Header {
  labels: Labels;
  /** Whether the chat is a dialog in another page, which has its own first heading. */
  closable: boolean;
  languages: readonly { code: string; name: string }[];
  waiting: boolean;
  menuOpen: boolean;
  menu: TemplateResult;
  /** Whether the dialog is as large as it can be. */
  large: boolean;
  setLanguage(language: string): void;
  toggleMenu(): void;
  enlarge(): void;
  close(): void;
}

/** The menu follows its button, so that Tab leads into it. The heading can be focused: it gets the focus on touch screens. */
export function header({ labels, closable, languages, waiting, menuOpen, menu, large, setLanguage, toggleMenu, enlarge, close }: Header): TemplateResult {
  return html`<header>
    <div class="name">
      ${closable
        ? html`<h2 class="title" tabindex="-1">${labels("title")}</h2>`
        : html`<h1 class="title" tabindex="-1">${labels("title")}</h1>`}
      <p class="subtitle">${labels("subtitle")}</p>
    </div>
    ${languages.map(({ code, name }) => html`<button type="button" class="secondary language" lang=${code}
      ?disabled=${waiting} @click=${() => setLanguage(code)}>${name}</button>`)}
    <button type="button" class="quiet menu-button" title=${labels("menu")} aria-expanded=${menuOpen} aria-controls="menu"
      @click=${toggleMenu}>${icons.menu}<span class="wide-only">${labels("menu")}</span></button>
    ${menu}
    ${closable
      ? html`<button type="button" class="quiet larger" aria-pressed=${large} title=${labels("larger")}
          @click=${enlarge}>${icons.larger}</button>
          <button type="button" class="quiet close" title=${labels("close")}
          @click=${close}>${icons.close}</button>`
      : nothing}
  </header>`;
}
