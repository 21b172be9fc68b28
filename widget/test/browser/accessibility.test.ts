import { describe, it } from "vitest";
import type { Page } from "playwright-core";
import { expect, inChat } from "./harness.js";
import type { Chat } from "./harness.js";

/** The element that has focus, through all shadow roots, in a few words. */
const focused = (page: Page): Promise<string> => page.evaluate(() => {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  const name = element?.getAttribute("aria-label") ?? element?.textContent?.trim().replace(/\s+/g, " ") ?? "";
  return `${element?.localName} ${element?.className ? `.${String(element.className).split(" ").join(".")} ` : ""}${name}`.trim();
});

/** Interactive elements smaller than 44 by 44 pixels; links within text are exempt (WCAG 2.5.8, inline). */
const small = (page: Page): Promise<string[]> => page.evaluate(() => {
  const roots: ParentNode[] = [document];
  for (const root of roots) for (const element of root.querySelectorAll("*")) if (element.shadowRoot) roots.push(element.shadowRoot);
  return roots.slice(1).flatMap((root) => [...root.querySelectorAll("button, textarea, select, input:not([type=checkbox]), .consent, summary, a.button, .source-links a")])
    .filter((element) => element.checkVisibility())
    .map((element) => ({ element, box: element.getBoundingClientRect() }))
    .filter(({ box }) => box.height < 43.99 || box.width < 43.99)
    .map(({ element, box }) => `${element.className} ${element.textContent?.trim()} ${box.width}×${box.height}`);
});

const overflowing = (page: Page): Promise<number> => page.evaluate(() => {
  const chat = document.querySelector("lotse-launcher")?.shadowRoot?.querySelector("lotse-chat") ?? document.querySelector("lotse-chat");
  const parts = [document.documentElement, ...chat!.shadowRoot!.querySelectorAll(".chat, .transcript, .foot, header, .menu, .answer")];
  return Math.max(...parts.map((part) => part.scrollWidth - part.clientWidth));
});

const everyState: [string, (chat: Chat) => Promise<void>][] = [
  ["greeting", async () => undefined],
  ["long answer", async (chat) => void (await chat.ask("Welche Folgen?"))],
  ["many sources open", async (chat) => {
    await chat.ask("Welche Folgen?");
    await chat.last.locator(".more > summary").click();
    await chat.last.locator(".folds summary").first().click();
    await chat.last.locator(".mark").first().click();
  }],
  ["a person in need", async (chat) => void (await chat.ask("Ich kann nicht mehr"))],
  ["steps and an assumption", async (chat) => {
    await chat.ask("Darf ich den Nachbarn blockieren?");
    await chat.last.locator(".more > summary").press("Enter");
  }],
  ["choices", async (chat) => void (await chat.ask("etwas"))],
  ["menu", async (chat) => chat.page.locator(".menu-button").click()],
  ["question before deleting", async (chat) => chat.menu("Alles löschen")],
  ["waiting", async (chat) => {
    chat.server.hold();
    await chat.say("TikTok?");
    await chat.page.locator(".waiting").waitFor();
  }],
  ["empty question", async (chat) => {
    await chat.field.press("Enter");
    await expect.poll(() => chat.page.locator(".problem").innerText()).not.toBe("");
  }],
  ["question for an office", async (chat) => {
    await chat.ask("Ich möchte mit jemandem sprechen");
    await chat.last.getByLabel("An welche Stelle?").selectOption("Pressestelle");
    await chat.button("Frage senden").click();
    await expect.poll(() => chat.last.locator(".problem").innerText()).toContain("bestätigen");
  }],
  ["offline", async (chat) => {
    chat.server.fail({ on: "messages", drop: true, times: 9 });
    await chat.say("TikTok?");
    await chat.page.locator(".trouble").waitFor();
  }],
];

describe("with the keyboard alone", () => {
  it("opens, asks, reads, chooses and closes; focus comes back to where it was", async () => {
    await inChat({ place: "demo" }, async (chat) => {
      const { page } = chat;
      for (let step = 0; step < 20 && !(await focused(page)).includes("launch"); step += 1) await page.keyboard.press("Tab");
      expect(await focused(page)).toContain("Social-Media-Lotse fragen");
      await page.keyboard.press("Enter");
      await chat.ready();
      await expect.poll(() => focused(page)).toContain("textarea");
      await page.keyboard.type("Darf ich meinen Chef blockieren?");
      await page.keyboard.press("Enter");
      await chat.answered(2);
      expect(await focused(page)).toContain("textarea");
      await chat.last.locator(".more > summary").press("Enter");
      await chat.field.focus();
      const backwards: string[] = [];
      for (let step = 0; step < 21; step += 1) {
        await page.keyboard.press("Shift+Tab");
        backwards.push(await focused(page));
      }
      const order = backwards.reverse().join("\n");
      for (const part of ["Quelle 1", "Quelle 2", "Quelle 3", "Mehr dazu", "Quelle 4", "Quellen (4)", "Wer Ihnen weiterhilft", "Warum diese Antwort?", "Ja, die Antwort", "Kopieren", "Drucken", "Einfacher erklären", "Mit jemandem sprechen"]) {
        expect(order).toContain(part);
      }
      expect(order.indexOf("Quelle 1")).toBeLessThan(order.indexOf("Mehr dazu"));
      expect(order.indexOf("Mehr dazu")).toBeLessThan(order.indexOf("Quelle 4"));
      expect(order.indexOf("Quelle 4")).toBeLessThan(order.indexOf("Quellen (4)"));
      expect(order.indexOf("Drucken")).toBeLessThan(order.indexOf("Einfacher erklären"));
      while (!(await focused(page)).includes("Ein Beispiel")) await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      await expect.poll(() => chat.answers.count()).toBe(3);
      expect(await focused(page)).toContain("textarea");
      await page.keyboard.press("Escape");
      await expect.poll(() => focused(page)).toContain("Social-Media-Lotse fragen");
      expect(await page.locator("dialog").first().isVisible()).toBe(false);
      await page.keyboard.press("Enter");
      await expect.poll(() => chat.answers.count()).toBe(3);
    });
  });

  it("a whole page needs no pointer either", async () => {
    await inChat({}, async (chat) => {
      const { page } = chat;
      const until = async (name: string): Promise<void> => {
        for (let step = 0; step < 40 && !(await focused(page)).includes(name); step += 1) await page.keyboard.press("Tab");
        expect(await focused(page)).toContain(name);
      };
      await until("textarea");
      await page.keyboard.type("Darf ich meinen Chef blockieren?");
      await page.keyboard.press("Enter");
      await chat.answered(2);
      expect(await focused(page)).toContain("textarea");
      await page.reload();
      await chat.answered(2);
      await until("menu-button");
      await page.keyboard.press("Enter");
      await until("Alle Quellen aufklappen");
      await page.keyboard.press("Enter");
      await expect.poll(() => chat.last.locator(".sources").isVisible()).toBe(true);
      await until("Ein Beispiel");
      await page.keyboard.press("Enter");
      await expect.poll(() => chat.answers.count()).toBe(3);
      expect(await focused(page)).toContain("textarea");
    });
  });

  it("Esc closes the menu first, then the dialog", async () => {
    await inChat({ place: "dialog", viewport: { width: 375, height: 700 } }, async (chat) => {
      await chat.page.locator(".menu-button").press("Enter");
      expect(await chat.page.locator(".menu").isVisible()).toBe(true);
      await chat.page.keyboard.press("Tab");
      await chat.page.keyboard.press("Escape");
      expect(await chat.page.locator(".menu").isVisible()).toBe(false);
      expect(await focused(chat.page)).toContain("menu-button");
      await chat.page.keyboard.press("Escape");
      await expect.poll(() => focused(chat.page)).toContain("Social-Media-Lotse fragen");
    });
  });

  it("the question before deleting keeps focus, and gives it back", async () => {
    await inChat({}, async (chat) => {
      await chat.menu("Neu anfangen");
      await expect.poll(() => focused(chat.page)).toContain("Abbrechen");
      await chat.page.keyboard.press("Escape");
      await expect.poll(() => focused(chat.page)).toContain("menu-button");
      expect(chat.server.erased).toBe(0);
    });
  });

  it("on a small screen focus stays inside the dialog", async () => {
    await inChat({ place: "dialog", viewport: { width: 375, height: 700 } }, async (chat) => {
      for (let step = 0; step < 30; step += 1) {
        await chat.page.keyboard.press("Tab");
        const where = await chat.page.evaluate(() => document.activeElement?.localName);
        expect(["lotse-launcher", "body"]).toContain(where);
      }
    });
  });
});

describe("for a screen reader", () => {
  it("announces an answer once, with the numbers of sources and choices", async () => {
    await inChat({ place: "dialog" }, async (chat) => {
      const log = chat.page.locator('[role="log"]');
      expect(await log.innerText()).toBe("");
      await chat.ask("Darf ich meinen Chef blockieren?");
      expect(await log.locator("p").allInnerTexts()).toHaveLength(1);
      expect(await log.innerText()).toMatch(/^Antwort: Darf ich andere blockieren\? Erlaubt\..*2 Punkte dazu, 4 Quellen, 5 Auswahlmöglichkeiten\.$/);
      await chat.ask("May I block my boss?");
      expect(await log.locator("p").last().getAttribute("lang")).toBe("en");
      expect(await chat.page.locator("dialog [role=log]").count()).toBe(1);
    });
  });

  it("empties the log after a while, so that no answer is met twice", async () => {
    await inChat({}, async (chat) => {
      await chat.page.clock.install();
      await chat.ask("Darf ich meinen Chef blockieren?");
      const log = chat.page.locator('[role="log"]');
      await expect.poll(() => log.locator("p").count()).toBe(1);
      await chat.page.clock.runFor(21_000);
      expect(await log.innerText()).toBe("");
    });
  });

  it("says no name twice, and names an answer and its heading differently", async () => {
    await inChat({ place: "dialog" }, async (chat) => {
      await chat.menu("Ich bin verbeamtet");
      await chat.page.locator(".told").waitFor();
      const twice = (): Promise<string[]> => chat.page.locator("[aria-label][title]").evaluateAll((elements) => elements
        .filter((element) => element.getAttribute("aria-label") === element.getAttribute("title")).map((element) => element.outerHTML));
      expect(await twice()).toEqual([]);
      for (const name of ["Chat größer zeigen", "Chat schließen", "Angabe entfernen"]) expect(await chat.button(name).count()).toBe(1);
      await chat.ask("Darf ich meinen Chef blockieren?");
      expect(await twice()).toEqual([]);
      const heading = await chat.last.locator("h3").first().innerText();
      expect(await chat.last.locator("article").getAttribute("aria-label")).not.toBe(heading);
    });
  });

  it("does not announce what is restored after a reload", async () => {
    await inChat({}, async (chat) => {
      await chat.ask("TikTok?");
      await chat.page.reload();
      await expect.poll(() => chat.answers.count()).toBe(2);
      expect(await chat.page.locator('[role="log"]').innerText()).toBe("");
    });
  });

  it("says that it is waiting, and when it takes long", async () => {
    await inChat({}, async (chat) => {
      await chat.page.clock.install();
      chat.server.hold();
      await chat.say("TikTok?");
      await expect.poll(() => chat.status.innerText()).toBe("Ich suche die passende Auskunft …");
      await chat.page.clock.runFor(9_000);
      await expect.poll(() => chat.status.innerText()).toContain("Das dauert länger als sonst");
      chat.server.release();
      await chat.answered(2);
      expect(await chat.status.innerText()).toBe("");
    });
  });

  it("carries a language on every part", async () => {
    await inChat({}, async (chat) => {
      expect(await chat.page.locator("lotse-chat").getAttribute("lang")).toBe("de");
      await chat.ask("May I block my boss?");
      // The labels follow the newest answer.
      expect(await chat.page.locator("lotse-chat").getAttribute("lang")).toBe("en");
      expect(await chat.last.getAttribute("lang")).toBe("en");
      await chat.last.locator(".more > summary").click();
      expect(await chat.last.locator(".folds summary").first().innerText()).toBe("Sources (4)");
      for (const point of await chat.last.locator(".points > li").all()) expect(await point.getAttribute("lang")).toMatch(/^(de|en)$/);
      await chat.last.locator(".folds summary").first().click();
      expect(await chat.last.locator(".source-title").first().getAttribute("lang")).toBe("de");
    });
  });
});

describe.each([
  ["1280×800", { viewport: { width: 1280, height: 800 } }],
  ["768×1024", { viewport: { width: 768, height: 1024 } }],
  ["375×700, a finger", { viewport: { width: 375, height: 700 }, hasTouch: true, isMobile: true }],
  ["320×256, as at 400 % zoom", { viewport: { width: 320, height: 256 } }],
] as const)("at %s", (_, size) => {
  it.each(everyState)("%s: axe, targets and reflow", async (_state, reach) => {
    await inChat({ ...size, place: "dialog", faults: true }, async (chat) => {
      await chat.ready();
      await reach(chat);
      expect(await chat.axe()).toEqual([]);
      expect(await small(chat.page)).toEqual([]);
      expect(await overflowing(chat.page)).toBeLessThanOrEqual(0);
    });
  });
});

const BUSY = new Set(["many sources open", "a person in need", "question for an office", "offline"]);

describe.each([
  ["in dark colours", { viewport: { width: 1280, height: 800 }, colorScheme: "dark" }],
  ["at 200 % text on a phone", { viewport: { width: 390, height: 844 }, text: 200 }],
] as const)("%s", (_, setting) => {
  it.each(everyState.filter(([state]) => BUSY.has(state)))("%s: axe and reflow", async (_state, reach) => {
    await inChat({ ...setting, place: "dialog", faults: true }, async (chat) => {
      await chat.ready();
      await reach(chat);
      expect(await chat.axe()).toEqual([]);
      expect(await overflowing(chat.page)).toBeLessThanOrEqual(0);
    });
  });
});

describe("whatever a person has set", () => {
  it.each(["page", "dialog"] as const)("title, field and button are in view on a phone at twice the text size: %s", async (place) => {
    await inChat({ place, viewport: { width: 390, height: 844 }, text: 200 }, async (chat) => {
      for (const question of ["", "Welche Folgen?"]) {
        if (question) await chat.ask(question);
        for (const part of [".title", "textarea.question", ".send"]) {
          const box = (await chat.page.locator(part).boundingBox())!;
          expect(Math.min(box.x, box.y), part).toBeGreaterThanOrEqual(0);
          expect(box.x + box.width, part).toBeLessThanOrEqual(390);
          expect(box.y + box.height, part).toBeLessThanOrEqual(844);
        }
      }
    });
  });

  it("200 % text keeps everything in its place", async () => {
    await inChat({ viewport: { width: 1280, height: 1024 }, text: 200 }, async (chat) => {
      await chat.ask("Welche Folgen?");
      expect(await chat.last.locator(".short > p").evaluate((element) => getComputedStyle(element).fontSize)).toBe("34px");
      expect(await overflowing(chat.page)).toBeLessThanOrEqual(0);
      expect(await chat.axe()).toEqual([]);
    });
  });

  it.each([100, 150, 200])("source marks do not overlap with text at %i %", async (percent) => {
    await inChat({ viewport: { width: 390, height: 844 }, text: percent }, async (chat) => {
      await chat.ask("Welche Folgen?");
      await chat.last.locator(".more > summary").click();
      const boxes = await chat.last.locator(".mark").evaluateAll((marks) => marks.map((mark) => {
        const hit = mark.getBoundingClientRect();
        const shown = mark.firstElementChild!.getBoundingClientRect();
        return { left: hit.left, right: hit.right, top: shown.top, bottom: shown.bottom };
      }));
      expect(boxes.length).toBeGreaterThan(10);
      const overlaps = boxes.flatMap((one, index) => boxes.slice(index + 1).filter((other) =>
        one.left < other.right - 0.5 && other.left < one.right - 0.5 && one.top < other.bottom && other.top < one.bottom));
      expect(overlaps).toEqual([]);
      expect(await overflowing(chat.page)).toBeLessThanOrEqual(0);
    });
  });

  it.each([
    "html { font-size: 62.5% }", "html { font-size: 250% }", "* { font-size: 40px !important }",
    "* { line-height: 3 !important; letter-spacing: 1em !important; text-transform: uppercase !important; color: red !important; text-align: right !important }",
  ])("a host page with { %s } changes nothing in the chat", async (rule) => {
    await inChat({ place: "demo" }, async (chat) => {
      await chat.page.evaluate((css) => {
        const sheet = new CSSStyleSheet();
        sheet.replaceSync(css);
        document.adoptedStyleSheets = [sheet];
      }, rule);
      await chat.page.locator(".launch").click();
      await chat.ready();
      const style = (selector: string): Promise<string[]> => chat.page.locator(selector).first().evaluate((element) => {
        const { fontSize, lineHeight, letterSpacing, textTransform, color, textAlign } = getComputedStyle(element);
        return [fontSize, lineHeight, letterSpacing, textTransform, color, textAlign];
      });
      expect(await style(".short > p")).toEqual(["16px", "22.4px", "normal", "none", "rgb(23, 33, 45)", "start"]);
      expect((await style("textarea.question"))[0]).toBe("16px");
      expect((await chat.page.locator("dialog").first().boundingBox())!.width).toBeCloseTo(464, 0);
    });
  });

  it("text spacing as WCAG 1.4.12 asks", async () => {
    await inChat({ viewport: { width: 375, height: 700 } }, async (chat) => {
      await chat.ask("Welche Folgen?");
      await chat.page.evaluate(() => {
        const sheet = new CSSStyleSheet();
        sheet.replaceSync("* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } p { margin-bottom: 2em !important }");
        const root = document.querySelector("lotse-chat")!.shadowRoot!;
        root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
      });
      expect(await overflowing(chat.page)).toBeLessThanOrEqual(0);
    });
  });

  it("forced colours keep borders and focus", async () => {
    await inChat({ forcedColors: "active", place: "dialog" }, async (chat) => {
      await chat.ask("Darf ich meinen Chef blockieren?");
      const border = (selector: string): Promise<string> =>
        chat.page.locator(selector).last().evaluate((element) => getComputedStyle(element).borderTopStyle);
      for (const selector of [".verdict", ".bubble", ".send", ".choice", "textarea.question"]) expect(await border(selector)).toBe("solid");
      await chat.page.keyboard.press("Shift+Tab");
      expect(await chat.axe()).toEqual([]);
    });
  });

  it("less motion means none", async () => {
    await inChat({ reducedMotion: "reduce" }, async (chat) => {
      chat.server.hold();
      await chat.say("TikTok?");
      expect(await chat.page.locator(".dots i").first().evaluate((element) => getComputedStyle(element).animationName)).toBe("none");
    });
  });

  it("KERN's tokens and theme of the host page", async () => {
    await inChat({ place: "dialog" }, async (chat) => {
      await chat.page.evaluate(() => {
        const sheet = new CSSStyleSheet();
        sheet.replaceSync(`:root { --kern-color-action-default: rgb(0, 90, 0); --kern-color-layout-text-default: rgb(1, 2, 3);
          --kern-typography-font-family-default: "Liberation Serif"; }`);
        document.adoptedStyleSheets = [sheet];
        document.documentElement.dataset["kernTheme"] = "dark";
      });
      const send = chat.page.locator(".send");
      expect(await send.evaluate((element) => getComputedStyle(element).backgroundColor)).toBe("rgb(0, 90, 0)");
      expect(await chat.field.evaluate((element) => getComputedStyle(element).fontFamily)).toContain("Liberation Serif");
      await expect.poll(() => chat.page.locator("lotse-chat").getAttribute("theme")).toBe("dark");
      await chat.page.evaluate(() => (document.documentElement.dataset["kernTheme"] = "light"));
      await expect.poll(() => chat.page.locator("lotse-chat").getAttribute("theme")).toBe("light");
    });
  });

  it("a language that hyphenates and a blank that does not break", async () => {
    await inChat({}, async (chat) => {
      await chat.ask("Darf ich dienstliche Geheimnisse posten?");
      await chat.last.locator(".mark").first().click();
      expect(await chat.last.locator(".norms").first().innerText()).toMatch(/§\u00a0353b/);
      expect(await chat.last.locator(".short > p").evaluate((element) => getComputedStyle(element).hyphens)).toBe("auto");
    });
  });
});
