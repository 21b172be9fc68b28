/** Keeps keys away from the shortcuts of the page around the chat. */

/** Let no key that is pressed inside `host` reach the page. @param when whether it holds just now. */
export function keepKeys(host: HTMLElement, when: () => boolean): void {
  for (const type of ["keydown", "keypress", "keyup"]) {
    host.addEventListener(type, (event) => {
      if (when()) event.stopPropagation();
    });
  }
}
