/** The guide's own questions that share words with what is being typed. Nothing is sent for it. */

const MOST = 4;
/** Shorter words say little. */
const SHORTEST = 4;
/** Endings that may differ: “blockiere”, “blockieren”. */
const ENDING = 2;
/** A word in more than this share of the questions says nothing, such as “darf”. */
const COMMON = 1 / 8;

/** @returns the questions that fit, the best first; the rarer a shared word, the better. */
export function suggestions(draft: string, questions: readonly string[]): string[] {
  const scores = new Map<string, number>();
  for (const word of draft.toLowerCase().match(/[\p{L}\d]+/gu) ?? []) {
    if (word.length < SHORTEST) continue;
    const stem = word.slice(0, Math.max(SHORTEST, word.length - ENDING));
    const found = questions.filter((question) => question.toLowerCase().includes(stem));
    if (found.length > questions.length * COMMON) continue;
    for (const question of found) scores.set(question, (scores.get(question) ?? 0) + 1 / found.length);
  }
  return [...scores].sort(([, one], [, other]) => other - one).slice(0, MOST).map(([question]) => question);
}
