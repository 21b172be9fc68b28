/** Scroll to a part of the conversation; smoothly, unless the person prefers reduced motion. */
export function scrollToElement(entry: Element | null, block: "start" | "end"): void {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  entry?.scrollIntoView({ block, inline: "nearest", behavior: calm ? "auto" : "smooth" });
}
