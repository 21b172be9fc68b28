/** The live region (role log) that screen readers read out. */

import type { Labels } from "./labels.js";
import { announcement } from "./plain-text.js";
import type { AssistantItem } from "./types.js";

/** Long enough to be read out; after that nobody meets an answer a second time, below the form. */
const STAYS_MS = 20_000;

/** Append answers one by one and never change them: each addition to a log is read out once. Later they are removed. */
export function announce(log: HTMLElement, items: readonly AssistantItem[], labels: (language: string) => Labels): void {
  for (const { guidance } of items) {
    const entry = document.createElement("p");
    entry.lang = guidance.language;
    entry.textContent = announcement(guidance, labels(guidance.language));
    log.append(entry);
    setTimeout(() => entry.remove(), STAYS_MS);
  }
}
