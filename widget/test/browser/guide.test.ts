/** The guide's pages as the server writes them; they need no script, and one helps to print and to open what is folded. */

import { describe, it } from "vitest";
import { expect, inChat } from "./harness.js";
import type { Chat } from "./harness.js";

const overflow = (chat: Chat): Promise<number> => chat.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
const open = (chat: Chat): Promise<number> => chat.page.locator("details[open]").count();
/** Open folds that are neither the one with this id nor around it: a fold may lie in another one. */
const openElsewhere = (chat: Chat, anchor: string): Promise<number> =>
  chat.page.evaluate(
    (id) => [...document.querySelectorAll("details[open]")].filter((fold) => !fold.contains(document.getElementById(id))).length,
    anchor,
  );

describe.each(["guide/", "guide/blocking", "guide/check-channel"] as const)("%s", (place) => {
  it.each(["light", "dark"] as const)("%s: axe finds nothing, folded and unfolded", async (colorScheme) => {
    await inChat({ place, colorScheme }, async (chat) => {
      await chat.page.locator("h1").waitFor();
      expect(await chat.axe()).toEqual([]);
      await chat.page.evaluate(() => {
        for (const fold of document.querySelectorAll("details")) fold.open = true;
      });
      expect(await chat.axe()).toEqual([]);
    });
  });

  it("needs no scrolling sideways at 320 pixels, folded or unfolded", async () => {
    await inChat({ place, viewport: { width: 320, height: 640 } }, async (chat) => {
      expect(await overflow(chat)).toBeLessThanOrEqual(0);
      await chat.page.evaluate(() => {
        for (const fold of document.querySelectorAll("details")) fold.open = true;
      });
      expect(await overflow(chat)).toBeLessThanOrEqual(0);
    });
  });
});

describe("a topic's page", () => {
  it("prints what is folded, and leaves it folded after that", async () => {
    await inChat({ place: "guide/blocking" }, async (chat) => {
      await chat.page.evaluate(() => {
        globalThis.print = () => {
          dispatchEvent(new Event("beforeprint"));
          document.title = `${document.querySelectorAll("details:not([open])").length} folded`;
          dispatchEvent(new Event("afterprint"));
        };
      });
      await chat.page.locator("#examples > summary").click();
      expect(await open(chat)).toBe(1);
      await chat.button("Drucken").click();
      expect(await chat.page.title()).toBe("0 folded");
      expect(await open(chat)).toBe(1);
    });
  });

  it.each(["blocking.unfollow_is_enough.beamte", "why", "sources"])("a link to #%s opens that fold only", async (anchor) => {
    await inChat({ place: `guide/blocking#${anchor}` }, async (chat) => {
      const fold = chat.page.locator(`details[id="${anchor}"]`);
      await expect.poll(() => fold.evaluate((element) => (element as HTMLDetailsElement).open)).toBe(true);
      expect(await openElsewhere(chat, anchor)).toBe(0);
    });
  });

  it("the mark of a source leads to it, into the fold", async () => {
    await inChat({ place: "guide/blocking" }, async (chat) => {
      await chat.page.locator(".mark").first().click();
      const source = chat.page.locator("#source-1");
      await source.waitFor();
      await expect.poll(async () => (await source.boundingBox())!.y).toBeLessThan(800);
      expect((await source.boundingBox())!.y).toBeGreaterThanOrEqual(0);
    });
  });
});
