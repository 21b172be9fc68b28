/** Prints the chat alone: the rest of the page is hidden while printing. */

// Hides everything except the chat and its ancestors. The rule applies to print only, so the screen does not change.
const RULE = `@media print {
  body :not(lotse-chat, lotse-launcher, :has(lotse-chat, lotse-launcher)) { display: none !important; }
  body { margin: 0 !important; background: none !important; }
}`;

/** Print the chat alone. The style sheet is removed when the print dialog closes. */
export function printAlone(): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(RULE);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  const restore = (): void => {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((other) => other !== sheet);
  };
  addEventListener("afterprint", restore, { once: true });
  print();
}
