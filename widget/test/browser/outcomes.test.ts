import { describe, it } from "vitest";
import { readGuidance } from "../../src/parse-guidance.js";
import { typeset } from "../../src/typography.js";
import payloads from "../mock-server/payloads.json" with { type: "json" };
import { expect, inChat } from "./harness.js";

/** What to type for each canned answer (test/mock-server/server.ts). */
const QUESTIONS: [keyof typeof payloads, string][] = [
  ["answered", "Darf ich meinen Chef blockieren?"], ["depends", "TikTok?"], ["not_allowed", "Geheimnisse?"], ["info", "Fotos?"],
  ["refined", "Und als Beamtin?"], ["sources", "Quelle?"], ["reason", "Warum?"], ["choices", "Ich habe etwas gesehen"],
  ["refused", "Wie wird das Wetter?"], ["check", "Kannst du das prüfen?"], ["bot", "Bist du ein Mensch?"], ["forgotten", "Vergiss alles"],
  ["error", "Fehler"], ["english", "May I block my boss?"], ["long", "Welche Folgen?"], ["status", "Darf ich liken?"],
  ["handed_over", "Ich möchte mit jemandem sprechen"],
];

describe.each(["light", "dark"] as const)("every outcome (%s)", (colorScheme) => {
  it.each(QUESTIONS)("%s", async (name, question) => {
    await inChat({ colorScheme, place: colorScheme === "dark" ? "dialog" : "page" }, async (chat) => {
      const answer = await chat.ask(question);
      const expected = readGuidance(payloads[name].guidance, "de");
      const text = (await answer.innerText()).replace(/\s+/g, " ");
      const shown = (part: string): string => typeset(part).replace(/\s+/g, " ");
      for (const part of [expected.title, expected.verdict_label, expected.addressed, expected.short, expected.notice]) {
        if (part) expect(text).toContain(shown(part));
      }
      for (const point of expected.points) {
        expect(text).toContain(shown(point.text));
        // A title that is a question has no colon.
        if (point.title) expect(text).toContain(point.title.endsWith("?") ? shown(point.title) : `${shown(point.title)}:`);
      }
      expect(await answer.getAttribute("lang")).toBe(expected.language);
      if (expected.verdict) expect(await answer.locator(`.verdict.${expected.verdict} svg`).count()).toBe(1);
      const choices = chat.page.locator(".choices .choice");
      const labels = (await choices.allInnerTexts()).map((label) => label.replace(/\s+/g, " "));
      if (name !== "error") expect(labels).toEqual(expected.follow_ups.map(({ label }) => shown(label)));
      for (const details of await answer.locator("details").all()) {
        if ((await details.getAttribute("open")) === null) await details.locator("summary").click();
      }
      for (const contact of expected.contacts) expect(await answer.innerText()).toContain(contact.label);
      expect(await answer.locator(".sources .numbers span").count()).toBe(expected.citations.length);
      expect(await chat.axe()).toEqual([]);
    });
  });
});

describe("an answer", () => {
  it("opens its sources in place", async () => {
    await inChat({}, async (chat) => {
      const answer = await chat.ask("Geheimnisse?");
      const mark = answer.getByRole("button", { name: "Quelle 1", exact: true }).first();
      await mark.click();
      expect(await mark.getAttribute("aria-expanded")).toBe("true");
      const panel = answer.getByRole("group", { name: "Quelle 1" });
      const citation = readGuidance(payloads.not_allowed.guidance, "de").citations[0]!;
      const text = (await panel.innerText()).replace(/\s+/g, " ");
      for (const part of [citation.title, citation.section!, "Stand 07.02.2023", citation.excerpt, citation.norms[0]!.label]) {
        expect(text).toContain(typeset(part).replace(/\s+/g, " "));
      }
      const links = await panel.getByRole("link").all();
      expect(links.length).toBeGreaterThanOrEqual(3);
      for (const link of links) {
        expect(await link.getAttribute("rel")).toBe("noopener noreferrer");
        expect(await link.innerText()).toContain("öffnet ein neues Fenster");
      }
      expect(await chat.axe()).toEqual([]);
      await mark.click();
      expect(await panel.count()).toBe(0);
    });
  });

  it("leads on by its choices, and only the last one's are on offer", async () => {
    await inChat({}, async (chat) => {
      await chat.ask("Darf ich meinen Chef blockieren?");
      await chat.button("Einfacher erklären").click();
      await expect.poll(() => chat.answers.count()).toBe(3);
      expect(chat.server.asked.at(-1)).toBe("/request_simpler");
      expect(await chat.page.locator(".user").last().innerText()).toContain("Einfacher erklären");
      expect(await chat.page.locator(".choices").count()).toBe(1);
      await chat.button("Mit jemandem sprechen").click();
      await expect.poll(() => chat.answers.count()).toBe(4);
      expect(await chat.last.innerText()).toContain("Personalrat");
    });
  });

  it("offers to try again after a failed turn", async () => {
    await inChat({}, async (chat) => {
      await chat.ask("Fehler");
      await chat.button("Noch einmal senden").click();
      await expect.poll(() => chat.server.asked).toEqual(["Fehler", "Fehler"]);
      // The button is gone; whoever pressed it is not lost at the top of the page.
      expect(await chat.field.evaluate((field) => (field.getRootNode() as ShadowRoot).activeElement === field)).toBe(true);
    });
  });

  it("does not offer to send what was no question once more", async () => {
    await inChat({}, async (chat) => {
      chat.server.answerWith = () => ({ ...payloads.error.guidance, retry: false });
      await chat.ask("???");
      expect(await chat.button("Noch einmal senden").count()).toBe(0);
    });
  });

  it("is rated with a thumb and, if one likes, a comment", async () => {
    await inChat({}, async (chat) => {
      const answer = await chat.ask("TikTok?");
      await answer.getByRole("button", { name: "Nein, die Antwort war nicht hilfreich" }).click();
      await answer.locator(".comment textarea").fill("Zu lang");
      expect(await chat.axe()).toEqual([]);
      await chat.button("Rückmeldung senden").click();
      await expect.poll(() => chat.server.rated.map(({ rating, comment }) => [rating, comment])).toEqual([["down", null], ["down", "Zu lang"]]);
      await expect.poll(() => chat.status.innerText()).toContain("Rückmeldung ist angekommen");
      expect(await answer.locator('[aria-pressed="true"]').count()).toBe(1);
      expect(await chat.page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.getAttribute("aria-pressed"))).toBe("true");
    });
  });

  it("is copied with its sources", async () => {
    await inChat({ permissions: ["clipboard-read", "clipboard-write"] }, async (chat) => {
      await chat.ask("Darf ich meinen Chef blockieren?");
      await chat.last.getByTitle("Kopieren").click();
      await expect.poll(() => chat.status.innerText()).toBe("Die Antwort ist kopiert.");
      const copied = await chat.page.evaluate(() => navigator.clipboard.readText());
      expect(copied).toContain("Darf ich andere blockieren? Erlaubt.");
      expect(copied).toContain("https://sml.tum-cdps.de/en/fragen/blockierung");
    });
  });

  it("is printed alone and unfolded, the page around it is not", async () => {
    await inChat({ place: "dialog" }, async (chat) => {
      await chat.page.evaluate(() => (globalThis.print = () => undefined));
      await chat.ask("Darf ich meinen Chef blockieren?");
      await chat.last.getByTitle("Drucken").click();
      await chat.page.evaluate(() => dispatchEvent(new Event("beforeprint")));
      await chat.page.emulateMedia({ media: "print" });
      expect(await chat.page.locator("h1").isVisible()).toBe(false);
      expect(await chat.answers.first().isVisible()).toBe(false);
      expect(await chat.last.locator(".sources").isVisible()).toBe(true);
      expect(await chat.field.isVisible()).toBe(false);
      await chat.page.evaluate(() => dispatchEvent(new Event("afterprint")));
      await chat.page.emulateMedia({ media: "screen" });
      expect(await chat.page.locator("h1").isVisible()).toBe(true);
      await expect.poll(() => chat.last.locator("details[open]").count()).toBe(0);
    });
  });

  it("goes into the transcript that can be downloaded", async () => {
    await inChat({}, async (chat) => {
      await chat.ask("Darf ich meinen Chef blockieren?");
      const download = chat.page.waitForEvent("download");
      await chat.menu("Verlauf herunterladen");
      const file = await download;
      expect(file.suggestedFilename()).toMatch(/^lotse-verlauf-\d{4}-\d\d-\d\d\.txt$/);
      const parts: Buffer[] = [];
      for await (const part of await file.createReadStream()) parts.push(part as Buffer);
      expect(Buffer.concat(parts).toString("utf8")).toMatch(/Sie \(\d\d:\d\d\)\nDarf ich meinen Chef blockieren\?/);
    });
  });
});

describe("the menu", () => {
  it("takes the status along with the first question", async () => {
    await inChat({}, async (chat) => {
      await chat.menu("Ich bin verbeamtet");
      expect(await chat.page.locator(".told").innerText()).toContain("Ich bin verbeamtet");
      expect(await chat.axe()).toEqual([]);
      await chat.ask("Darf ich liken?");
      expect(chat.server.asked).toEqual(["Ich bin verbeamtet. Darf ich liken?"]);
    });
  });

  it("switches the language of everything", async () => {
    await inChat({}, async (chat) => {
      await chat.button("English").click();
      await expect.poll(() => chat.page.locator("lotse-chat").getAttribute("lang")).toBe("en");
      await expect.poll(() => chat.last.innerText()).toContain("Hello!");
      expect(await chat.page.locator("label").innerText()).toBe("Your question");
      expect(await chat.axe()).toEqual([]);
    });
  });

  it("starts anew after asking", async () => {
    await inChat({}, async (chat) => {
      await chat.ask("TikTok?");
      await chat.menu("Neu anfangen");
      expect(await chat.axe()).toEqual([]);
      await chat.button("Löschen und neu anfangen").click();
      await expect.poll(() => chat.answers.count()).toBe(1);
      expect(chat.server.erased).toBe(1);
    });
  });

  it("answers the next question after everything was forgotten by word", async () => {
    await inChat({}, async (chat) => {
      await chat.ask("TikTok?");
      await chat.say("Vergiss alles");
      await expect.poll(() => chat.page.locator(".user").count()).toBe(0);
      const { short } = payloads.forgotten.guidance;
      const confirmation = chat.answers.getByText(short.slice(0, 40));
      const heard = chat.page.locator("[role=log] p").filter({ hasText: short.slice(0, 40) });
      expect([await chat.answers.count(), await confirmation.isVisible(), await heard.count()]).toEqual([1, true, 1]);
      expect(await chat.page.evaluate(() => sessionStorage.length)).toBe(0);
      await chat.say("Fotos?");
      await expect.poll(() => chat.answers.count()).toBe(2);
      expect(chat.server.asked).toEqual(["TikTok?", "Vergiss alles", "Fotos?"]);
      expect([await confirmation.isVisible(), await heard.count(), await chat.page.locator(".trouble").count()]).toEqual([true, 1, 0]);
      await chat.page.reload();
      await chat.ready();
      await expect.poll(() => chat.answers.count()).toBe(2);
      expect(await confirmation.count()).toBe(0);
    });
  });

  it("deletes everything after asking, here and there", async () => {
    await inChat({}, async (chat) => {
      await chat.ask("TikTok?");
      await chat.menu("Alles löschen");
      await chat.button("Abbrechen").click();
      expect(chat.server.erased).toBe(0);
      await chat.menu("Alles löschen");
      await chat.button("Endgültig löschen").click();
      await chat.page.getByText("Ihr Gespräch ist gelöscht").waitFor();
      expect([chat.server.erased, await chat.answers.count(), await chat.page.evaluate(() => sessionStorage.length)]).toEqual([1, 0, 0]);
      expect(await chat.axe()).toEqual([]);
      await chat.button("Neues Gespräch beginnen").click();
      await chat.ready();
    });
  });
});
