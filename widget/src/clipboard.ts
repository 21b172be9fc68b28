/** Copies text, also on an intranet page without TLS, where the Clipboard API does not exist. */

/** @returns whether the text is in the clipboard. */
export async function copyText(text: string, within: ShadowRoot): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copySelected(text, within);
  }
}

function copySelected(text: string, within: ShadowRoot): boolean {
  const before = within.activeElement;
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "hidden";
  within.append(field);
  field.select();
  // Deprecated, but there is no alternative without the Clipboard API.
  const copied = document.execCommand("copy");
  field.remove();
  if (before instanceof HTMLElement) before.focus();
  return copied;
}
