/** Answers as plain text: for announcements, the clipboard and the transcript. */

import { count } from "./labels.js";
import type { Labels } from "./labels.js";
import { groupAlike } from "./links.js";
import type { Guidance, Item } from "./types.js";
import { asLead, formatDate, formatTime } from "./typography.js";

const sentence = (part: string): string => (/[.!?:…]$/.test(part) ? part : `${part}.`);

/** The announcement of an answer: short answer, and the number of points, sources and choices. */
export function announcement(guidance: Guidance, labels: Labels): string {
  const more = [
    guidance.points.length ? count(labels, "points_count", guidance.points.length) : "",
    guidance.citations.length ? count(labels, "sources_count", guidance.citations.length) : "",
    guidance.follow_ups.length ? count(labels, "choices_count", guidance.follow_ups.length) : "",
  ].filter(Boolean);
  return [
    labels("new_answer"),
    ...[guidance.title, guidance.verdict_label, guidance.addressed, guidance.short].filter((part) => part !== null).map(sentence),
    more.length ? sentence(more.join(", ")) : "",
  ].filter(Boolean).join(" ");
}

/** The whole answer with its sources, for the clipboard and the transcript. */
export function answerText(guidance: Guidance, labels: Labels): string {
  const marks = (numbers: readonly number[]): string => numbers.map((n) => `[${n}]`).join("");
  const blocks = [
    [guidance.title, guidance.verdict_label ? sentence(guidance.verdict_label) : null].filter(Boolean).join(" "),
    [guidance.addressed, guidance.short, marks(guidance.short_cites)].filter(Boolean).join(" "),
    ...guidance.points.map((point) => {
      const house = point.level === "house" ? `[${labels("house")}] ` : "";
      const lead = [point.status, point.title].filter(Boolean).map((part) => `${asLead(part!)} `).join("");
      return `- ${house}${lead}${point.text} ${marks(point.cites)}`.trimEnd();
    }),
  ];
  if (guidance.citations.length) {
    const lines = groupAlike(guidance.citations).map(({ numbers, citations }) => {
      const first = citations[0]!;
      const named = citations.flatMap((citation) => citation.norms);
      const norms = [...new Set(named.map((norm) => norm.label))].join(", ");
      const addresses = new Set([first.url, ...named.map((norm) => norm.url)].filter(Boolean));
      const place = [first.title, first.section].filter(Boolean).join(", ");
      const line = `${marks(numbers)} ${place} (${labels("as_of")} ${formatDate(first.as_of, guidance.language)})`;
      return [norms ? `${line}; ${norms}` : line, ...[...addresses].map((address) => `    ${address}`)].join("\n");
    });
    blocks.push([`${labels("sources")}:`, ...lines].join("\n"));
  }
  if (guidance.contacts.length) {
    const lines = guidance.contacts.map((contact) => {
      const reach = [contact.phone, contact.email, contact.url].filter(Boolean).join(", ");
      return `- ${contact.label}: ${contact.purpose}${reach ? ` ${reach}` : ""}`;
    });
    blocks.push([`${labels("contacts")}:`, ...lines].join("\n"));
  }
  if (guidance.notice) blocks.push(guidance.notice);
  return blocks.filter(Boolean).join("\n\n");
}

/** The conversation as a text file. */
export function transcriptText(items: readonly Item[], labels: Labels, language: string, date: string): string {
  const parts = items.map((item) => {
    const time = formatTime(item.at, language);
    const who = item.from === "user" ? labels("you") : labels("assistant");
    const words = item.from === "user" ? item.text : answerText(item.guidance, labels);
    return `${time ? `${who} (${time})` : who}\n${words}`;
  });
  return [`${labels("title")} – ${formatDate(date, language)}`, ...parts].join("\n\n----\n\n") + "\n";
}
