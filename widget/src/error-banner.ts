/** Error messages with ways to continue. */

import { html, nothing } from "lit";
import type { TemplateResult } from "lit";
import type { Phase, Trouble } from "./conversation.js";
import { icons } from "./icons.js";
import type { LabelKey, Labels } from "./labels.js";

interface ErrorBanner {
  trouble: Trouble;
  phase: Phase;
  labels: Labels;
  base: string;
  retry(): void;
  discard(): void;
}

/** The error message; the server's own if it is more specific. */
export function errorSentence({ problem }: Trouble, phase: Phase, labels: Labels): string {
  if (phase === "unreachable") return (problem.kind === "unavailable" && problem.sentence) || labels("start_failed");
  switch (problem.kind) {
    case "rate_limited":
    case "unavailable":
      return problem.sentence ?? labels("failed");
    case "invalid":
      return problem.sentence ?? labels("invalid");
    default:
      return labels(problem.kind);
  }
}

/** The error message with buttons: try again, put the question back into the field, or read the guide. */
export function errorBanner({ trouble, phase, labels, base, retry, discard }: ErrorBanner): TemplateResult {
  const again: LabelKey = phase === "unreachable" ? "retry_start" : trouble.remedy === "restart" ? "restart_and_send" : "retry";
  return html`<div class="trouble">
    <p>${icons.alert}<span>${errorSentence(trouble, phase, labels)}</span></p>
    <div class="row">
      ${trouble.problem.kind === "invalid" ? nothing : html`<button type="button" class="primary" @click=${retry}>${labels(again)}</button>`}
      ${phase === "ready" ? html`<button type="button" class="secondary" @click=${discard}>${labels("discard")}</button>` : nothing}
      ${phase === "unreachable" ? html`<a class="button secondary" href="${base}guide/">${labels("guide")}</a>` : nothing}
    </div>
  </div>`;
}
