/** Numbered citations: marks in the text, sources that open below a statement, and the list at the end. */

import { html, nothing } from "lit";
import type { TemplateResult } from "lit";
import type { Labels } from "./labels.js";
import { groupAlike, guideAddress, webAddress } from "./links.js";
import { outward } from "./view-helpers.js";
import type { Citation, NormLink } from "./types.js";
import { formatDate, typeset } from "./typography.js";

interface Place {
  labels: Labels;
  base: string;
  language: string;
}

interface Marks {
  labels: Labels;
  panelId: string;
  shown: number | null;
  toggle(n: number): void;
}

// Titles, sections and norms of German sources are German in every edition of the guide.
const SOURCE_LANGUAGE = "de";

/** A source's remark is about all of it: in a list, once is enough. */
export const once = (seen: Set<string>, { title, remark }: Citation): string | null => {
  if (!remark || seen.has(title)) return null;
  seen.add(title);
  return remark;
};

/** Buttons with the numbers of a statement's citations. */
export function citationMarks(cites: readonly number[], marks: Marks): TemplateResult[] {
  return cites.map((n) => {
    const open = marks.shown === n;
    return html`<button type="button" class="mark" aria-expanded=${open} aria-controls=${open ? marks.panelId : nothing}
      aria-label=${marks.labels("source_number", { n })} @click=${() => marks.toggle(n)}><span>${n}</span></button>`;
  });
}

/** One source, opened below the statement that it supports. */
export function citationPanel(citation: Citation, excerpt: string | null, place: Place & { id: string }): TemplateResult {
  return html`<div class="source panel" id=${place.id} role="group"
    aria-label=${place.labels("source_number", { n: citation.n })}>
    ${excerpt ? html`<blockquote lang=${place.language}>${typeset(excerpt)}</blockquote>` : nothing}
    ${details([citation], citation.remark, place)}
  </div>`;
}

/** All sources of an answer; equal ones once, with all their numbers. */
export function sourceList(citations: readonly Citation[], place: Place): TemplateResult {
  const seen = new Set<string>();
  return html`<ul class="sources">${groupAlike(citations).map(({ numbers, citations: alike }) => html`<li class="source">
    <p class="numbers">${numbers.map((n) => html`<span>${n}</span>`)}</p>
    <div>${details(alike, alike[0] ? once(seen, alike[0]) : null, place)}</div>
  </li>`)}</ul>`;
}

function details(alike: readonly Citation[], remark: string | null, { labels, base, language }: Place): TemplateResult | typeof nothing {
  const citation = alike[0];
  if (!citation) return nothing;
  const address = webAddress(citation.url);
  const norms = new Map(alike.flatMap((one) => one.norms).map((norm) => [`${norm.label} ${norm.url}`, norm]));
  return html`
    <p class="source-title" lang=${SOURCE_LANGUAGE}>${typeset([citation.title, citation.section].filter(Boolean).join(", "))}</p>
    <p class="source-facts">
      ${citation.publisher ? html`<span lang=${SOURCE_LANGUAGE}>${typeset(citation.publisher)}</span>, ` : nothing}${labels("as_of")}
      ${formatDate(citation.as_of, language)}
    </p>
    ${norms.size
      ? html`<p class="norms">${labels("norms")}: ${[...norms.values()].map((norm, index) => [index ? ", " : "", normLink(norm, labels)])}</p>`
      : nothing}
    ${remark ? html`<p class="source-note">${typeset(remark)}</p>` : nothing}
    <p class="source-links">
      ${address ? outward(address, labels("open_source"), labels) : nothing}
      ${citation.passage ? outward(guideAddress(base, citation.passage, language), labels("read_in_guide"), labels) : nothing}
    </p>
  `;
}

function normLink(norm: NormLink, labels: Labels): TemplateResult {
  const address = webAddress(norm.url);
  const label = html`<span lang=${SOURCE_LANGUAGE}>${typeset(norm.label)}</span>`;
  return address ? outward(address, label, labels) : label;
}
