import { describe, it } from "vitest";
import { expect, inChat } from "./harness.js";
import type { Chat } from "./harness.js";
import payloads from "../mock-server/payloads.json" with { type: "json" };

const QUESTION = payloads.handed_over.guidance.handover.question;

async function form(chat: Chat, office?: string): Promise<void> {
  await chat.ask("Ich möchte mit jemandem sprechen");
  if (office) await chat.last.getByLabel("An welche Stelle?").selectOption(office);
}

const preview = async (chat: Chat): Promise<string> =>
  (await chat.last.getByRole("group", { name: "Genau das geht hinaus" }).innerText()).replace(/\s+/g, " ");
const agree = (chat: Chat): Promise<void> => chat.last.getByLabel("Ja, genau dieser Text darf an diese Stelle gehen.").check();
const mail = async (chat: Chat): Promise<URL> => new URL((await chat.last.getByRole("link", { name: "Als E-Mail öffnen" }).getAttribute("href"))!);

describe("a question for an office", () => {
  it("goes out after office, edit, preview and consent, exactly as shown", async () => {
    await inChat({}, async (chat) => {
      await form(chat, "Pressestelle");
      expect(await chat.last.getByLabel("Frage an die Stelle").inputValue()).toBe(QUESTION);
      expect(await preview(chat)).toBe(`Genau das geht hinaus An: Pressestelle ${QUESTION} Ohne Namen`);
      await chat.last.getByLabel("Frage an die Stelle").fill("Darf ich <b>das</b> sagen?\n[x](https://evil.example)");
      await chat.last.getByLabel("Name oder Kontakt (freiwillig)").fill("Zimmer 12");
      expect(await preview(chat)).toBe("Genau das geht hinaus An: Pressestelle Darf ich <b>das</b> sagen? [x](https://evil.example) Zimmer 12");
      await agree(chat);
      expect(await chat.axe()).toEqual([]);
      expect(chat.server.handed).toEqual([]);
      await chat.button("Frage senden").click();
      await chat.last.getByText("Ihre Frage ist angekommen: Pressestelle.").waitFor();
      expect(chat.server.handed).toEqual([{
        id: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/), office: "press_office",
        question: "Darf ich <b>das</b> sagen?\n[x](https://evil.example)", name: "Zimmer 12", consent: true,
      }]);
      // Focus goes where the form was; there is no second time.
      expect(await chat.page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.textContent)).toContain("angekommen");
      expect(await chat.last.locator("form").count()).toBe(0);
      expect(await chat.axe()).toEqual([]);
    });
  });

  it("goes to no office that nobody chose", async () => {
    await inChat({}, async (chat) => {
      await form(chat);
      expect(await chat.last.getByLabel("An welche Stelle?").inputValue()).toBe("");
      expect(await preview(chat)).toBe(`Genau das geht hinaus ${QUESTION}`);
      expect((await mail(chat)).pathname).toBe("");
      await chat.button("Frage senden").click();
      expect(await chat.last.getByRole("alert").innerText()).toBe("Bitte wählen Sie eine Stelle.");
      expect(await chat.page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.getAttribute("name"))).toBe("office");
      expect(chat.server.handed).toEqual([]);
      expect(await chat.axe()).toEqual([]);
    });
  });

  it("carries no name that was not given", async () => {
    await inChat({}, async (chat) => {
      await form(chat, "Pressestelle");
      await agree(chat);
      await chat.button("Frage senden").click();
      await expect.poll(() => chat.server.handed.map(({ question, name }) => [question, name])).toEqual([[QUESTION, null]]);
    });
  });

  it("does not go without consent or words, and says what is missing", async () => {
    await inChat({}, async (chat) => {
      await form(chat, "Pressestelle");
      const problem = chat.last.getByRole("alert");
      const focused = (): Promise<string | null | undefined> =>
        chat.page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.getAttribute("name"));
      await chat.button("Frage senden").click();
      expect(await problem.innerText()).toContain("Bitte bestätigen Sie zuerst");
      expect(await focused()).toBe("consent");
      await agree(chat);
      expect(await problem.innerText()).toBe("");
      await chat.last.getByLabel("Frage an die Stelle").fill("  ");
      await chat.button("Frage senden").click();
      expect(await problem.innerText()).toBe("Bitte schreiben Sie zuerst Ihre Frage.");
      expect(await focused()).toBe("question");
      await chat.button("Text kopieren").click();
      expect(await problem.innerText()).toBe("Bitte schreiben Sie zuerst Ihre Frage.");
      expect(chat.server.handed).toEqual([]);
      expect(await chat.axe()).toEqual([]);
    });
  });

  it("is sent once however often one presses, and under the same id after a failure", async () => {
    await inChat({ faults: true }, async (chat) => {
      await chat.ready();
      await form(chat, "Pressestelle");
      await agree(chat);
      const ids: string[] = [];
      chat.page.on("request", (request) => {
        if (request.url().endsWith("/handover")) ids.push((request.postDataJSON() as { id: string }).id);
      });
      chat.server.fail({ on: "handover", status: 503, message: "Teams ist gerade nicht erreichbar." });
      await chat.button("Frage senden").click();
      await expect.poll(() => chat.last.getByRole("alert").innerText()).toBe("Teams ist gerade nicht erreichbar.");
      expect(await chat.axe()).toEqual([]);
      chat.server.fail({ on: "handover", drop: true, times: 9 });
      await chat.button("Frage senden").click();
      await expect.poll(() => chat.last.getByRole("alert").innerText()).toContain("Ihre Frage ist nicht angekommen.");
      chat.server.heal();
      chat.server.hold();
      await chat.button("Frage senden").click();
      const waiting = chat.button("Wird gesendet …");
      expect(await waiting.getAttribute("aria-disabled")).toBe("true");
      await waiting.dispatchEvent("click");
      chat.server.release();
      await chat.last.getByText("Ihre Frage ist angekommen").waitFor();
      expect(chat.server.handed).toHaveLength(1);
      expect([ids.length, new Set(ids).size]).toEqual([3, 1]);
    });
  });

  it("is copied or mailed where nothing can be delivered", async () => {
    await inChat({ permissions: ["clipboard-read", "clipboard-write"] }, async (chat) => {
      await form(chat, "Personalrat");
      expect(await chat.button("Frage senden").count()).toBe(0);
      expect(await chat.last.getByRole("checkbox").count()).toBe(0);
      await chat.last.getByLabel("Name oder Kontakt (freiwillig)").fill("Zimmer 12");
      // Enter in the only line of text sends nothing.
      await chat.page.keyboard.press("Enter");
      const link = await mail(chat);
      expect([link.protocol, link.pathname]).toEqual(["mailto:", "personalrat@example.org"]);
      expect(Object.fromEntries(link.searchParams)).toEqual({
        subject: payloads.handed_over.guidance.handover.subject, body: `${QUESTION}\r\n\r\nZimmer 12`,
      });
      await chat.button("Text kopieren").click();
      await expect.poll(() => chat.status.innerText()).toBe("Der Text ist kopiert.");
      expect(await chat.page.evaluate(() => navigator.clipboard.readText())).toBe(`${QUESTION}\n\nZimmer 12`);
      expect(await chat.axe()).toEqual([]);
      await chat.last.getByLabel("An welche Stelle?").selectOption("Führungskraft");
      expect((await mail(chat)).pathname).toBe("");
      expect(chat.server.handed).toEqual([]);
    });
  });

  it("does not get in the way of rating the answer", async () => {
    await inChat({}, async (chat) => {
      await form(chat);
      await chat.last.getByRole("button", { name: "Ja, die Antwort war hilfreich" }).click();
      await chat.last.getByLabel("Was hat gefehlt oder geholfen?").fill("Die Stelle stimmt");
      await chat.button("Rückmeldung senden").click();
      await expect.poll(() => chat.server.rated.at(-1)?.["comment"]).toBe("Die Stelle stimmt");
    });
  });

  it("is not on paper", async () => {
    await inChat({}, async (chat) => {
      await form(chat);
      await chat.page.emulateMedia({ media: "print" });
      expect(await chat.last.locator("form").isVisible()).toBe(false);
      expect(await chat.last.locator(".contacts").isVisible()).toBe(true);
    });
  });

  it("survives whatever the server sends", async () => {
    const odd = [5, "x", {}, { offices: "x" }, { offices: [{ id: 1 }] }, { question: 5, offices: [{ id: "a", label: "A", deliverable: "yes" }] }];
    await inChat({}, async (chat) => {
      for (const handover of odd) {
        chat.server.answerWith = () => ({ ...payloads.handed_over.guidance, handover });
        await chat.ask("Wen?");
      }
      expect(await chat.page.locator("lotse-handover form").count()).toBe(1);
      expect(await chat.button("Frage senden").count()).toBe(0);
    });
  });
});
