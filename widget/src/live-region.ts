/** The live region (role log) that screen readers read out. */

import type { Labels } from "./labels.js";
import { announcement } from "./plain-text.js";
import type { AssistantItem } from "./types.js";

const KEPT = 3;

/** Append answers one by one and never change them: each addition to a log is read out once. */
export function announce(log: HTMLElement, items: readonly AssistantItem[], labels: (language: string) => Labels): void {
  for (const { guidance } of items) {
    const entry = document.createElement("p");
    entry.lang = guidance.language;
    entry.textContent = announcement(guidance, labels(guidance.language));
    log.append(entry);
  }
  while (log.childElementCount > KEPT) log.firstElementChild!.remove();
}
