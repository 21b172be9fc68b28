/** Bringing a part of the conversation into sight. */

/** Smoothly, unless the person wants less motion. */
export function bring(entry: Element | null, block: "start" | "end"): void {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  entry?.scrollIntoView({ block, inline: "nearest", behavior: calm ? "auto" : "smooth" });
}
