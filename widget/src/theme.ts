/** Light or dark: what the embedding page says, else what the person's system says. */

const KERN = "data-kern-theme";

type Theme = "light" | "dark";

const named = (value: string | null | undefined): Theme | null => (value === "light" || value === "dark" ? value : null);

/**
 * Keep the host's `theme` attribute in step with the page. KERN pages may name their theme; where they do not, KERN
 * follows the system, and so does the widget.
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
