import { describe, it } from "vitest";
import payloads from "../mock-server/payloads.json" with { type: "json" };
import { Chat, expect, inChat, watch } from "./harness.js";

const HOSTILE = [
  "<img src=x onerror=alert(1)>", "<script>alert(1)</script>", "javascript:alert(1)", '"><svg onload=alert(1)>', "{{constructor.constructor('alert(1)')()}}",
  "${alert(1)}", "</textarea><script>alert(1)</script>", "&lt;b&gt;", "\u202egnp.exe", "<!--", "]]>", "<lotse-chat></lotse-chat>",
];

describe("when things go wrong", () => {
  it("offline: keeps the question, and sends it once when the connection is back", async () => {
    await inChat({ faults: true }, async (chat) => {
      await chat.ready();
      await chat.page.context().setOffline(true);
      await chat.say("TikTok?");
      await chat.page.locator(".trouble").waitFor();
      expect(await chat.page.locator(".trouble").innerText()).toContain("Keine Verbindung");
      await chat.page.context().setOffline(false);
      await expect.poll(() => chat.answers.count()).toBe(2);
      expect(chat.server.asked).toEqual(["TikTok?"]);
      expect(await chat.page.locator(".trouble").count()).toBe(0);
    });
  });

  it("a lost answer is fetched again without asking twice", async () => {
    await inChat({ faults: true }, async (chat) => {
      await chat.ready();
      chat.server.fail({ on: "messages", status: 502, late: true });
      await chat.say("TikTok?");
      await chat.button("Noch einmal senden").click();
      await expect.poll(() => chat.answers.count()).toBe(2);
      expect(chat.server.asked).toEqual(["TikTok?"]);
    });
  });

  it("discarding gives the words back", async () => {
    await inChat({ faults: true }, async (chat) => {
      await chat.ready();
      chat.server.fail({ on: "messages", status: 500 });
      await chat.say("Eine lange Frage");
      await chat.button("Verwerfen").click();
      expect(await chat.field.inputValue()).toBe("Eine lange Frage");
      expect(await chat.page.locator(".user").count()).toBe(0);
    });
  });

  it("a message that the server will never take is not offered again, and the next one goes through", async () => {
    await inChat({ faults: true }, async (chat) => {
      await chat.ready();
      chat.server.fail({ on: "messages", status: 422 });
      await chat.say("???");
      await chat.button("Verwerfen").waitFor();
      expect(await chat.button("Noch einmal senden").count()).toBe(0);
      await chat.say("TikTok?");
      await expect.poll(() => chat.answers.count()).toBe(2);
      expect(chat.server.asked).toEqual(["TikTok?"]);
    });
  });

  it("too many questions: says for how long", async () => {
    await inChat({ faults: true }, async (chat) => {
      await chat.ready();
      chat.server.fail({ on: "messages", status: 429, headers: { "Retry-After": "3599" }, message: "Bitte warten Sie etwa 60 Minuten." });
      await chat.say("TikTok?");
      await chat.page.getByText("Bitte warten Sie etwa 60 Minuten.").first().waitFor();
    });
  });

  it("an expired conversation begins anew with the question", async () => {
    await inChat({ faults: true }, async (chat) => {
      await chat.ready();
      chat.server.expire();
      await chat.say("TikTok?");
      await chat.button("Neu beginnen und senden").click();
      await expect.poll(() => chat.answers.count()).toBe(2);
      expect(chat.server.asked).toEqual(["TikTok?"]);
    });
  });

  it("an unreachable server: says so, offers the guide, and tries again", async () => {
    await inChat({ faults: true }, async (chat) => {
      await chat.page.locator(".trouble").waitFor();
      expect(await chat.page.locator(".trouble").innerText()).toContain("Der Chat ist gerade nicht erreichbar.");
      expect(await chat.axe()).toEqual([]);
      expect(await chat.page.locator(".trouble a").getAttribute("href")).toBe(`${chat.server.chat}guide/`);
      chat.server.heal();
      await chat.button("Noch einmal versuchen").click();
      await chat.ready();
    }, (server) => {
      server.fail({ on: "session", status: 503, message: "Noch nicht bereit.", times: 0 });
      server.fail({ on: "session", drop: true, times: 9 });
      server.fail({ on: "wording", drop: true, times: 9 });
    });
  });

  it("does not claim to have deleted what the server still has", async () => {
    await inChat({ faults: true }, async (chat) => {
      await chat.ready();
      chat.server.fail({ on: "session", status: 500 });
      await chat.menu("Alles löschen");
      await chat.button("Endgültig löschen").click();
      await expect.poll(() => chat.status.innerText()).toContain("noch nicht gelöscht");
      expect(await chat.page.evaluate(() => sessionStorage.length)).toBe(1);
    });
  });

  it("a slow server and an impatient person: one question", async () => {
    await inChat({}, async (chat) => {
      chat.server.hold();
      await chat.field.fill("TikTok?");
      await chat.page.locator(".send").dblclick();
      await chat.field.press("Enter");
      await chat.page.locator(".choice").first().click({ force: true });
      await chat.say("Noch eine");
      expect(await chat.field.inputValue()).toBe("Noch eine");
      chat.server.release();
      await chat.answered(2);
      expect(chat.server.asked).toEqual(["TikTok?"]);
    });
  });

  it("a double click on a choice asks once", async () => {
    await inChat({}, async (chat) => {
      await chat.page.locator(".choice").first().dblclick();
      await chat.answered(2);
      expect(chat.server.asked).toHaveLength(1);
    });
  });

  it("reload in mid-answer: the answer comes, once", async () => {
    await inChat({ faults: true }, async (chat) => {
      await chat.ready();
      chat.server.hold();
      await chat.say("TikTok?");
      await expect.poll(() => chat.server.asked).toHaveLength(1);
      await chat.page.reload();
      await chat.page.locator(".waiting").waitFor();
      chat.server.release();
      await expect.poll(() => chat.answers.count()).toBe(2);
      await expect.poll(() => chat.page.locator(".user").count()).toBe(1);
      expect(chat.server.asked).toEqual(["TikTok?"]);
    });
  });

  it("two tabs have two conversations", async () => {
    await inChat({}, async (chat) => {
      const other = new Chat(await chat.page.context().newPage(), chat.server);
      await watch(other);
      await other.page.goto(chat.server.chat);
      await other.ready();
      await Promise.all([chat.ask("TikTok?"), other.ask("Fotos?")]);
      expect([await chat.answers.count(), await other.answers.count()]).toEqual([2, 2]);
      await chat.page.reload();
      await expect.poll(() => chat.page.locator(".user .bubble").allTextContents()).toEqual(["Sie: TikTok?"]);
      expect(other.problems).toEqual([]);
    });
  });

  it("200 messages stay usable", async () => {
    await inChat({}, async (chat) => {
      chat.server.fill(100);
      await chat.page.reload();
      await expect.poll(() => chat.answers.count()).toBe(101);
      await chat.ask("TikTok?");
      expect(await chat.page.locator(".entries > li").count()).toBe(203);
      const { top, height } = (await chat.last.evaluate((element) => {
        const { top, height } = element.getBoundingClientRect();
        return { top, height };
      }));
      expect(top).toBeGreaterThanOrEqual(0);
      expect(top).toBeLessThan(400);
      expect(height).toBeGreaterThan(100);
    });
  });

  it("the question field counts characters and stops at the limit", async () => {
    await inChat({}, async (chat) => {
      await chat.field.fill("x".repeat(950));
      expect(await chat.page.locator(".left").innerText()).toBe("Noch 50 Zeichen");
      await chat.field.fill("x".repeat(1001));
      await chat.field.press("Enter");
      expect(await chat.page.locator(".problem").innerText()).toContain("höchstens 1000 Zeichen");
      expect(await chat.axe()).toEqual([]);
      expect(chat.server.asked).toEqual([]);
    });
  });
});

describe("hostile words", () => {
  it("from a person are shown as they were typed", async () => {
    await inChat({}, async (chat) => {
      for (const words of HOSTILE) {
        await chat.ask(words);
        expect(await chat.page.locator(".user .bubble").last().textContent()).toContain(words);
      }
      expect(await chat.page.locator(".entries script, .entries img, .bubble svg, .entries lotse-chat").count()).toBe(0);
    });
  });

  it.each(HOSTILE)("from the content are text everywhere: %s", async (words) => {
    const poisoned = (value: unknown): unknown => {
      if (typeof value === "string") return words;
      if (Array.isArray(value)) return value.map(poisoned);
      return value && typeof value === "object" ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, poisoned(inner)])) : value;
    };
    await inChat({}, async (chat) => {
      chat.server.answerWith = () => ({
        ...(poisoned(payloads.not_allowed.guidance) as Record<string, unknown>), outcome: "refused", verdict: "not_allowed", answer_id: "a",
        contacts: [{ label: words, purpose: words, email: words, phone: words, url: words }],
      });
      const answer = await chat.ask("TikTok?");
      await answer.locator(".mark").first().click();
      for (const summary of await answer.locator("summary").all()) await summary.click();
      expect(await answer.locator("script, img, svg[onload]").count()).toBe(0);
      for (const link of await chat.page.locator(".entries a").all()) {
        const href = (await link.getAttribute("href")) ?? "";
        expect(href).toMatch(/^http:\/\/127\.0\.0\.1|^https?:\/\/|^tel:\d+$|^mailto:\?subject=/);
      }
      expect(await answer.locator(".short > p").innerText()).toContain(words.slice(0, 4));
    });
  });
});

describe("the guard of these tests", () => {
  it("sees a violated content policy and a request that leaves", async () => {
    await expect(inChat({}, async (chat) => {
      await chat.page.evaluate(() => {
        const image = new Image();
        image.src = "https://example.org/pixel.png";
        document.body.append(image);
      });
      await expect.poll(() => chat.problems.some((problem) => problem.startsWith("CSP img-src"))).toBe(true);
    })).rejects.toThrow(/img-src/);
  });

  it("sees markup written into the page", async () => {
    await expect(inChat({}, async (chat) => {
      await chat.page.evaluate(() => {
        const script = document.createElement("script");
        script.text = "1";
        document.body.append(script);
      }).catch(() => undefined);
      await expect.poll(() => chat.problems.length).toBeGreaterThan(0);
    })).rejects.toThrow(/TrustedScript/);
  });
});
