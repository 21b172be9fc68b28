/** The Playground's page, as a person uses it. */

import { mkdir } from "node:fs/promises";
import { chromium } from "playwright-core";

const PATIENCE = 60_000;
const QUIET = 1_200;

export class Playground {
  /** Open the page at `url`; pictures go to `folder`. */
  static async open(url, folder) {
    await mkdir(folder, { recursive: true });
    const browser = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu", "--lang=de"],
    });
    const kept = [];
    const size = { viewport: { width: 1280, height: 1000 }, deviceScaleFactor: 1.5 };
    const context = await browser.newContext({ ...size, locale: "de-DE" });
    context.setDefaultTimeout(PATIENCE);
    // Fonts and a decoration from Microsoft's own hosts, and what citations link to: nothing leaves this machine.
    await context.route((address) => address.hostname !== "127.0.0.1", (route) => {
      kept.push(route.request().url());
      return route.abort();
    });
    const page = await context.newPage();
    await page.goto(url);
    return new Playground(browser, page, folder, kept);
  }

  constructor(browser, page, folder, kept) {
    Object.assign(this, { browser, page, folder, kept, pictures: 0 });
    this.messages = page.getByRole("button", { name: "Show more information" });
    this.box = page.locator("[role=textbox][contenteditable=true]").last();
  }

  /** Do something that leads to at least `expected` more messages, and wait until no more come. */
  async after(act, expected = 1) {
    const before = await this.messages.count();
    await act();
    await this.messages.nth(before + expected - 1).waitFor({ state: "attached" });
    let count = 0;
    while (count !== (count = await this.messages.count())) await this.page.waitForTimeout(QUIET);
  }

  /** Write a message and send it; `mention` writes the bot's name before it, `send` names a button to press. */
  async say(text, { mention = false, expected = 2, send } = {}) {
    await this.after(async () => {
      await this.box.click();
      if (mention) {
        await this.page.keyboard.type("@");
        await this.page.getByRole("menuitem", { name: "Social-Media-Lotse" }).first().click();
      }
      await this.page.keyboard.insertText(text);
      if (send) await this.button(send).click();
      else await this.page.keyboard.press("Enter");
    }, expected);
  }

  /** Press the last button with this label and wait for what follows. */
  async press(name, expected = 1) {
    await this.after(() => this.button(name).click(), expected);
  }

  button(name) {
    return this.page.getByRole("button", { name, exact: true }).last();
  }

  /** Go to a chat or channel. */
  async goTo(name) {
    await this.page.getByRole("treeitem", { name }).click();
    await this.page.waitForTimeout(QUIET);
  }

  /** Take a picture. `from` is scrolled to the top of the view first. */
  async picture(name, from) {
    if (from) await from.evaluate((element) => element.scrollIntoView({ block: "start" }));
    await this.page.waitForTimeout(400);
    const number = String(++this.pictures).padStart(2, "0");
    await this.page.screenshot({ path: `${this.folder}/${number}-${name}.png` });
  }

  /** What the page shows, without its log. */
  text() {
    return this.page.locator("body").innerText();
  }
}
