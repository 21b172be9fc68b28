/** Light or dark theme: that of the embedding page, otherwise that of the person's system. */

const KERN = "data-kern-theme";

type Theme = "light" | "dark";

const named = (value: string | null | undefined): Theme | null => (value === "light" || value === "dark" ? value : null);

/**
 * Keep the host's `theme` attribute equal to the page's theme. KERN pages may name their theme; otherwise KERN follows the
 * system, and so does the widget.
 *
 * @returns a function that stops watching.
 */
export function followTheme(host: HTMLElement, wished: () => string | null): () => void {
  const apply = (): void => {
    const page = host.closest(`[${KERN}]`) ?? document.querySelector(`[${KERN}]`);
    const theme = named(wished()) ?? named(page?.getAttribute(KERN));
    if (theme) host.setAttribute("theme", theme);
    else host.removeAttribute("theme");
  };
  apply();
  const observer = new MutationObserver(apply);
  observer.observe(document.documentElement, { attributes: true, subtree: true, attributeFilter: [KERN] });
  return () => observer.disconnect();
}
