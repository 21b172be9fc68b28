/** German typography: replaces some blanks by nonbreaking ones. Nothing else changes, so copied text has the same words. */

const NBSP = "\u00a0";

// A legal reference must not break apart at a line's end: “§ 33 Abs. 1 S. 2 BeamtStG”, “Art. 5 GG”, “z. B.”, “7. Februar”.
const RULES: readonly [RegExp, string][] = [
  [/(§§?) +(?=\d)/g, `$1${NBSP}`],
  [/\b(Art|Abs|Nr|S|Ziff|Rn|Az|Buchst|Frage|Tel|No|para)(\.?) +(?=\d|[a-z]\b)/g, `$1$2${NBSP}`],
  [/(\d[a-z]?) +(?=(?:Abs|S|Nr|Satz|GG|BGB|BBG|StGB|TVöD|TV-L|BeamtStG|DSGVO|KUG|BDSG|UrhG)\b)/g, `$1${NBSP}`],
  [/\b(z|d|u|i|e|o)\. ?(?=(?:B|h|a|U|g|Ä)\.)/g, `$1.${NBSP}`],
  [/(\d)\. +(?=(?:Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember)\b)/g, `$1.${NBSP}`],
  [/(\d) +(?=(?:%|€|Euro|Prozent)(?:\s|[.,;:)]|$))/g, `$1${NBSP}`],
];

const LONGEST_KEPT = 14;

/** The text with nonbreaking blanks within references. */
export function typeset(text: string): string {
  return RULES.reduce((changed, [pattern, bound]) => changed.replace(pattern, bound), text);
}

// The English edition is read in Germany: 24 hours, the day before the month.
const region = (language: string): string => (language === "en" ? "en-GB" : language);

/** A date such as 2023-02-07, 2012-09 or 2012 in the notation of the language. */
export function formatDate(iso: string, language: string): string {
  const parts = /^(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?/.exec(iso);
  if (!parts) return iso;
  const [, year, month, day] = parts;
  if (language === "de") return day ? `${day}.${month}.${year}` : month ? `${month}/${year}` : `${year}`;
  const shape: Intl.DateTimeFormatOptions = { timeZone: "UTC", year: "numeric" };
  if (month) shape.month = "long";
  if (day) shape.day = "numeric";
  return new Intl.DateTimeFormat(region(language), shape)
    .format(Date.UTC(Number(year), Number(month ?? 1) - 1, Number(day ?? 1)));
}

/** The time of day of an ISO timestamp; empty if it is not valid. */
export function formatTime(iso: string, language: string): string {
  const moment = new Date(iso);
  if (Number.isNaN(moment.getTime())) return "";
  return new Intl.DateTimeFormat(region(language), { hour: "2-digit", minute: "2-digit" }).format(moment);
}

/** The text before its last word, and that word, so that it can be kept together with what follows. */
export function lastWord(text: string): [string, string] {
  const at = Math.max(text.lastIndexOf(" "), text.lastIndexOf("\n")) + 1;
  // A long word must be able to break, for example on a small screen with large text.
  return text.length - at > LONGEST_KEPT ? [text, ""] : [text.slice(0, at), text.slice(at)];
}

/** A label before a statement: with a colon, unless it is a question or ends in a mark of its own. */
export const asLead = (label: string): string => (/[?!.…]$/.test(label) ? label : `${label}:`);
