/**
 * Entry point of the file that pages embed:
 *
 *     <script src="https://…/chat/widget.js" data-language="de" data-position="right" defer></script>
 *
 * adds a launcher to the page. A page with its own <lotse-chat> gets no launcher.
 */

// The style sheets first: then alike parts of the scripts are near each other in the bundle, which compresses better.
import "./styles/tokens.css";
import "./styles/launcher.css";
import "./styles/chat.css";
import { LotseAnswer } from "./answer.js";
import { LotseChat } from "./chat.js";
import { LotseHandover } from "./handover.js";
import { LANGUAGES } from "./labels.js";
import { LotseLauncher } from "./launcher.js";

const script = document.currentScript instanceof HTMLScriptElement ? document.currentScript : null;
const settings: DOMStringMap = script?.dataset ?? {};
// The channel is in the same folder as the script, whatever prefix a reverse proxy adds.
const base = new URL(".", settings["base"] ?? script?.src ?? location.href).href;

function language(wished: string | undefined): string {
  const pick = [wished, settings["language"], document.documentElement.lang].map((tag) => tag?.toLowerCase().split("-")[0]);
  return pick.find((tag) => tag && LANGUAGES.includes(tag)) ?? "de";
}

class PageChat extends LotseChat {
  override connectedCallback(): void {
    this.base ||= base;
    if (!this.closable) {
      // Only in the address of our own page: elsewhere these names belong to the page.
      const given = new URLSearchParams(location.href.startsWith(base) ? location.search : "");
      this.language = language(given.get("language") ?? this.getAttribute("language") ?? navigator.language);
      // Only filled in, not sent: a link must not act for whoever opens it.
      this.draft = given.get("q") ?? "";
    }
    super.connectedCallback();
  }
}

function launch(): void {
  if (!document.body) return addEventListener("DOMContentLoaded", launch, { once: true });
  if (document.querySelector("lotse-chat, lotse-launcher")) return;
  const launcher = new LotseLauncher();
  launcher.base = base;
  launcher.language = language(undefined);
  launcher.position = settings["position"] === "left" ? "left" : "right";
  launcher.label = settings["label"] ?? "";
  launcher.theme = settings["theme"] ?? null;
  document.body.append(launcher);
}

/** The chat of this page, opened. */
async function opened(): Promise<LotseChat> {
  const own = document.querySelector<LotseChat>("lotse-chat");
  if (own) own.focusStart();
  else launch();
  return own ?? document.querySelector<LotseLauncher>("lotse-launcher")!.show();
}

/** What the page around the chat may call. */
const Lotse = {
  /** Puts the launcher into the page again if it has gone. */
  mount: launch,
  open: async (): Promise<void> => void (await opened()),
  ask: async (text: string): Promise<void> => (await opened()).ask(text),
};
Object.assign(globalThis, { Lotse });

// build.mjs wraps this code, so that the first of two tags on a page wins; the second only calls `mount`.
customElements.define("lotse-answer", LotseAnswer);
customElements.define("lotse-handover", LotseHandover);
customElements.define("lotse-chat", PageChat);
customElements.define("lotse-launcher", LotseLauncher);
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", launch, { once: true });
else launch();
