import type { Locator } from "playwright-core";
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
  ["handed_over", "Ich möchte mit jemandem sprechen"], ["need", "Ich kann nicht mehr"], ["assumed", "Darf ich den Nachbarn blockieren?"],
];

/** Open every part of an answer. */
async function unfold(answer: Locator): Promise<void> {
  for (const details of await answer.locator("details").all()) {
    if ((await details.getAttribute("open")) === null) await details.locator("> summary").click();
  }
}

describe.each(["light", "dark"] as const)("every outcome (%s)", (colorScheme) => {
  it.each(QUESTIONS)("%s", async (name, question) => {
    await inChat({ colorScheme, place: colorScheme === "dark" ? "dialog" : "page" }, async (chat) => {
      const answer = await chat.ask(question);
      const expected = readGuidance(payloads[name].guidance, "de");
      await unfold(answer);
      const text = (await answer.innerText()).replace(/\s+/g, " ");
      const shown = (part: string): string => typeset(part).replace(/\s+/g, " ");
      for (const part of [expected.title, expected.verdict_label, expected.addressed, expected.short, expected.assumed, expected.help?.text, ...(expected.notice?.split("\n\n") ?? [])]) {
        if (part) expect(text).toContain(shown(part));
      }
      for (const step of expected.steps) expect(text).toContain(shown(step.text));
      for (const point of expected.points) {
        expect(text).toContain(shown(point.text));
        // A title that is a question has no colon.
        if (point.title) expect(text).toContain(point.title.endsWith("?") ? shown(point.title) : `${shown(point.title)}:`);
      }
      expect(await answer.getAttribute("lang")).toBe(expected.language);
      if (expected.verdict) expect(await answer.locator(`.verdict.${expected.verdict} svg`).count()).toBe(1);
      const choices = chat.page.locator(".entries .choices .choice");
      const labels = (await choices.allInnerTexts()).map((label) => label.replace(/\s+/g, " "));
      const below = expected.follow_ups.filter(({ payload }) => !expected.assumed || payload !== "/correct_topic");
      if (name !== "error") expect(labels).toEqual(below.map(({ label }) => shown(label)));
      for (const contact of expected.contacts) {
        expect(text).toContain(contact.label);
        if (contact.note) expect(text).toContain(contact.note);
      }
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

  it("shows what can be read standing, and the rest in place on request", async () => {
    await inChat({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }, async (chat) => {
      const answer = await chat.ask("Darf ich den Nachbarn blockieren?");
      const more = answer.locator(".more > summary");
      const seen = async (selector: string): Promise<boolean> => answer.locator(selector).first().isVisible();
      const order = [".assumed", ".question", ".verdict", ".short", ".steps", ".more > summary"];
      const tops = await Promise.all(order.map(async (part) => (await answer.locator(part).boundingBox())!.y));
      expect(tops).toEqual([...tops].sort((a, b) => a - b));
      expect(await Promise.all([".points", ".sources", ".contacts"].map(seen))).toEqual([false, false, false]);
      const top = (await more.boundingBox())!;
      expect(top.height).toBeGreaterThanOrEqual(44);
      await more.press("Enter");
      expect(await seen(".points")).toBe(true);
      // Nothing above has moved.
      expect((await more.boundingBox())!.y).toBe(top.y);
      await more.press("Enter");
      expect(await seen(".points")).toBe(false);
      expect(await answer.locator(".thumbs button").first().isVisible()).toBe(true);
    });
  });

  it.each([[390, 844], [360, 700]])("fits one screen of %i × %i down to “Mehr dazu”", async (width, height) => {
    await inChat({ viewport: { width, height }, hasTouch: true, isMobile: true }, async (chat) => {
      for (const name of ["assumed", "depends"] as const) {
        const { steps } = payloads.assumed.guidance;
        // With as long a short answer and steps as the guide has.
        chat.server.answerWith = () => ({ ...payloads[name].guidance, assumed: null, steps: [...steps] });
        const answer = await chat.ask("Darf ich das?");
        const [head, more, foot] = await Promise.all([answer, answer.locator(".more > summary"), chat.page.locator(".foot")].map((part) => part.boundingBox()));
        const header = await chat.page.locator("header").boundingBox();
        expect(head!.y).toBeGreaterThanOrEqual(header!.y + header!.height);
        expect(more!.y + more!.height).toBeLessThanOrEqual(foot!.y);
      }
    });
  });

  it("meets a person in need first, with numbers to dial", async () => {
    await inChat({}, async (chat) => {
      const answer = await chat.ask("Ich kann nicht mehr");
      const { help } = payloads.need.guidance;
      const box = answer.getByRole("note", { name: "Hier hilft Ihnen jetzt jemand" });
      expect(await box.evaluate((element) => element === element.parentElement!.firstElementChild)).toBe(true);
      expect(await box.locator("a[href^='tel:']").evaluateAll((links) => links.map((link) => link.getAttribute("href")))).toEqual(["tel:08000000000", "tel:112"]);
      const text = await box.innerText();
      for (const part of [help!.text, help!.lines[0]!.hours!, help!.offices[0]!.label]) expect(text).toContain(part);
      expect(await answer.locator(".verdict").count()).toBe(0);
      expect(await chat.axe()).toEqual([]);
    });
  });

  it("can be corrected where it says what it assumed, as long as it is the last", async () => {
    await inChat({}, async (chat) => {
      const answer = await chat.ask("Darf ich den Nachbarn blockieren?");
      expect(await chat.page.locator(".choices").getByText("Das meinte ich nicht").count()).toBe(0);
      await answer.locator(".assumed button").click();
      await expect.poll(() => chat.answers.count()).toBe(3);
      expect(chat.server.asked.at(-1)).toBe("/correct_topic");
      expect(await chat.page.locator(".assumed").innerText()).toContain("Ich verstehe Sie so");
      expect(await chat.page.locator(".assumed button").count()).toBe(0);
    });
  });

  it("does not offer more, because all is in the fold", async () => {
    await inChat({}, async (chat) => {
      const { guidance } = payloads.answered;
      chat.server.answerWith = () => ({ ...guidance, points_at_once: 3, follow_ups: [{ label: "Mehr davon", payload: "/request_more" }, ...guidance.follow_ups] });
      await chat.ask("Darf ich das?");
      const labels = await chat.page.locator(".entries .choices .choice").allInnerTexts();
      expect(labels).toHaveLength(guidance.follow_ups.length);
      expect(labels).not.toContain("Mehr davon");
    });
  });

  it("marks a disputed point in words", async () => {
    await inChat({}, async (chat) => {
      const { guidance } = payloads.answered;
      const [first, second] = guidance.points;
      chat.server.answerWith = () => ({ ...guidance, points: [{ ...first, certainty: "disputed" }, { ...second, certainty: "uncertain" }] });
      const answer = await chat.ask("Darf ich das?");
      await answer.locator(".more > summary").click();
      expect(await answer.locator(".points .tag").allInnerTexts()).toEqual(["umstritten", "noch nicht abschließend geklärt"]);
      expect(await chat.axe()).toEqual([]);
    });
  });

  it("gives sources alone, open, when asked for them", async () => {
    await inChat({}, async (chat) => {
      const answer = await chat.ask("Quelle?");
      expect(await answer.locator(".sources").isVisible()).toBe(true);
      expect(await answer.locator(".points, .more").count()).toBe(0);
      const remark = payloads.sources.guidance.citations.find((citation) => citation.remark)!.remark!;
      // About the whole source: once, however many of its sections are cited.
      expect((await answer.innerText()).split(remark)).toHaveLength(2);
    });
  });

  it("cannot be rated where it only asks back", async () => {
    await inChat({}, async (chat) => {
      expect(await (await chat.ask("Ich habe etwas gesehen")).locator(".thumbs").count()).toBe(0);
      expect(await (await chat.ask("TikTok?")).locator(".thumbs").count()).toBe(1);
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

  it("is told why it did not help: reasons at one press each, and one comment", async () => {
    await inChat({}, async (chat) => {
      const answer = await chat.ask("TikTok?");
      await answer.locator(".thumbs button").first().click();
      await answer.locator(".comment").waitFor();
      expect(await chat.button("zu lang").count()).toBe(0);
      await answer.locator(".thumbs button").last().click();
      await chat.button("zu lang").click();
      await chat.button("falsch").click();
      await chat.button("falsch").click();
      expect(await chat.button("zu lang").getAttribute("aria-pressed")).toBe("true");
      expect(await chat.button("falsch").getAttribute("aria-pressed")).toBe("false");
      await answer.locator(".comment textarea").fill("Es fehlt ein Beispiel.");
      expect(await chat.axe()).toEqual([]);
      await chat.button("Rückmeldung senden").click();
      await expect.poll(() => chat.server.rated.at(-1)).toMatchObject({ rating: "down", comment: "zu lang: Es fehlt ein Beispiel." });
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
      for (const part of [".points", ".sources", ".contacts"]) expect(await chat.last.locator(part).isVisible()).toBe(true);
      expect(await chat.field.isVisible()).toBe(false);
      // On paper it says what it is, of which day and from where.
      expect(await chat.page.locator(".title").isVisible()).toBe(true);
      expect(await chat.page.locator(".paper").innerText()).toMatch(/^\d\d\.\d\d\.\d{4}, http:.*\/chat\/$/);
      // The lines of a point stand below each other, its mark beside them and inside the paper.
      const [list, point, text] = await Promise.all([".points", ".points > li", ".points > li > p"].map((part) => chat.last.locator(part).first().boundingBox()));
      expect(point!.x - list!.x).toBeGreaterThan(10);
      expect(text!.x).toBe(point!.x);
      expect(await chat.last.locator(".points > li").first().evaluate((element) => getComputedStyle(element).listStylePosition)).toBe("outside");
      await chat.page.evaluate(() => dispatchEvent(new Event("afterprint")));
      await chat.page.emulateMedia({ media: "screen" });
      expect(await chat.page.locator("h1").isVisible()).toBe(true);
      await expect.poll(() => chat.last.locator("details[open]").count()).toBe(0);
    });
  });

  it("leaves open after printing what was opened by the menu", async () => {
    await inChat({}, async (chat) => {
      await chat.ask("Darf ich meinen Chef blockieren?");
      await chat.menu("Alle Quellen aufklappen");
      for (const event of ["beforeprint", "afterprint"]) await chat.page.evaluate((name) => dispatchEvent(new Event(name)), event);
      await chat.page.evaluate(() => new Promise((done) => requestAnimationFrame(done)));
      expect(await chat.last.locator(".sources").isVisible()).toBe(true);
      expect(await chat.page.locator(".paper").isVisible()).toBe(false);
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

  it("greets in the language that is chosen while the chat opens", async () => {
    await inChat({ place: "demo" }, async (chat) => {
      let release = (): void => undefined;
      const gate = new Promise<void>((done) => (release = done));
      await chat.page.route("**/session", async (route) => {
        await gate;
        await route.continue();
      });
      await chat.page.locator(".launch").click();
      await chat.button("English").click();
      await chat.button("Deutsch").waitFor();
      release();
      await expect.poll(() => chat.answers.allInnerTexts()).toEqual([expect.stringContaining("Hello!")]);
      expect(await chat.button("May I block others?").count()).toBe(1);
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
