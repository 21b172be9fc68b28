/** Printing out of a shadow root: the page around the chat is left out while the printer reads. */

// Everything on the page that neither is the chat nor holds it. Written as a rule for print alone, so the screen does not move.
const RULE = `@media print {
  body :not(lotse-chat, lotse-launcher, :has(lotse-chat, lotse-launcher)) { display: none !important; }
  body { margin: 0 !important; background: none !important; }
}`;

/** Print the chat alone. The style sheet goes when the print dialog closes. */
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
