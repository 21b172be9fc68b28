/** The chat and the page, the browser and the phone around it. */

import { describe, it } from "vitest";
import { expect, inChat } from "./harness.js";

const PHONE = { viewport: { width: 390, height: 844 } };

interface Outside {
  Lotse: { open(): Promise<void>; ask(text: string): Promise<void>; mount(): void };
  heard: string[];
}

describe("the page around the chat", () => {
  it.each(["page", "dialog"] as const)("its shortcuts hear no key that is typed in the chat (%s)", async (place) => {
    await inChat({ place }, async (chat) => {
      await chat.page.evaluate(() => {
        const outside = globalThis as unknown as Outside;
        outside.heard = [];
        for (const type of ["keydown", "keypress", "keyup"]) {
          addEventListener(type, (event) => outside.heard.push((event as KeyboardEvent).key));
        }
      });
      await chat.field.pressSequentially("/s?");
      expect(await chat.field.inputValue()).toBe("/s?");
      expect(await chat.page.evaluate(() => (globalThis as unknown as Outside).heard)).toEqual([]);
    });
  });

  it("Escape still closes the dialog", async () => {
    await inChat({ place: "dialog" }, async (chat) => {
      await chat.field.press("Escape");
      await expect.poll(() => chat.field.isVisible()).toBe(false);
    });
  });

  it("may open it and ask", async () => {
    await inChat({ place: "demo" }, async (chat) => {
      await chat.page.locator(".launch").waitFor();
      await chat.page.evaluate(() => (globalThis as unknown as Outside).Lotse.ask("TikTok?"));
      await expect.poll(() => chat.answers.count()).toBe(2);
      expect(chat.server.asked).toEqual(["TikTok?"]);
      expect(await chat.field.isVisible()).toBe(true);
    });
  });

  it("gets the launcher back after it has replaced its body", async () => {
    await inChat({ place: "dialog" }, async (chat) => {
      await chat.ask("TikTok?");
      await chat.page.evaluate(() => {
        const fresh = document.createElement("body");
        fresh.append("Eine andere Seite");
        document.documentElement.replaceChild(fresh, document.body);
      });
      await chat.page.locator(".launch").click();
      await expect.poll(() => chat.answers.count()).toBe(2);
      expect(await chat.page.locator("lotse-launcher").count()).toBe(1);
    });
  });

  // A second script tag calls the same.
  it("gets the launcher back when it asks for it", async () => {
    await inChat({ place: "demo" }, async (chat) => {
      await chat.page.locator(".launch").waitFor();
      await chat.page.evaluate(() => {
        document.body.replaceChildren();
        (globalThis as unknown as Outside).Lotse.mount();
      });
      await chat.page.locator(".launch").waitFor();
    });
  });

  it("does not turn the chat round if it is written from right to left", async () => {
    await inChat({ place: "demo" }, async (chat) => {
      await chat.page.evaluate(() => (document.documentElement.dir = "rtl"));
      await chat.page.locator(".launch").click();
      await chat.ready();
      expect(await chat.page.locator(".chat").evaluate((element) => getComputedStyle(element).direction)).toBe("ltr");
    });
  });
});

describe("the address of the page", () => {
  it("fills the question in without sending it", async () => {
    await inChat({}, async (chat) => {
      await chat.page.goto(`${chat.server.chat}?q=Darf%20ich%20das%3F`);
      await chat.ready();
      expect(await chat.field.inputValue()).toBe("Darf ich das?");
      expect(chat.server.asked).toEqual([]);
    });
  });

  it("names the language", async () => {
    await inChat({}, async (chat) => {
      await chat.page.evaluate(() => sessionStorage.clear());
      await chat.page.goto(`${chat.server.chat}?language=en`);
      await chat.ready();
      await chat.button("Send").waitFor();
    });
  });
});

describe("the browser", () => {
  it("closes the full-screen dialog when it goes back", async () => {
    await inChat({ place: "dialog", ...PHONE }, async (chat) => {
      const address = chat.page.url();
      await chat.page.goBack();
      await expect.poll(() => chat.field.isVisible()).toBe(false);
      expect(chat.page.url()).toBe(address);
      await chat.page.locator(".launch").click();
      await chat.button("Chat schließen").click();
      await expect.poll(() => chat.field.isVisible()).toBe(false);
      // Closing by its button leaves nothing to go back to.
      await chat.page.locator(".launch").click();
      await chat.field.waitFor();
      expect(chat.page.url()).toBe(address);
    });
  });

  it("keeps a question that is not sent over a reload", async () => {
    await inChat({}, async (chat) => {
      await chat.field.fill("Halb fertig");
      await chat.page.reload();
      await chat.ready();
      expect(await chat.field.inputValue()).toBe("Halb fertig");
      await chat.field.fill("");
      await chat.page.reload();
      await chat.ready();
      expect(await chat.field.inputValue()).toBe("");
    });
  });
});

describe("while people wait", () => {
  it("a second question is told that the first is being answered", async () => {
    await inChat({}, async (chat) => {
      chat.server.hold();
      await chat.say("TikTok?");
      await chat.page.locator(".waiting").waitFor();
      await chat.say("Noch eine");
      await expect.poll(() => chat.status.innerText()).toContain("Einen Moment");
      chat.server.release();
      await chat.answered(2);
    });
  });

  it("an answer that comes to a closed dialog is shown at the launcher", async () => {
    await inChat({ place: "dialog" }, async (chat) => {
      chat.server.hold();
      await chat.say("TikTok?");
      await chat.page.locator(".waiting").waitFor();
      await chat.button("Chat schließen").click();
      chat.server.release();
      await chat.page.getByText("Neue Antwort", { exact: true }).waitFor();
      expect(await chat.axe()).toEqual([]);
      await chat.page.locator(".launch").click();
      await expect.poll(() => chat.page.getByText("Neue Antwort", { exact: true }).count()).toBe(0);
    });
  });
});

describe("little room", () => {
  it.each([[640, 400], [844, 390]])("head, field and some of the answer are in view at %i by %i", async (width, height) => {
    await inChat({ viewport: { width, height } }, async (chat) => {
      for (const question of ["", "TikTok?"]) {
        if (question) await chat.ask(question);
        for (const part of [".title", "textarea.question", ".send"]) {
          const box = (await chat.page.locator(part).boundingBox())!;
          expect(box.y, part).toBeGreaterThanOrEqual(0);
          expect(box.y + box.height, part).toBeLessThanOrEqual(height);
        }
        expect((await chat.page.locator(".transcript").boundingBox())!.height).toBeGreaterThan(height / 3);
      }
    });
  });

  it("the field keeps its distance from the edges between a phone and a desk", async () => {
    await inChat({ viewport: { width: 700, height: 800 } }, async (chat) => {
      expect((await chat.page.locator("textarea.question").boundingBox())!.x).toBeGreaterThanOrEqual(12);
    });
  });

  it("a click beside the menu closes it", async () => {
    await inChat({}, async (chat) => {
      await chat.page.locator(".menu-button").click();
      await chat.page.locator(".menu").waitFor();
      await chat.page.locator(".transcript").click({ position: { x: 5, y: 5 } });
      await expect.poll(() => chat.page.locator(".menu").isHidden()).toBe(true);
    });
  });
});
