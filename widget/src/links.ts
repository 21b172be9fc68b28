/** Checks addresses of links, and groups citations. */

import type { Citation } from "./types.js";

/**
 * The address if it is http or https; null otherwise, for example for `javascript:`.
 * @param base where a relative address begins; without it, none is taken
 */
export function webAddress(url: string | null, base?: string): string | null {
  if (!url) return null;
  try {
    const { protocol, href } = new URL(url, base);
    return protocol === "https:" || protocol === "http:" ? href : null;
  } catch {
    return null;
  }
}

/** A `mailto:` link for a single plain e-mail address. */
export const mailAddress = (email: string | null): string | null =>
  email && /^[^\s@?&<>"]+@[^\s@?&<>"]+$/.test(email) ? `mailto:${email}` : null;

/** A `mailto:` link with a text (RFC 6068); without a valid address the person fills it in. */
export const mailDraft = (email: string | null, subject: string, text: string): string =>
  `${mailAddress(email) ?? "mailto:"}?subject=${encodeURIComponent(subject)}&body=${encodeURIComponent(text.replace(/\n/g, "\r\n"))}`;

/** A `tel:` link with the digits of a phone number. */
export function phoneAddress(phone: string | null): string | null {
  const digits = (phone ?? "").replace(/\(0\)/, "").replace(/[^\d+]/g, "");
  return digits.length > 2 ? `tel:${digits}` : null;
}

/** The address of a passage in the readable guide. */
export function guideAddress(base: string, passage: string, language: string): string {
  const topic = passage.split(".")[0] ?? "";
  return `${base}guide/${encodeURIComponent(topic)}?language=${encodeURIComponent(language)}#${encodeURIComponent(passage)}`;
}

/** Citations of the same place in the same source, grouped into one entry with all their numbers. */
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
