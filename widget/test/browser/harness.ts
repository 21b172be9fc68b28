/** A page in a real Chromium on a mock server. Whatever a test does, no content policy may be violated and nothing may leave. */

import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";
import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";
import { afterAll, expect } from "vitest";
import { MockServer } from "../mock-server/server.js";

const EXECUTABLE = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

let browser: Promise<Browser> | null = null;

function launched(): Promise<Browser> {
  if (!existsSync(EXECUTABLE)) throw new Error(`There is no Chromium at ${EXECUTABLE}. Install Debian's "chromium", or set CHROMIUM to its path.`);
  return (browser ??= chromium.launch({ executablePath: EXECUTABLE, args: ["--no-sandbox", "--disable-gpu"] }));
}

afterAll(async () => {
  await (await browser)?.close();
  browser = null;
});

export interface Options extends BrowserContextOptions {
  /** `page`: /chat/; `dialog`: the demo page, opened; `demo`: the demo page, closed; else an address below /chat/. */
  place?: "page" | "dialog" | "demo" | `guide/${string}`;
  /** The text size that the person has set in the browser, in percent of the usual one. */
  text?: number;
  /** Faults that the test provokes show up in the console as failed requests. */
  faults?: boolean;
}

export class Chat {
  /** Content policy violations and script errors, as they happened. */
  readonly problems: string[] = [];
  readonly requests: string[] = [];

  constructor(readonly page: Page, readonly server: MockServer) {}

  get field(): Locator {
    return this.page.locator("textarea.question");
  }

  get answers(): Locator {
    return this.page.locator("lotse-answer");
  }

  get last(): Locator {
    return this.answers.last();
  }

  get status(): Locator {
    return this.page.locator(".status");
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole("button", { name, exact: typeof name === "string" });
  }

  /** Type and send without waiting for the answer. */
  async say(text: string): Promise<void> {
    await this.field.fill(text);
    await this.page.keyboard.press("Enter");
  }

  /** Ask and wait until the answer stands. */
  async ask(text: string): Promise<Locator> {
    const before = await this.answers.count();
    await this.say(text);
    return this.answered(before);
  }

  async answered(before: number): Promise<Locator> {
    await expect.poll(() => this.page.locator(".waiting").count()).toBe(0);
    await expect.poll(() => this.answers.count()).toBeGreaterThanOrEqual(Math.max(1, before));
    return this.last;
  }

  async ready(): Promise<void> {
    await this.answers.first().waitFor();
    await this.field.waitFor();
  }

  async menu(entry: string): Promise<void> {
    if (await this.page.locator(".menu").isHidden()) await this.page.locator(".menu-button").click();
    await this.page.locator(".menu").getByText(entry, { exact: true }).click();
  }

  /** Everything axe finds, as “rule: where”. */
  async axe(): Promise<string[]> {
    await this.page.evaluate(AXE);
    return this.page.evaluate(async (tags) => {
      const { violations } = await (globalThis as unknown as { axe: typeof import("axe-core") }).axe.run(document, {
        runOnly: tags, resultTypes: ["violations"],
      });
      return violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${JSON.stringify(target)} ${failureSummary}`));
    }, TAGS);
  }
}

/** Run a test in a fresh browser context and server, and hold it to what holds for every test. */
export async function inChat(options: Options, test: (chat: Chat) => Promise<void>, prepare?: (server: MockServer) => void): Promise<void> {
  const { place = "page", faults = false, text = 100, ...context } = options;
  const server = await new MockServer().start();
  prepare?.(server);
  const tab = await (await launched()).newContext({ viewport: { width: 1280, height: 800 }, locale: "de-DE", reducedMotion: "reduce", ...context });
  try {
    const chat = new Chat(await tab.newPage(), server);
    await watch(chat);
    const size = (16 * text) / 100;
    await (await tab.newCDPSession(chat.page)).send("Page.setFontSizes", { fontSizes: { standard: size, fixed: size } });
    const addresses: Record<string, string> = { page: "", dialog: "demo/", demo: "demo/" };
    await chat.page.goto(server.chat + (addresses[place] ?? place));
    if (place === "dialog") await chat.page.locator(".launch").click();
    if (["page", "dialog"].includes(place) && !faults) await chat.ready();
    await test(chat);
    const expected = (problem: string): boolean => faults && /Failed to load resource|net::ERR/.test(problem);
    const problems = chat.problems.filter((problem) => !expected(problem));
    const left = chat.requests.filter((url) => !/^(http:\/\/127\.0\.0\.1:\d+\/|blob:http:\/\/127\.0\.0\.1|about:|data:,)/.test(url));
    if (problems.length || left.length) throw new Error([...problems, ...left.map((url) => `left the machine: ${url}`)].join("\n"));
  } finally {
    await tab.close();
    await server.stop();
  }
}

/** Listen before the page's first line runs. */
export async function watch(chat: Chat): Promise<void> {
  const { page, problems, requests } = chat;
  await page.exposeFunction("reportViolation", (directive: string, blocked: string) => problems.push(`CSP ${directive} ${blocked}`));
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      (globalThis as unknown as { reportViolation(...words: string[]): void }).reportViolation(event.violatedDirective, event.blockedURI);
    });
  });
  page.on("pageerror", (error) => problems.push(`error ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") problems.push(`${message.type()} ${message.text()}`);
  });
  page.on("request", (request) => requests.push(request.url()));
}

export { expect };
