/** `npm run screenshots -- FOLDER`: pictures of the chat in its states, sizes, themes and text sizes. */

import { mkdir } from "node:fs/promises";
import { chromium } from "playwright-core";
import { load } from "./load.mjs";

const folder = process.argv[2] ?? "screenshots";
const only = process.argv[3];
await mkdir(folder, { recursive: true });
const { MockServer } = await load(new URL("server.ts", import.meta.url).pathname);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu", "--lang=de"],
});
const SIZES = { wide: [1280, 800], middle: [768, 1024], phone: [390, 844], small: [360, 700], flat: [844, 390] };

const ask = async (page, text) => {
  const before = await page.locator("lotse-answer").count();
  await page.locator("textarea.question").fill(text);
  await page.keyboard.press("Enter");
  await page.locator("lotse-answer").nth(before).waitFor();
  await page.waitForTimeout(350);
};

const SCENES = {
  greeting: async () => undefined,
  typing: async (page) => page.locator("textarea.question").pressSequentially("Blockieren"),
  asked: async (page) => ask(page, `${"Wir haben im Amt eine lange Geschichte. ".repeat(12)}Darf ich das?`),
  answered: async (page) => ask(page, "Darf ich meinen Chef blockieren?"),
  source: async (page) => {
    await ask(page, "Darf ich dienstliche Geheimnisse posten?");
    await page.getByRole("button", { name: "Quelle 1" }).first().click();
  },
  long: async (page) => {
    await ask(page, "Welche Folgen drohen mir?");
    await page.locator(".more > summary").click();
  },
  assumed: async (page) => ask(page, "Darf ich den Nachbarn blockieren?"),
  need: async (page) => ask(page, "Ich kann nicht mehr"),
  sources: async (page) => ask(page, "Quelle?"),
  choices: async (page) => ask(page, "Ich habe da etwas gesehen"),
  refused: async (page) => ask(page, "Wie wird das Wetter?"),
  english: async (page) => ask(page, "May I block my boss?"),
  switched: async (page) => {
    await page.getByRole("button", { name: "English", exact: true }).click();
    await page.getByText("Hello!").first().waitFor();
  },
  written: async (page) => page.locator("textarea.question").fill("Wir haben im Amt eine lange Geschichte. ".repeat(12)),
  waiting: async (page, server) => {
    server.hold();
    await page.locator("textarea.question").fill("Darf ich meinen Chef blockieren?");
    await page.keyboard.press("Enter");
  },
  offline: async (page, server) => {
    await ask(page, "Brauche ich Fotos?");
    server.fail({ on: "messages", drop: true, times: 9 });
    await page.locator("textarea.question").fill("Und wie ist es mit Bildern von der Weihnachtsfeier?");
    await page.keyboard.press("Enter");
    await page.locator(".trouble").waitFor();
  },
  fault: async (page) => ask(page, "Mach einen Fehler"),
  // The server itself fails, as the answer to a question and at the start.
  broken: async (page, server) => {
    server.fail({ on: "messages", status: 500, times: 9 });
    await page.locator("textarea.question").fill("Darf ich meinen Chef blockieren?");
    await page.keyboard.press("Enter");
    await page.locator(".trouble").waitFor();
  },
  unreachable: async (page, server) => {
    server.fail({ on: "history", status: 503, times: 9 });
    await page.reload();
    if (await page.locator(".launch").count()) await page.locator(".launch").click();
    await page.locator(".trouble").waitFor();
  },
  menu: async (page) => page.locator(".menu-button").click(),
  erased: async (page) => {
    await page.locator(".menu-button").click();
    await page.getByRole("button", { name: "Alles löschen" }).click();
    await page.getByRole("button", { name: "Endgültig löschen" }).click();
    await page.locator(".erased").waitFor();
  },
  status: async (page) => {
    await page.locator(".menu-button").click();
    await page.getByRole("button", { name: "Ich bin verbeamtet" }).click();
  },
  erase: async (page) => {
    await page.locator(".menu-button").click();
    await page.getByRole("button", { name: "Alles löschen" }).click();
  },
  handover: async (page) => {
    await ask(page, "Ich möchte mit jemandem sprechen");
    await page.getByLabel("An welche Stelle?").selectOption("Pressestelle");
    await page.locator("lotse-handover form").scrollIntoViewIfNeeded();
  },
  feedback: async (page) => {
    await ask(page, "Darf ich TikTok nutzen?");
    await page.locator(".thumbs button").last().click();
    for (const reason of ["zu lang", "falsch"]) await page.getByRole("button", { name: reason, exact: true }).click();
  },
};

for (const [scene, play] of Object.entries(SCENES)) {
  for (const [size, [width, height]] of Object.entries(SIZES)) {
    for (const colorScheme of ["light", "dark"]) {
      // The text size that a person has set in the browser, in percent.
      for (const text of [100, 200]) {
        for (const place of ["page", "dialog"]) {
          const name = `${scene}-${place}-${size}-${colorScheme}-${text}`;
          if (only && !new RegExp(only).test(name)) continue;
          const server = await new MockServer().start();
          const page = await browser.newPage({ viewport: { width, height }, colorScheme, locale: "de-DE", reducedMotion: "reduce" });
          const session = await page.context().newCDPSession(page);
          await session.send("Page.setFontSizes", { fontSizes: { standard: 0.16 * text, fixed: 0.16 * text } });
          await page.goto(place === "page" ? server.chat : `${server.chat}demo/`);
          if (place === "dialog") await page.locator(".launch").click();
          await page.locator("lotse-answer").first().waitFor();
          await page.locator(".start .choice").first().waitFor();
          await play(page, server);
          await page.waitForTimeout(150);
          await page.screenshot({ path: `${folder}/${name}.png` });
          await page.close();
          await server.stop();
        }
      }
    }
  }
}
await browser.close();
