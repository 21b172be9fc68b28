/** The menu with rarely used actions. */

import { html } from "lit";
import type { TemplateResult } from "lit";
import type { LabelKey, Labels } from "./labels.js";

interface Menu {
  open: boolean;
  labels: Labels;
  language: string;
  base: string;
  ready: boolean;
  empty: boolean;
  /** Whether every part of every answer is open. */
  unfolded: boolean;
  act(action: LabelKey): void;
}

/** A disclosure with ordinary buttons, which every screen reader and the Tab key support. */
export function menu({ open, labels, language, base, ready, empty, unfolded, act }: Menu): TemplateResult {
  const entry = (action: LabelKey, disabled = false): TemplateResult =>
    html`<li><button type="button" class="item" ?disabled=${disabled} @click=${() => act(action)}>${labels(action)}</button></li>`;
  return html`<nav class="menu" id="menu" aria-label=${labels("menu")} ?hidden=${!open}>
    <p class="menu-title" id="menu-status">${labels("status")}</p>
    <p class="hint">${labels("status_hint")}</p>
    <ul aria-labelledby="menu-status">
      ${entry("status_beamte", !ready)}${entry("status_tarif", !ready)}${entry("status_azubi", !ready)}
    </ul>
    <p class="menu-title" id="menu-conversation">${labels("conversation")}</p>
    <ul aria-labelledby="menu-conversation">
      ${entry(unfolded ? "fold" : "unfold", empty)}${entry("download", empty)}${entry("print_all", empty)}${entry("restart", !ready)}${entry("erase", !ready)}
      <li><a class="button item" target="_blank" rel="noopener" href="${base}guide/?language=${language}"
        >${labels("guide")}<span class="hidden"> (${labels("new_window")})</span></a></li>
    </ul>
    <p class="hint">${labels("privacy")}</p>
  </nav>`;
}
