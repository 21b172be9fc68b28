import { describe, expect, it } from "vitest";
import german from "../../labels/de.json" with { type: "json" };
import english from "../../labels/en.json" with { type: "json" };
import { count, fill, labelsFrom } from "../../src/labels.js";
import { newId } from "../../src/uuid.js";
import { groupAlike, guideAddress, mailAddress, mailDraft, phoneAddress, webAddress } from "../../src/links.js";
import { announcement, answerText, transcriptText } from "../../src/plain-text.js";
import { offered } from "../../src/choices.js";
import { formatDate, formatTime, lastWord, typeset } from "../../src/typography.js";
import { de, en, guidance } from "./helpers.js";

const bound = (text: string): string => text.replaceAll("\u00a0", "_");

describe("typography", () => {
  it.each([
    ["§ 33 Abs. 1 S. 2 BeamtStG", "§_33_Abs._1_S._2_BeamtStG"],
    ["§§ 22, 23 KUG", "§§_22, 23_KUG"],
    ["Art. 5 Abs. 1 GG", "Art._5_Abs._1_GG"],
    ["z. B. am 7. Februar", "z._B. am 7._Februar"],
    ["z.B. heute", "z._B. heute"],
    ["etwa 50 % der Fälle", "etwa 50_% der Fälle"],
    ["Frage 5: Blockierung", "Frage_5: Blockierung"],
    ["Das war es. Und weiter.", "Das war es. Und weiter."],
  ])("%s", (text, expected) => expect(bound(typeset(text))).toBe(expected));

  it("changes nothing but blanks", () => {
    const { short, points, notice } = guidance("long");
    for (const text of [short, notice ?? "", ...points.map((point) => point.text)]) {
      expect(typeset(text).replaceAll("\u00a0", " ").replaceAll(" ", "")).toBe(text.replaceAll(" ", ""));
    }
  });

  it("writes dates as the language does", () => {
    expect(["2023-02-07", "2012-09", "2012", "x"].map((iso) => formatDate(iso, "de"))).toEqual(["07.02.2023", "09/2012", "2012", "x"]);
    expect(["2023-02-07", "2012-09", "2012"].map((iso) => formatDate(iso, "en"))).toEqual(["7 February 2023", "September 2012", "2012"]);
    expect(formatTime("nonsense", "de")).toBe("");
  });
});

describe("addresses", () => {
  it.each(["javascript:alert(1)", "JAVASCRIPT:alert(1)", "data:text/html,x", "file:///etc/passwd", "//x", "x", "", null, "vbscript:x", " java\nscript:x"])(
    "%j is no link", (url) => expect(webAddress(url)).toBeNull(),
  );
  it("links web pages, mail and phones", () => {
    expect(webAddress("https://example.org/a b")).toBe("https://example.org/a%20b");
    expect(webAddress("guide/check-tiktok.docx?answers=x", "https://example.org/chat/")).toBe("https://example.org/chat/guide/check-tiktok.docx?answers=x");
    expect(webAddress("javascript:alert(1)", "https://example.org/chat/")).toBeNull();
    expect(mailAddress("amt@example.org")).toBe("mailto:amt@example.org");
    expect(mailAddress("amt@example.org?bcc=x@y.z")).toBeNull();
    expect(phoneAddress("+49 (0)89 12-34")).toBe("tel:+49891234");
    expect(phoneAddress("Zimmer")).toBeNull();
    expect(guideAddress("/chat/", "blocking.press", "de")).toBe("/chat/guide/blocking?language=de#blocking.press");
    expect(guideAddress("/chat/", '"><script>', "de")).not.toContain("<");
  });
  it("opens a mail with exactly this text", () => {
    const link = new URL(mailDraft("amt@example.org", "Ja & Nein?", "Straße #1\nbcc=x@y.z&more"));
    expect(link.pathname).toBe("amt@example.org");
    expect([...link.searchParams]).toEqual([["subject", "Ja & Nein?"], ["body", "Straße #1\r\nbcc=x@y.z&more"]]);
    expect(mailDraft("amt@example.org?bcc=x@y.z", "a", "b")).toBe("mailto:?subject=a&body=b");
    expect(mailDraft(null, "a", "")).toBe("mailto:?subject=a&body=");
  });
  it("makes ids without a secure context", () => {
    const ids = new Set(Array.from({ length: 50 }, newId));
    expect(ids.size).toBe(50);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/);
  });
  it("groups citations of one place", () => {
    expect(groupAlike(guidance("answered").citations).map(({ numbers }) => numbers)).toEqual([[1, 2, 3, 4]]);
    const numbers = groupAlike(guidance("long").citations).flatMap((group) => group.numbers);
    expect(numbers.sort((a, b) => a - b)).toEqual(guidance("long").citations.map(({ n }) => n));
  });
});

describe("labels", () => {
  it("exist in both languages with the same places", () => {
    const places = (sentence: string): string[] => (sentence.match(/\{\w+\}/g) ?? []).sort();
    expect(Object.keys(english)).toEqual(Object.keys(german));
    for (const key of Object.keys(german) as (keyof typeof german)[]) {
      expect(german[key].trim() && english[key].trim(), key).not.toBe("");
      expect(places(english[key]), key).toEqual(places(german[key]));
    }
  });
  it("fill in values and survive rubbish", () => {
    expect(fill("{a} und {b}", { a: 1 })).toBe("1 und {b}");
    expect(labelsFrom({ title: 7 }, "de")("title")).toBe("Social-Media-Lotse");
    expect(labelsFrom("x", "fr")("close")).toBe("Chat schließen");
  });
  it("count", () => {
    expect([1, 4].map((n) => count(de, "sources_count", n))).toEqual(["1 Quelle", "4 Quellen"]);
    expect([1, 2].map((n) => count(en, "choices_count", n))).toEqual(["1 choice", "2 choices"]);
  });
});

describe("plain words", () => {
  it("announces the gist with the numbers of what follows", () => {
    expect(announcement(guidance("answered"), de)).toBe(
      "Antwort: Darf ich andere blockieren? Erlaubt. Auf Ihrem privaten Konto dürfen Sie andere blockieren, auch ohne Begründung. " +
      "Verfolgen Sie mit dem Konto auch Interessen der Behörde, müssen Sie alle gleich behandeln. " +
      "2 Punkte dazu, 4 Quellen, 5 Auswahlmöglichkeiten.",
    );
    expect(announcement(guidance("choices"), de)).toMatch(/Meinen Sie das\? 3 Auswahlmöglichkeiten\.$/);
    expect(announcement(guidance("error"), de)).not.toMatch(/Quelle|Auswahl/);
  });
  it("announces help and what was assumed first, and the steps", () => {
    expect(announcement(guidance("need"), de)).toMatch(
      /^Antwort: Gut, dass Sie schreiben\..* Telefon für Sorgen: 0800 000 00 00\. Notruf: 112\. Darf ich andere blockieren\? Auf Ihrem/,
    );
    expect(announcement(guidance("assumed"), de)).toMatch(/^Antwort: Ich verstehe Sie so: .* Erlaubt\. .* Fragen Sie im Zweifel die Pressestelle\. 2 Punkte/);
  });
  it("does not count the choice to show more points, which are here already", () => {
    const answer = guidance("answered");
    const more = { ...answer, points_at_once: 3, follow_ups: [{ label: "Mehr dazu", payload: '/request_more{"topic": "blocking"}' }, ...answer.follow_ups] };
    expect(announcement(more, de)).toBe(announcement(answer, de));
    expect(offered(more)).toEqual(answer.follow_ups);
  });
  it("marks a disputed point itself, after a title of any kind", () => {
    const answer = guidance("answered");
    const point = answer.points[0]!;
    const text = (parts: Partial<typeof point>): string => answerText({ ...answer, points: [{ ...point, text: "Ein Satz.", cites: [], ...parts }] }, de);
    expect(text({ title: "Was ist Teilen?", certainty: "disputed" })).toContain("- Was ist Teilen? (umstritten): Ein Satz.");
    expect(text({ status: "Beamte", title: null, certainty: "uncertain" })).toContain("- Beamte (noch nicht abschließend geklärt): Ein Satz.");
    expect(text({ title: "Was ist Teilen?", certainty: "settled" })).toContain("- Was ist Teilen? Ein Satz.");
  });
  it("keeps the last word with its sources unless it is long", () => {
    expect(lastWord("Fragen Sie nach.")).toEqual(["Fragen Sie ", "nach."]);
    expect(lastWord("Das gilt für Tarifbeschäftigte.")).toEqual(["Das gilt für Tarifbeschäftigte.", ""]);
    expect(lastWord("Nein.")).toEqual(["", "Nein."]);
    expect(lastWord("")).toEqual(["", ""]);
    expect(lastWord("Erster Satz.\nNein.")).toEqual(["Erster Satz.\n", "Nein."]);
  });
  it("copies the whole answer with its sources", () => {
    const text = answerText(guidance("answered"), de);
    for (const part of ["Erlaubt.", "[1]", "Quellen:", "(Stand 07.02.2023)", "https://", "Wer Ihnen weiterhilft:", "allgemeine Auskunft", "Wenn es um Ihre Führungskraft selbst geht"]) {
      expect(text).toContain(part);
    }
  });
  it("writes a transcript", () => {
    const text = transcriptText(
      [{ from: "user", id: "1", at: "2026-11-23T08:00:00Z", text: "Darf ich?" }, { from: "assistant", id: "2", at: "", text: "", guidance: guidance("english") }],
      en, "en", "2026-11-23",
    );
    expect(text).toMatch(/^Social-Media-Lotse – 23 November 2026\n\n----\n\nYou \(\d\d:\d\d\)\nDarf ich\?/);
    expect(text).toContain("Lotse\nMay I block others? Allowed.");
  });
});
