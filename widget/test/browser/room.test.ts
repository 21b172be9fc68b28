/** What a person sees without scrolling, and what an action brings into view: on phones, in little height, with large text. */

import type { Locator } from "playwright-core";
import { describe, it } from "vitest";
import payloads from "../mock-server/payloads.json" with { type: "json" };
import { expect, inChat } from "./harness.js";
import type { Chat, Options } from "./harness.js";

const WIDE = { viewport: { width: 1280, height: 800 } };
const PHONE = { viewport: { width: 390, height: 844 } };
const SMALL = { viewport: { width: 320, height: 640 } };
const FLAT = { viewport: { width: 844, height: 390 } };
const LARGE = { text: 200 };
const SIZES: [string, Options][] = [
  ["a desk", WIDE], ["a phone", PHONE], ["a small phone", SMALL], ["a phone on its side", FLAT],
  ["a desk at 200 %", { ...WIDE, ...LARGE }], ["a phone at 200 %", { ...PHONE, ...LARGE }],
  ["a small phone at 200 %", { ...SMALL, ...LARGE }], ["a phone on its side at 200 %", { ...FLAT, ...LARGE }],
];
const LOW = SIZES.filter(([name]) => /200 %|side/.test(name) && !name.includes("desk"));

interface Box { left: number; right: number; top: number; bottom: number }

const box = (part: Locator): Promise<Box> => part.evaluate((element) => {
  const { left, right, top, bottom } = element.getBoundingClientRect();
  return { left, right, top, bottom };
});

/** Between head and field, where the conversation is. */
const room = (chat: Chat): Promise<Box> => box(chat.page.locator(".transcript"));

/** Lines of text that the head cuts, each in a few of its letters. */
const cut = (chat: Chat): Promise<string[]> => chat.page.locator(".transcript").evaluate((transcript) => {
  const edge = transcript.getBoundingClientRect().top;
  const walker = document.createTreeWalker(transcript, NodeFilter.SHOW_TEXT);
  const found: string[] = [];
  const range = document.createRange();
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (!node.textContent!.trim() || node.parentElement!.closest(".hidden, details:not([open]) > .fold")) continue;
    range.selectNodeContents(node);
    for (const { top, bottom } of range.getClientRects()) {
      if (top < edge - 1 && bottom > edge + 1) found.push(node.textContent!.trim().slice(0, 30));
    }
  }
  return found;
});

async function inView(chat: Chat, part: Locator, height = 0): Promise<void> {
  const [seen, { top, bottom }] = [await room(chat), await box(part)];
  expect(top).toBeGreaterThanOrEqual(seen.top - 1);
  expect(Math.min(bottom, top + height)).toBeLessThanOrEqual(seen.bottom + 1);
  expect(top).toBeLessThan(seen.bottom);
}

describe.each(SIZES)("on %s", (_, size) => {
  it("close button and field stay, wherever the conversation is", async () => {
    await inChat({ ...size, place: "dialog" }, async (chat) => {
      const { width, height } = size.viewport!;
      for (const question of ["", "Darf ich meinen Chef blockieren?"]) {
        if (question) await chat.ask(question);
        for (const end of [0, 1e6]) {
          await chat.page.locator(".transcript").evaluate((element, top) => element.scrollTo(0, top), end);
          for (const part of [".close", ".menu-button", "textarea.question", ".send"]) {
            const { left, right, top, bottom } = await box(chat.page.locator(part));
            expect(Math.min(left, top), part).toBeGreaterThanOrEqual(0);
            expect(right, part).toBeLessThanOrEqual(width);
            expect(bottom, part).toBeLessThanOrEqual(height);
          }
        }
        const { top, bottom } = await room(chat);
        expect(bottom - top).toBeGreaterThan(height / 3);
      }
    });
  });

  it("the buttons of the head keep their distance from its edges, in one row with the close button", async () => {
    await inChat({ ...size, place: "dialog" }, async (chat) => {
      for (const language of ["", "English"]) {
        if (language) await chat.button(language).click();
        await expect.poll(() => chat.answers.first().getAttribute("lang")).toBe(language ? "en" : "de");
        const head = await box(chat.page.locator("lotse-chat header"));
        const close = await box(chat.page.locator(".close"));
        for (const button of await chat.page.locator("lotse-chat header > button:visible").all()) {
          const { top, bottom } = await box(button);
          expect(top - head.top).toBeGreaterThanOrEqual(3);
          expect(head.bottom - bottom).toBeGreaterThanOrEqual(3);
          expect(Math.abs((top + bottom) / 2 - (close.top + close.bottom) / 2)).toBeLessThanOrEqual(1);
        }
        const name = await box(chat.page.locator(".title"));
        if (name.bottom < close.top || name.top > close.bottom) expect(close.bottom).toBeLessThanOrEqual(name.top);
      }
    });
  });

  it("opens at the greeting, later at the beginning of the newest answer", async () => {
    await inChat({ ...size, place: "dialog" }, async (chat) => {
      await inView(chat, chat.answers.first().locator(".short"), 24);
      await chat.ask("Darf ich meinen Chef blockieren?");
      await chat.page.locator(".transcript").evaluate((element) => element.scrollTo(0, 1e6));
      await chat.button("Chat schließen").click();
      await expect.poll(() => chat.field.isVisible()).toBe(false);
      // The browser goes back in its history meanwhile.
      await chat.page.waitForTimeout(100);
      await chat.page.locator(".launch").click();
      await expect.poll(() => chat.field.isVisible()).toBe(true);
      await expect.poll(async () => (await box(chat.last)).top).toBeLessThan((await room(chat)).bottom - 40);
      await inView(chat, chat.last);
      await chat.page.reload();
      await chat.page.locator(".launch").click();
      await chat.answered(2);
      await expect.poll(async () => (await box(chat.last)).top).toBeLessThan((await room(chat)).bottom - 40);
      await inView(chat, chat.last);
    });
  });

  it("an answer begins in view, and no half line stands above it", async () => {
    await inChat(size, async (chat) => {
      for (const question of ["Darf ich meinen Chef blockieren?", "Wie wird das Wetter?", "Bist du ein Mensch?"]) {
        await chat.ask(question);
        await inView(chat, chat.last, 100);
        expect(await cut(chat)).toEqual([]);
      }
    });
  });

  it("a question begins in view while it waits, and what failed with its words", async () => {
    await inChat({ ...size, faults: true }, async (chat) => {
      await chat.ready();
      await chat.ask("Welche Folgen?");
      chat.server.hold();
      await chat.say("Darf ich meinen Chef blockieren?");
      await chat.page.locator(".waiting").waitFor();
      await expect.poll(() => chat.status.innerText()).not.toBe("");
      await inView(chat, chat.page.locator(".user").last(), 24);
      expect(await cut(chat)).toEqual([]);
      expect(await chat.button("Zur neuesten Antwort").count()).toBe(0);
      chat.server.release();
      await chat.answered(3);
      chat.server.fail({ on: "messages", status: 500 });
      await chat.say("TikTok?");
      await chat.page.locator(".trouble").waitFor();
      await inView(chat, chat.page.locator(".trouble p"), 24);
    });
  });

  it("a number to dial is on the first screen for a person in need", async () => {
    await inChat({ ...size, place: "dialog" }, async (chat) => {
      const { guidance } = payloads.need;
      const [line, ...others] = guidance.help!.lines;
      // With as long words as the real lines have.
      const first = { ...line, label: "TelefonSeelsorge", purpose: "Hört Ihnen sofort zu, anonym und kostenlos, zu jeder Sorge.", phone: "0800 111 0 111", other_phones: ["0800 111 0 222", "116 123"] };
      chat.server.answerWith = () => ({ ...guidance, help: { ...guidance.help, lines: [first, ...others] } });
      const answer = await chat.ask("Ich kann nicht mehr");
      const number = answer.locator(".help a[href^='tel:']").first();
      expect(await number.innerText()).toBe("0800 111 0 111");
      await inView(chat, number, 100);
      // The number comes before whom it is for.
      expect((await box(number)).bottom).toBeLessThanOrEqual((await box(answer.getByText("Hört Ihnen sofort zu"))).top + 1);
    });
  });

  it("what is opened begins in view", async () => {
    await inChat(size, async (chat) => {
      await chat.ask("Darf ich dienstliche Geheimnisse posten?");
      const lowest = (part: Locator): Promise<void> => part.evaluate((element) => element.scrollIntoView({ block: "end" }));
      const mark = chat.last.locator(".short .mark").first();
      await lowest(mark);
      await mark.press("Enter");
      await expect.poll(() => chat.last.locator(".panel").count()).toBe(1);
      await inView(chat, chat.last.locator(".panel"), 24);
      await mark.press("Enter");
      for (const fold of [".more", ".folds details:nth-of-type(1)", ".folds details:nth-of-type(2)", ".folds details:nth-of-type(3)"]) {
        const details = chat.last.locator(fold);
        await lowest(details.locator("> summary"));
        await details.locator("> summary").press("Enter");
        const beginning = details.locator("> .fold").locator("li, p").first();
        await expect.poll(async () => (await box(beginning)).top + 20).toBeLessThanOrEqual((await room(chat)).bottom + 1);
        await inView(chat, beginning, 20);
      }
    });
  });

  it("what is long in the field leaves room for the conversation", async () => {
    await inChat(size, async (chat) => {
      await chat.field.fill("Wir haben im Amt eine lange Geschichte. ".repeat(12));
      const { height } = size.viewport!;
      const field = await box(chat.field);
      expect(field.bottom - field.top).toBeLessThanOrEqual(height / 4);
      const { top, bottom } = await room(chat);
      expect(bottom - top).toBeGreaterThan(height / 3);
    });
  });

  it("suggested questions are as wide as the row of the field, without a gap below", async () => {
    await inChat(size, async (chat) => {
      await chat.button("Andere blockieren").waitFor();
      await chat.field.pressSequentially("Blockieren");
      const [list, field, send, seen] = [
        await box(chat.page.locator(".suggestions")), await box(chat.field), await box(chat.page.locator(".send")), await room(chat),
      ];
      const label = await box(chat.page.locator("label[for=question]"));
      expect(list.left).toBeCloseTo(Math.min(field.left, label.left), 0);
      expect(list.right).toBeCloseTo(send.right, 0);
      expect(Math.abs(list.bottom - seen.bottom)).toBeLessThanOrEqual(2);
      expect(list.top).toBeGreaterThanOrEqual(seen.top);
      const begins = (part: Locator): Promise<number> => part.evaluate((element) => {
        const range = document.createRange();
        range.selectNodeContents(element);
        return range.getClientRects()[0]!.left;
      });
      const entries = await chat.page.locator(".suggestions button:visible").all();
      expect(entries.length).toBeGreaterThanOrEqual(2);
      expect(Math.abs((await begins(chat.page.locator(".suggestions .hint"))) - (await begins(entries[0]!)))).toBeLessThanOrEqual(1.5);
      // On the smallest phone with large text one question fills the list.
      const whole = size.text && size.viewport!.width < 390 ? 0 : 1;
      expect((await box(entries[whole]!)).bottom).toBeLessThanOrEqual(list.bottom);
    });
  });

  it("no button cuts its words", async () => {
    await inChat({ ...size, place: "dialog" }, async (chat) => {
      const clipped = (): Promise<string[]> => chat.page.locator("button:visible, .button:visible, summary:visible, .mark span:visible, .numbers span:visible")
        .evaluateAll((parts) => parts.filter((part) => part.scrollHeight > part.clientHeight + 1 || part.scrollWidth > part.clientWidth + 1)
          .map((part) => `${part.className} ${part.textContent?.trim()}`));
      expect(await clipped()).toEqual([]);
      await chat.ask("Darf ich meinen Chef blockieren?");
      await chat.menu("Alle Quellen aufklappen");
      await chat.last.locator(".thumbs button").last().click();
      expect(await clipped()).toEqual([]);
      await chat.ask("Ich möchte mit jemandem sprechen");
      expect(await clipped()).toEqual([]);
      await chat.page.locator(".menu-button").click();
      expect(await clipped()).toEqual([]);
    });
  });
});

describe.each(LOW)("in little room, on %s", (_, size) => {
  it("all of the question before deleting is in view", async () => {
    await inChat({ ...size, place: "dialog" }, async (chat) => {
      await chat.menu("Alles löschen");
      const dialog = chat.page.locator("dialog.confirm");
      // On the smallest phone with large text it scrolls.
      if (size.viewport!.width > 320) expect(await dialog.evaluate((element) => element.scrollHeight - element.clientHeight)).toBeLessThanOrEqual(0);
      const { top, bottom } = await box(dialog);
      expect(top).toBeGreaterThanOrEqual(0);
      expect(bottom).toBeLessThanOrEqual(size.viewport!.height);
    });
  });

  it("choices come before what explains the answer", async () => {
    await inChat(size, async (chat) => {
      for (const question of ["Ich habe etwas gesehen", "Wie wird das Wetter?", "Ich möchte mit jemandem sprechen"]) {
        const answer = await chat.ask(question);
        expect((await box(answer.locator(".choices"))).bottom).toBeLessThanOrEqual((await box(answer.locator(".folds"))).top);
      }
    });
  });

  it("the menu is all within reach", async () => {
    await inChat({ ...size, place: "dialog" }, async (chat) => {
      await chat.page.locator(".menu-button").click();
      const { width, height } = size.viewport!;
      const menu = await box(chat.page.locator(".menu"));
      expect([menu.left >= 0, menu.right <= width, menu.bottom <= height]).toEqual([true, true, true]);
      expect(menu.top).toBeGreaterThanOrEqual((await box(chat.page.locator(".menu-button"))).bottom);
      await chat.button("Alles löschen").scrollIntoViewIfNeeded();
      const entry = await box(chat.button("Alles löschen"));
      expect(entry.top).toBeGreaterThanOrEqual(menu.top);
      expect(entry.bottom).toBeLessThanOrEqual(menu.bottom);
    });
  });
});

describe("the parts of an answer", () => {
  it.each([["a desk", WIDE], ["a phone at 200 %", { ...PHONE, ...LARGE }]] as const)("the numbers of one source stand in a row: %s", async (_, size) => {
    await inChat(size, async (chat) => {
      const { guidance } = payloads.answered;
      const [citation] = guidance.citations;
      chat.server.answerWith = () => ({ ...guidance, citations: [1, 2, 3].map((n) => ({ ...citation, n })) });
      await chat.ask("Darf ich das?");
      await chat.menu("Alle Quellen aufklappen");
      const tops = await chat.last.locator(".numbers span").evaluateAll((numbers) => numbers.map((number) => number.getBoundingClientRect().top));
      expect(tops).toHaveLength(3);
      expect(new Set(tops).size).toBe(1);
    });
  });

  it("the signs of its actions are of one size, the numbers of its steps apart from the words", async () => {
    await inChat({}, async (chat) => {
      await chat.ask("Darf ich den Nachbarn blockieren?");
      const sizes = await chat.last.locator(".tools .icon").evaluateAll((icons) => icons.map((icon) => icon.getBoundingClientRect().width));
      expect(sizes.length).toBeGreaterThan(4);
      expect(new Set(sizes).size).toBe(1);
      const [line, words] = [await box(chat.last.locator(".steps li").first()), await box(chat.last.locator(".steps li > p").first())];
      expect(words.left - line.left).toBeGreaterThanOrEqual(3);
    });
  });
});
