/** Icons drawn by this project. The text beside each says the same, so assistive technology skips them. */

import { svg } from "lit";
import type { SVGTemplateResult, TemplateResult } from "lit";
import { html } from "lit";
import type { Verdict } from "./types.js";

const icon = (shape: SVGTemplateResult): TemplateResult =>
  html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">${shape}</svg>`;

export const icons = {
  chat: icon(svg`<path d="M4 5h16v11H10l-4 4v-4H4z"/><path d="M8 9h8M8 12h5"/>`),
  close: icon(svg`<path d="M6 6l12 12M18 6L6 18"/>`),
  larger: icon(svg`<path d="M13 4h7v7M11 20H4v-7M20 4L4 20"/>`),
  mail: icon(svg`<path d="M3 6h18v13H3zM3 7l9 7 9-7"/>`),
  menu: icon(svg`<path d="M4 7h16M4 12h16M4 17h16"/>`),
  send: icon(svg`<path d="M4 12h14M12 5l7 7-7 7"/>`),
  copy: icon(svg`<path d="M9 9h10v11H9z"/><path d="M15 9V4H5v11h4"/>`),
  print: icon(svg`<path d="M7 9V4h10v5M7 17H4V9h16v8h-3"/><path d="M7 14h10v6H7z"/>`),
  up: icon(svg`<path d="M7 11v9H4v-9zM7 11l4-8c2 0 2.6 1.4 2.2 3L12.5 10H19l-1.5 10H7"/>`),
  down: icon(svg`<path d="M17 13V4h3v9zM17 13l-4 8c-2 0-2.6-1.4-2.2-3l.7-4H5L6.5 4H17"/>`),
  chevron: icon(svg`<path d="M6 9l6 6 6-6"/>`),
  out: icon(svg`<path d="M10 5H5v14h14v-5M14 4h6v6M20 4l-9 9"/>`),
  info: icon(svg`<circle cx="12" cy="12" r="9"/><path d="M12 11v6M12 7v.5"/>`),
  alert: icon(svg`<path d="M12 3l10 18H2z"/><path d="M12 10v5M12 17.5v.5"/>`),
} as const;

/** One icon for each verdict: tick, scales, cross, letter i; they differ in shape as well as in colour. */
export const verdictSign: Record<Verdict, TemplateResult> = {
  allowed: icon(svg`<circle cx="12" cy="12" r="9.5"/><path d="M7.5 12.5l3 3 6-7"/>`),
  depends: icon(svg`<path d="M12 2.5l9.5 9.5-9.5 9.5L2.5 12z"/><path d="M8 13c1.3-2.5 2.7-2.5 4-1s2.7 1.5 4-1"/>`),
  not_allowed: icon(svg`<path d="M8 2.5h8L21.5 8v8L16 21.5H8L2.5 16V8z"/><path d="M8.5 8.5l7 7M15.5 8.5l-7 7"/>`),
  info: icon(svg`<path d="M3.5 3.5h17v17h-17z"/><path d="M12 11v6M12 7v.5"/>`),
};
