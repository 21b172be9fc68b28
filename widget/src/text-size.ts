/** Sizes follow the person's own text size, and nothing that the page says about its text. */

/** Set the unit of all sizes; the style sheet gives `host` the browser's own text size, which the page cannot change. */
export function takeTextSize(host: HTMLElement): void {
  host.style.setProperty("--u", `max(16px, ${getComputedStyle(host).fontSize})`);
}
