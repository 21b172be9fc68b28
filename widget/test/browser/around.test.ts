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

describe("on the next page", () => {
  it("a question that still waits is shown at the launcher; opened, it is answered", async () => {
    await inChat({ place: "dialog", faults: true }, async (chat) => {
      await chat.ready();
      chat.server.hold();
      await chat.say("TikTok?");
      await chat.page.locator(".waiting").waitFor();
      await chat.page.goto(`${chat.server.chat}demo/`);
      const badge = chat.page.getByText("Neue Antwort", { exact: true });
      await badge.waitFor();
      chat.server.release();
      await chat.page.locator(".launch").click();
      await expect.poll(() => chat.answers.count()).toBe(2);
      expect(await badge.count()).toBe(0);
      await chat.button("Chat schließen").click();
      await chat.page.reload();
      await chat.page.locator(".launch").waitFor();
      expect(await badge.count()).toBe(0);
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

describe("finding", () => {
  it("the start shows the topics in their groups, and a press asks", async () => {
    await inChat({}, async (chat) => {
      await chat.page.getByRole("heading", { name: /Für Kanäle von Behörden/ }).waitFor();
      await chat.button("Andere blockieren").click();
      await chat.answered(2);
      expect(chat.server.asked).toEqual(["Darf ich andere blockieren?"]);
      expect(await chat.page.locator(".start").count()).toBe(0);
    });
  });

  it("suggests the guide's own questions while somebody types, and sends nothing for it", async () => {
    await inChat({}, async (chat) => {
      await chat.button("Andere blockieren").waitFor();
      const before = chat.server.calls.length;
      await chat.field.pressSequentially("Blockiere ich");
      const suggestions = chat.page.locator(".suggestions button");
      expect(await suggestions.allInnerTexts()).toEqual(["Darf ich andere blockieren?", "Darf ich Journalisten blockieren?"]);
      expect(chat.server.calls.length).toBe(before);
      expect(await chat.axe()).toEqual([]);
      await chat.field.press("Escape");
      await expect.poll(() => suggestions.count()).toBe(0);
      await chat.field.pressSequentially(" J");
      await suggestions.last().click();
      await chat.answered(2);
      expect([chat.server.asked, await chat.field.inputValue()]).toEqual([["Darf ich Journalisten blockieren?"], ""]);
    });
  });

  it("every answer leads to its passage in the guide, and can be shared by mail", async () => {
    await inChat({}, async (chat) => {
      await chat.ask("Darf ich meinen Chef blockieren?");
      const guide = chat.last.locator(".take a[target]");
      const address = (await guide.getAttribute("href"))!;
      expect(address).toMatch(/\/chat\/guide\/blocking\?language=de#blocking\.\w+$/);
      const mail = new URL((await chat.last.locator(".take a:not([target])").getAttribute("href"))!);
      expect([mail.protocol, mail.pathname, mail.searchParams.get("subject")]).toEqual(["mailto:", "", "Darf ich andere blockieren?"]);
      expect(mail.searchParams.get("body")).toContain(address);
    });
  });
});

describe("long conversations", () => {
  it("fold a long message of the person, and show all of it on request", async () => {
    await inChat({ viewport: { width: 390, height: 844 } }, async (chat) => {
      const long = `${"Wir haben im Amt eine lange Geschichte. ".repeat(20)}Darf ich das posten?`;
      await chat.ask(long);
      const bubble = chat.page.locator(".user .bubble");
      expect((await bubble.boundingBox())!.height).toBeLessThan(844 / 3);
      await bubble.locator("summary").click();
      expect(await bubble.locator(".fold").innerText()).toBe(long);
      expect(await chat.axe()).toEqual([]);
    });
  });

  it("lead back to the newest entry", async () => {
    await inChat({}, async (chat) => {
      for (const question of ["Welche Folgen?", "TikTok?", "Welche Folgen?"]) await chat.ask(question);
      const jump = chat.button("Zur neuesten Antwort");
      expect(await jump.count()).toBe(0);
      await chat.page.locator(".transcript").evaluate((element) => element.scrollTo(0, 0));
      await jump.click();
      await expect.poll(() => jump.count()).toBe(0);
      expect(await chat.page.locator(".entries > :last-child").evaluate((element) => element.getBoundingClientRect().top)).toBeLessThan(300);
    });
  });

  it("open all sources at once, and close them", async () => {
    await inChat({}, async (chat) => {
      for (const question of ["TikTok?", "Darf ich meinen Chef blockieren?"]) await chat.ask(question);
      const open = (): Promise<number> => chat.page.locator(".entries .sources:visible").count();
      expect(await open()).toBe(0);
      await chat.menu("Alle Quellen aufklappen");
      await expect.poll(open).toBe(2);
      await chat.menu("Alles zuklappen");
      await expect.poll(open).toBe(0);
    });
  });

  it("give the last question back on arrow up, if the field is empty", async () => {
    await inChat({}, async (chat) => {
      await chat.ask("TikTok?");
      await chat.field.press("ArrowUp");
      expect(await chat.field.inputValue()).toBe("TikTok?");
      await chat.field.fill("Neu");
      await chat.field.press("ArrowUp");
      expect(await chat.field.inputValue()).toBe("Neu");
    });
  });
});

describe("the dialog", () => {
  it("is made as large as it can be, and small again", async () => {
    await inChat({ place: "dialog" }, async (chat) => {
      const dialog = chat.page.locator("lotse-launcher dialog").first();
      const small = (await dialog.boundingBox())!;
      await chat.button("Chat größer zeigen").click();
      const large = (await dialog.boundingBox())!;
      expect([large.width, large.height]).toEqual([960, 768]);
      expect(await chat.axe()).toEqual([]);
      await chat.button("Chat größer zeigen").click();
      expect((await dialog.boundingBox())!.width).toBe(small.width);
    });
  });

  it("its menu is reached by Tab from its button", async () => {
    await inChat({ place: "dialog" }, async (chat) => {
      await chat.page.locator(".menu-button").press("Enter");
      await chat.page.keyboard.press("Tab");
      await expect.poll(() => chat.page.locator(".menu :focus").count()).toBe(1);
    });
  });

  it("its button stays below a banner that asks for consent", async () => {
    await inChat({ place: "demo" }, async (chat) => {
      await chat.page.locator(".launch").waitFor();
      await chat.page.evaluate(() => {
        const banner = document.body.appendChild(document.createElement("p"));
        banner.id = "banner";
        for (const [name, value] of Object.entries({ position: "fixed", inset: "auto 0 0 0", height: "6rem", margin: "0", "z-index": "9999" })) {
          banner.style.setProperty(name, value);
        }
      });
      const box = (await chat.page.locator(".launch").boundingBox())!;
      const top = await chat.page.evaluate(([x, y]) => document.elementFromPoint(x!, y!)?.id, [box.x + box.width / 2, box.y + box.height / 2]);
      expect(top).toBe("banner");
    });
  });

  it("follows the part of the window that a phone's keyboard leaves", async () => {
    await inChat({ place: "dialog", ...PHONE }, async (chat) => {
      await chat.page.evaluate(() => {
        const view = window.visualViewport!;
        Object.defineProperty(view, "height", { value: 500, configurable: true });
        Object.defineProperty(view, "offsetTop", { value: 60, configurable: true });
        view.dispatchEvent(new Event("resize"));
      });
      const box = (await chat.page.locator("lotse-launcher dialog").first().boundingBox())!;
      expect([box.y, box.height]).toEqual([60, 500]);
      const field = (await chat.field.boundingBox())!;
      expect(field.y + field.height).toBeLessThanOrEqual(560);
    });
  });
});

describe("before the chat is there", () => {
  it("the page shows where it will be", async () => {
    await inChat({}, async (chat) => {
      await chat.page.route("**/widget.js", () => new Promise(() => undefined));
      await chat.page.goto(chat.server.chat, { waitUntil: "commit" });
      await chat.page.locator(".skeleton").waitFor();
      expect(await chat.page.getByText("Social-Media-Lotse").isVisible()).toBe(true);
    });
  });

  it("without its words it says that it cannot be reached", async () => {
    await inChat({ faults: true }, async (chat) => {
      await chat.page.evaluate(() => sessionStorage.clear());
      chat.server.fail({ on: "wording", status: 500, times: 1 });
      await chat.page.reload();
      await chat.page.getByText("Der Chat ist gerade nicht erreichbar.").first().waitFor();
      await chat.button("Noch einmal versuchen").click();
      await chat.ready();
      await chat.button("Senden").waitFor();
    });
  });

  it("an English browser gets English words", async () => {
    await inChat({ locale: "en-GB" }, async (chat) => void (await chat.button("Send").waitFor()));
  });
});
