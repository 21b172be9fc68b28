/** Answers as plain text: for announcements, the clipboard and the transcript. */

import { offered } from "./choices.js";
import { once } from "./citations.js";
import { count } from "./labels.js";
import type { Labels } from "./labels.js";
import { groupAlike } from "./links.js";
import type { ContactLine, Guidance, Item, Point } from "./types.js";
import { asLead, formatDate, formatTime } from "./typography.js";

const sentence = (part: string): string => (/[.!?:…]$/.test(part) ? part : `${part}.`);

/** The announcement of an answer: help, short answer, steps, and the number of points, sources and choices. */
export function announcement(guidance: Guidance, labels: Labels): string {
  const choices = offered(guidance).length;
  const more = [
    guidance.points.length ? count(labels, "points_count", guidance.points.length) : "",
    guidance.citations.length ? count(labels, "sources_count", guidance.citations.length) : "",
    choices ? count(labels, "choices_count", choices) : "",
  ].filter(Boolean);
  const { help, assumed, title, verdict_label, addressed, short, steps } = guidance;
  const helping = help ? [help.text, ...help.lines.map(({ label, phone }) => [label, phone].filter(Boolean).join(": "))] : [];
  return [
    labels("new_answer"),
    ...[...helping, assumed, title, verdict_label, addressed, short, ...steps.map(({ text }) => text)].filter((part) => part !== null).map(sentence),
    more.length ? sentence(more.join(", ")) : "",
  ].filter(Boolean).join(" ");
}

const marked = (text: string | null, numbers: readonly number[]): string => [text, marks(numbers)].filter(Boolean).join(" ");
const marks = (numbers: readonly number[]): string => numbers.map((n) => `[${n}]`).join("");
const listed = (title: string, lines: string[]): string => (lines.length ? [`${title}:`, ...lines].join("\n") : "");

const contactText = ({ label, purpose, phone, email, url, note }: ContactLine): string =>
  [[`- ${label}: ${purpose}`, note].filter(Boolean).join(" "), [phone, email, url].filter(Boolean).join(", ")].filter(Boolean).join("\n  ");

function pointText({ level, status, title, certainty, text, cites }: Point, labels: Labels): string {
  const leads = [status, title].filter((lead) => lead !== null);
  // In brackets after the title, so that it is read with it.
  if (certainty !== "settled") leads.push(`${leads.pop() ?? ""} (${labels(`certainty_${certainty}`)})`.trim());
  const house = level === "house" ? [`[${labels("house")}]`] : [];
  return `- ${[...house, ...leads.map(asLead), marked(text, cites)].join(" ")}`;
}

/** The whole answer with its sources, for the clipboard and the transcript. */
export function answerText(guidance: Guidance, labels: Labels): string {
  const { help } = guidance;
  const blocks = [
    ...(help
      ? [
          help.text,
          listed(labels("help"), help.lines.map(({ label, purpose, phone, other_phones, hours, url }) =>
            [`- ${asLead(label)} ${purpose}`, [phone, ...other_phones, hours].filter(Boolean).join(", "), url].filter(Boolean).join("\n  "))),
          listed(labels("offices"), help.offices.map(contactText)),
        ]
      : []),
    guidance.assumed,
    guidance.title && guidance.verdict_label ? `${asLead(guidance.title)} ${sentence(guidance.verdict_label)}` : guidance.title,
    marked([guidance.addressed, guidance.short].filter(Boolean).join(" "), guidance.short_cites),
    listed(labels("steps"), guidance.steps.map(({ text, cites }) => `- ${marked(text, cites)}`)),
    ...guidance.points.map((point) => pointText(point, labels)),
  ];
  if (guidance.citations.length) {
    const seen = new Set<string>();
    const lines = groupAlike(guidance.citations).map(({ numbers, citations }) => {
      const first = citations[0]!;
      const named = citations.flatMap((citation) => citation.norms);
      const norms = [...new Set(named.map((norm) => norm.label))].join(", ");
      const addresses = new Set([first.url, ...named.map((norm) => norm.url)].filter(Boolean));
      const place = [first.title, first.section].filter(Boolean).join(", ");
      const line = `${marks(numbers)} ${place} (${labels("as_of")} ${formatDate(first.as_of, guidance.language)})`;
      return [norms ? `${line}; ${norms}` : line, ...addresses, once(seen, first)].filter(Boolean).join("\n    ");
    });
    blocks.push(guidance.outcome === "sources" ? lines.join("\n") : listed(labels("sources"), lines));
  }
  blocks.push(listed(labels("contacts"), guidance.contacts.map(contactText)));
  blocks.push(guidance.notice, guidance.question);
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
