import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, it } from "vitest";
import { expect, inChat } from "./harness.js";
import type { Chat } from "./harness.js";

let intranet: Server | null = null;

afterEach(() => {
  intranet?.close();
  intranet?.closeAllConnections();
  intranet = null;
});

/** A page of another origin with one script tag, and the strictest policy that lets it in. */
async function intranetPage(chat: Chat, attributes = "", path = "widget.js", tags = 1): Promise<string> {
  const from = chat.server.origin;
  intranet = createServer((_request, response) => {
    response.writeHead(200, {
      "Content-Type": "text/html; charset=utf-8",
      "Content-Security-Policy":
        `default-src 'none'; script-src ${from}; connect-src ${from}; require-trusted-types-for 'script'; trusted-types lit-html`,
    }).end(`<!doctype html><html lang="de"><title>Intranet</title><link rel="icon" href="data:,"><body><main><h1>Intranet</h1><p>Hallo</p></main>
      ${`<script src="${from}/chat/${path}" ${attributes} defer></script>`.repeat(tags)}`);
  });
  await new Promise<void>((done) => intranet!.listen(0, "127.0.0.1", done));
  return `http://127.0.0.1:${(intranet.address() as AddressInfo).port}`;
}

/** An icon that the test's own page may not load is no fault of the widget. */
const forgiveIcon = (chat: Chat): void => {
  chat.problems.splice(0, Infinity, ...chat.problems.filter((problem) => !/data|img-src/.test(problem)));
};

describe("embedded with one script tag", () => {
  it("works on another origin with a strict policy", async () => {
    await inChat({ place: "demo" }, async (chat) => {
      const origin = await intranetPage(chat, 'data-language="en" data-position="left" data-label="Ask away"');
      chat.server.allowedOrigins = [origin];
      await chat.page.goto(origin);
      const launcher = chat.page.getByRole("button", { name: "Ask away" });
      await launcher.waitFor();
      expect((await launcher.boundingBox())!.x).toBeLessThan(100);
      await launcher.click();
      await chat.ready();
      await chat.ask("May I block my boss?");
      expect(await chat.last.innerText()).toContain("May I block others?");
      forgiveIcon(chat);
      expect(await chat.axe()).toEqual([]);
      forgiveIcon(chat);
    });
  });

  it("under its immutable name", async () => {
    await inChat({ place: "demo" }, async (chat) => {
      const origin = await intranetPage(chat, "", "widget.0123456789abcdef.js");
      chat.server.allowedOrigins = [origin];
      await chat.page.goto(origin);
      await chat.page.locator(".launch").click();
      await chat.ready();
      forgiveIcon(chat);
    });
  });

  it("on an origin that is not allowed says that it cannot be reached", async () => {
    await inChat({ place: "demo", faults: true }, async (chat) => {
      await chat.page.goto(await intranetPage(chat));
      await chat.page.locator(".launch").click();
      await chat.page.getByText("Der Chat ist gerade nicht erreichbar.").first().waitFor();
      chat.problems.length = 0;
    });
  });

  it("asks, fetches and remembers nothing before it is opened, then only in sessionStorage", async () => {
    await inChat({ place: "demo" }, async (chat) => {
      await chat.page.locator(".launch").waitFor();
      const api = (): string[] => chat.server.calls.filter((call) => /session|history|messages|wording|feedback/.test(call));
      const kept = (): Promise<number[]> => chat.page.evaluate(() => [sessionStorage.length, localStorage.length, document.cookie.length]);
      expect([api(), await kept()]).toEqual([[], [0, 0, 0]]);
      expect(await chat.axe()).toEqual([]);
      await chat.page.locator(".launch").click();
      await chat.ready();
      await chat.ask("TikTok?");
      expect(await kept()).toEqual([1, 0, 0]);
      expect(await chat.page.evaluate(() => JSON.stringify(sessionStorage))).not.toContain("TikTok");
      expect(await chat.page.evaluate(() => indexedDB.databases().then((all) => all.length))).toBe(0);
    });
  });

  it("leaves a page alone that has a chat of its own", async () => {
    await inChat({}, async (chat) => {
      expect(await chat.page.locator("lotse-launcher").count()).toBe(0);
    });
  });

  it("with the tag twice there is one launcher", async () => {
    await inChat({ place: "demo" }, async (chat) => {
      const origin = await intranetPage(chat, "", "widget.js", 2);
      chat.server.allowedOrigins = [origin];
      await chat.page.goto(origin);
      await chat.page.locator(".launch").waitFor();
      expect(await chat.page.locator("lotse-launcher").count()).toBe(1);
      forgiveIcon(chat);
    });
  });

  it("closes by its button and keeps the conversation and the draft", async () => {
    await inChat({ place: "dialog" }, async (chat) => {
      await chat.ask("TikTok?");
      await chat.field.fill("Halber Satz");
      await chat.button("Chat schließen").click();
      await expect.poll(() => chat.page.locator(".launch").isVisible()).toBe(true);
      await chat.page.locator(".launch").click();
      expect([await chat.answers.count(), await chat.field.inputValue()]).toEqual([2, "Halber Satz"]);
    });
  });
});

describe("without JavaScript", () => {
  it("the page leads to the readable guide in both languages", async () => {
    await inChat({ javaScriptEnabled: false, faults: true }, async (chat) => {
      expect(await chat.page.getByRole("link", { name: "Leitfaden lesen" }).getAttribute("href")).toBe("guide/?language=de");
      await chat.page.getByRole("link", { name: "Read the guide" }).click();
      expect(chat.page.url()).toBe(`${chat.server.chat}guide/?language=en`);
    });
  });
});
