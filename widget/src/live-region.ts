/** The log that screen readers read out. */

import type { Labels } from "./labels.js";
import { announcement } from "./plain.js";
import type { AssistantItem } from "./types.js";

const KEPT = 3;

/** Added one by one, never changed: what is added to a log is read out, once. */
export function announce(log: HTMLElement, items: readonly AssistantItem[], labels: (language: string) => Labels): void {
  for (const { guidance } of items) {
    const entry = document.createElement("p");
    entry.lang = guidance.language;
    entry.textContent = announcement(guidance, labels(guidance.language));
    log.append(entry);
  }
  while (log.childElementCount > KEPT) log.firstElementChild!.remove();
}
