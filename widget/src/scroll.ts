/** Scrolling of the conversation; smooth, unless the person prefers reduced motion. */

/** Above and below what is scrolled to, in pixels; the style sheet's scroll-padding at the usual text size. */
const SCROLL_PADDING = 16;

export function scrollToElement(part: Element | null | undefined, block: ScrollLogicalPosition): void {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  part?.scrollIntoView({ block, inline: "nearest", behavior: calm ? "auto" : "smooth" });
}

/** Scroll to an error message, otherwise to where the newest entry begins: a question that waits, or its answer. */
export function scrollToNewest(transcript: HTMLElement): void {
  measure(transcript);
  const trouble = transcript.querySelector(".trouble");
  const last = transcript.querySelector(".entries > :last-child");
  if (trouble) scrollToElement(trouble, "nearest");
  else scrollToElement(last?.matches(".waiting") ? last.previousElementSibling : last, "start");
}

/** Scroll to where an answer begins, or to its question if what is to be seen at once fits below it. */
export function scrollToAnswer(transcript: HTMLElement, index: number): void {
  const room = measure(transcript);
  const [question, answer] = [index - 1, index].map((place) => transcript.querySelector(`[data-entry="${place}"]`));
  scrollToElement(question && fits(question, answer, room) ? question : answer, "start");
}

/** The style sheet gives the last answer this height, so that it can begin at the top however short it is. */
function measure(transcript: HTMLElement): number {
  const { clientHeight } = transcript;
  transcript.style.setProperty("--room", `${clientHeight}px`);
  return clientHeight;
}

function fits(question: Element, answer: Element | null | undefined, room: number): boolean {
  const { top, height } = question.getBoundingClientRect();
  const end = answer?.querySelector(".help a, .more > summary")?.getBoundingClientRect().bottom ?? top;
  return end - top <= room - SCROLL_PADDING && height <= room / 3;
}
