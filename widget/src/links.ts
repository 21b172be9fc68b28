/** Which addresses may become links, and how citations are grouped. */

import type { Citation } from "./types.js";

/** The address if a browser may open it; null for `javascript:` and everything else that is not a web page. */
export function webAddress(url: string | null): string | null {
  if (!url) return null;
  try {
    const { protocol, href } = new URL(url);
    return protocol === "https:" || protocol === "http:" ? href : null;
  } catch {
    return null;
  }
}

/** A `mailto:` link for something that looks like one plain address. */
export const mailAddress = (email: string | null): string | null =>
  email && /^[^\s@?&<>"]+@[^\s@?&<>"]+$/.test(email) ? `mailto:${email}` : null;

/** A link that opens a mail program with a text in it; without a good address, the person fills it in (RFC 6068). */
export const mailDraft = (email: string | null, subject: string, text: string): string =>
  `${mailAddress(email) ?? "mailto:"}?subject=${encodeURIComponent(subject)}&body=${encodeURIComponent(text.replace(/\n/g, "\r\n"))}`;

/** A `tel:` link with the digits of a phone number. */
export function phoneAddress(phone: string | null): string | null {
  const digits = (phone ?? "").replace(/\(0\)/, "").replace(/[^\d+]/g, "");
  return digits.length > 2 ? `tel:${digits}` : null;
}

/** Where a passage stands in the readable guide. */
export function guideAddress(base: string, passage: string, language: string): string {
  const topic = passage.split(".")[0] ?? "";
  return `${base}guide/${encodeURIComponent(topic)}?language=${encodeURIComponent(language)}#${encodeURIComponent(passage)}`;
}

/** Citations that name the same place in the same source become one entry with all their numbers. */
export function groupAlike(citations: readonly Citation[]): { numbers: number[]; citations: Citation[] }[] {
  const groups = new Map<string, { numbers: number[]; citations: Citation[] }>();
  for (const citation of citations) {
    const key = JSON.stringify([citation.title, citation.section, citation.url, citation.as_of]);
    const group = groups.get(key) ?? { numbers: [], citations: [] };
    group.numbers.push(citation.n);
    group.citations.push(citation);
    groups.set(key, group);
  }
  return [...groups.values()];
}
