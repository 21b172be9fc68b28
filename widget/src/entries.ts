/** What the conversation shows: where to start, then questions and answers, the oldest first. */

import { html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { choices } from "./choices.js";
import type { Conversation } from "./conversation.js";
import type { SubmitHandover } from "./handover.js";
import type { Item, Message } from "./types.js";
import { heading, section } from "./view-helpers.js";

/** Longer messages of the person are folded. */
const LONG = 320;

interface Entries {
  conversation: Conversation;
  base: string;
  /** Level of the headings of an answer. */
  level: number;
  unfolded: boolean;
  /** The answer that is printed alone. */
  printing: string | null;
  submitHandover: SubmitHandover;
  choose(message: Message): void;
}

export const dots = html`<span class="dots" aria-hidden="true"><i></i><i></i><i></i></span>`;

/** Before the first question: what there is to ask, and what happens to the conversation. */
export function start({ conversation, level, choose }: Entries): TemplateResult {
  return html`<div class="start">
    <p class="hint">${conversation.labels()("privacy")}</p>
    ${conversation.questions?.groups.map(({ title, topics }) => html`${heading(level, title, "minor")}
      <div class="choices">${topics.map((topic) => html`<button type="button" class="choice" @click=${() => choose({ text: topic.question })}
        >${topic.label}</button>`)}</div>`)}
  </div>`;
}

export function entries(shown: Entries): TemplateResult {
  const { items, sending, waiting } = shown.conversation;
  return html`<ol class="entries">
    ${(sending ? [...items, sending] : items).map((item, index) => entry(item, index, shown))}
    ${waiting ? html`<li class="assistant waiting" aria-hidden="true">${dots}</li>` : nothing}
  </ol>`;
}

function entry(item: Item, index: number, { conversation, base, level, unfolded, printing, submitHandover, choose }: Entries): TemplateResult {
  if (item.from === "user") {
    const you = html`<span class="hidden">${conversation.labels()("you")}: </span>`;
    return html`<li class="user" data-entry=${index}>
      ${item.text.length > LONG
        ? html`${you}${section(`${item.text.slice(0, LONG / 2)} …`, item.text, unfolded, "bubble")}`
        : html`<p class="bubble">${you}${item.text}</p>`}</li>`;
  }
  const { guidance } = item;
  const id = `${index}`;
  const labels = conversation.labels(guidance.language);
  // Older choices belong to an earlier topic.
  const latest = item === conversation.latest;
  const asked = conversation.items.at(-2);
  return html`<li class="assistant ${printing === id ? "print-this" : ""}" data-entry=${index}>
    <lotse-answer .guidance=${guidance} .labels=${labels} .itemId=${id} .base=${base} .level=${level}
      .rated=${conversation.rated[guidance.answer_id] ?? null} .unfolded=${unfolded} .submitHandover=${submitHandover}
      .choose=${latest ? choose : null} .choices=${latest
        ? choices({ guidance, labels, waiting: conversation.waiting, asked: asked?.from === "user" ? asked.text : "", choose })
        : nothing}></lotse-answer>
  </li>`;
}
