/** <lotse-launcher>: the button on an embedding page, and the dialog that it opens. */

import { LitElement, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import type { LotseChat } from "./chat.js";
import { icons } from "./icons.js";
import { keepKeys } from "./keys.js";
import { labelsFrom } from "./labels.js";
import { Memory } from "./memory.js";
import { styleSheet } from "./style-sheet.js";
import styles from "./styles/launcher.css";
import tokens from "./styles/tokens.css";
import { takeTextSize } from "./text-size.js";
import { followTheme } from "./theme.js";
import { followViewport } from "./viewport.js";

// If the dialog covers the page, it is modal and traps the focus; otherwise the page stays usable beside it.
const NARROW = "(max-width: 40em), (max-height: 30em)";

export class LotseLauncher extends LitElement {
  static override styles = [styleSheet(tokens), styleSheet(styles)];
  static override properties = {
    base: {},
    language: {},
    position: { reflect: true },
    label: {},
    theme: { attribute: "data-theme" },
    open: { state: true },
    large: { state: true },
    used: { state: true },
    unread: { state: true },
  };

  declare base: string;
  declare language: string;
  declare position: "left" | "right";
  declare label: string;
  declare theme: string | null;
  private declare open: boolean;
  private declare large: boolean;
  /** Whether it was ever opened: before that nothing is requested or stored. */
  private declare used: boolean;
  /** Whether an answer came while the dialog was closed, or waits there since another page. */
  private declare unread: boolean;
  /** Whether the open dialog has an entry in the browser's history, so that "back" closes it. */
  private listed = false;
  private stopTheme = (): void => undefined;
  private stopViewport = (): void => undefined;

  constructor() {
    super();
    this.base = this.label = "";
    this.language = "de";
    this.position = "right";
    this.theme = null;
    this.open = this.large = this.used = this.unread = false;
    keepKeys(this, () => this.open);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    takeTextSize(this);
    this.stopTheme = followTheme(this, () => this.theme);
    this.stopViewport = followViewport(this);
    addEventListener("popstate", this.back);
    // The person has left the page before the answer came: it waits in the dialog.
    this.unread ||= !!new Memory(this.base).read()?.pending;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stopTheme();
    this.stopViewport();
    removeEventListener("popstate", this.back);
    this.listed = false;
    if (this.open) this.hide();
    // The page has replaced its whole body, as some navigation scripts do: the launcher moves into the new one.
    if (this.parentNode) queueMicrotask(() => this.isConnected || document.body.append(this));
  }

  protected override willUpdate(): void {
    this.lang = this.language;
  }

  protected override render(): TemplateResult {
    const labels = labelsFrom(null, this.language);
    return html`<section class=${this.open ? "open" : ""} aria-label=${labels("title")}>
      <button type="button" class="launch" aria-haspopup="dialog" ?hidden=${this.open} @click=${this.show}>
        ${icons.chat}<span>${this.label || labels("launcher")}</span>
      </button>
      <p class="badge" role="status">${this.unread ? labels("answered") : ""}</p>
      <dialog class=${this.large ? "large" : ""} aria-label=${labels("title")} @close=${this.closed} @keydown=${this.keydown}>
        ${this.used
          ? html`<lotse-chat closable .base=${this.base} .language=${this.language} .theme=${this.theme} .large=${this.large}
              @lotse-large=${() => (this.large = !this.large)}
              @lotse-close=${this.hide} @lotse-answered=${() => (this.unread = !this.open)}></lotse-chat>`
          : nothing}
      </dialog>
    </section>`;
  }

  private get dialog(): HTMLDialogElement {
    return this.renderRoot.querySelector("dialog")!;
  }

  /** Opens the dialog. @returns the chat in it. */
  show = async (): Promise<LotseChat> => {
    this.used = true;
    if (!this.open) {
      this.open = true;
      this.unread = false;
      await this.updateComplete;
      if (matchMedia(NARROW).matches) {
        this.dialog.showModal();
        this.listed = true;
        history.pushState(history.state, "");
      } else this.dialog.show();
    }
    const chat = this.renderRoot.querySelector<LotseChat>("lotse-chat")!;
    chat.show();
    return chat;
  };

  private back = (): void => {
    this.listed = false;
    if (this.open) this.hide();
  };

  private hide = (): void => this.dialog.close();

  private closed = async (): Promise<void> => {
    this.open = false;
    if (this.listed) history.back();
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>(".launch")?.focus();
  };

  private keydown = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    event.preventDefault();
    this.hide();
  };
}
