/** Follows the part of the page that is in view: on some phones the keyboard covers a page without resizing it. */

/**
 * Keep `--top` and `--height` of `host` equal to the visible part of the window, except while the page is pinched larger.
 *
 * @returns a function that stops watching.
 */
export function followViewport(host: HTMLElement): () => void {
  const view = window.visualViewport;
  if (!view) return () => undefined;
  const apply = (): void => {
    const covered = view.scale < 1.01 && innerHeight - view.height > 1;
    host.style.setProperty("--top", covered ? `${view.offsetTop}px` : "");
    host.style.setProperty("--height", covered ? `${view.height}px` : "");
  };
  const stop = new AbortController();
  for (const type of ["resize", "scroll"]) view.addEventListener(type, apply, { signal: stop.signal });
  return () => stop.abort();
}
