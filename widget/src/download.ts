/** Saves the conversation as a text file; no request is made. */

import type { Labels } from "./labels.js";
import { transcriptText } from "./plain-text.js";
import type { Item } from "./types.js";

/** @param language of the text around the messages. */
export function downloadTranscript(items: readonly Item[], labels: Labels, language: string): void {
  const day = new Date().toISOString().slice(0, 10);
  const text = transcriptText(items, labels, language, day);
  const address = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = `${labels("download_name")}-${day}.txt`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address));
}
