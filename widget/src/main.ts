/**
 * Entry point of the file that pages embed:
 *
 *     <script src="https://…/chat/widget.js" data-language="de" data-position="right" defer></script>
 *
 * adds a launcher to the page. A page with its own <lotse-chat> gets no launcher.
 */

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
    if (!this.closable) this.language = language(this.getAttribute("language") ?? undefined);
    super.connectedCallback();
  }
}

function launch(): void {
  if (document.querySelector("lotse-chat, lotse-launcher")) return;
  const launcher = new LotseLauncher();
  launcher.base = base;
  launcher.language = language(undefined);
  launcher.position = settings["position"] === "left" ? "left" : "right";
  launcher.label = settings["label"] ?? "";
  launcher.theme = settings["theme"] ?? null;
  document.body.append(launcher);
}

// build.mjs wraps this code, so that the first of two tags on a page wins.
customElements.define("lotse-answer", LotseAnswer);
customElements.define("lotse-handover", LotseHandover);
customElements.define("lotse-chat", PageChat);
customElements.define("lotse-launcher", LotseLauncher);
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", launch, { once: true });
else launch();
