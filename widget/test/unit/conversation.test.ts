import { beforeEach, describe, expect, it } from "vitest";
import german from "../../labels/de.json" with { type: "json" };
import { Problem } from "../../src/api.js";
import type { Api } from "../../src/api.js";
import { Conversation } from "../../src/conversation.js";
import { Memory } from "../../src/memory.js";
import { readItems } from "../../src/parse-guidance.js";
import type { AssistantItem, Item, Message, Questions, Session } from "../../src/types.js";
import { payloads } from "./helpers.js";

const item = (name: keyof typeof payloads, id: string): Item =>
  readItems([{ id, from: "assistant", at: "", guidance: { ...payloads[name].guidance, answer_id: id } }], "de")[0]!;

/** A server in memory; `failures` are thrown first, in their order. */
class Backend {
  sessions = 0;
  asked: { id: string; message: Message; token: string }[] = [];
  past: Item[] = [];
  erased: string[] = [];
  /** Tokens that open nothing any more. */
  ended = new Set<string>();
  rated: unknown[] = [];
  handed: unknown[] = [];
  failures: Problem[] = [];
  answer: keyof typeof payloads = "answered";
  begin = async (language: string): Promise<Session> => {
    this.fail();
    this.sessions += 1;
    return { token: `t${this.sessions}`, expires_at: "", language, messages: [item("greeting", "hello") as AssistantItem], limits: { max_characters: 1000 } };
  };
  ask = async (session: Session, id: string, message: Message): Promise<Item[]> => {
    this.asked.push({ id, message, token: session.token });
    this.fail();
    if (this.ended.has(session.token)) throw new Problem("expired");
    if (this.answer === "forgotten") this.ended.add(session.token);
    return [item(this.answer, `answer-${id}`)];
  };
  history = async (): Promise<Item[]> => (this.fail(), this.past);
  erase = async (session: Session): Promise<void> => (this.fail(), void this.erased.push(session.token));
  handOver = async (...submission: unknown[]): Promise<void> => (this.fail(), void this.handed.push(submission[1]));
  rate = async (...rating: unknown[]): Promise<void> => (this.fail(), void this.rated.push(rating.slice(1)));
  wording = async (): Promise<unknown> => german;
  questions = async (): Promise<Questions> => ({ groups: [], questions: [] });
  private fail(): void {
    const failure = this.failures.shift();
    if (failure) throw failure;
  }
}

class Box {
  values = new Map<string, string>();
  getItem = (key: string): string | null => this.values.get(key) ?? null;
  setItem = (key: string, value: string): void => void this.values.set(key, value);
  removeItem = (key: string): void => void this.values.delete(key);
}

let backend: Backend;
let box: Box;
let heard: string[];
let answered: number;

function talk(): Conversation {
  let next = 0;
  return new Conversation(
    backend as unknown as Api,
    new Memory("base", () => box as unknown as Storage),
    { changed: () => undefined, answered: () => (answered += 1), told: (sentence) => heard.push(sentence) },
    "de", () => `id${(next += 1)}`, () => "2026-11-23T08:00:00Z",
  );
}

const opened = async (): Promise<Conversation> => {
  const conversation = talk();
  await conversation.open();
  return conversation;
};
const settled = (): Promise<void> => new Promise((done) => setTimeout(done));

beforeEach(() => {
  backend = new Backend();
  box = new Box();
  heard = [];
  answered = 0;
});

describe("a conversation", () => {
  it("remembers nothing before it is opened, then its session", async () => {
    const conversation = talk();
    expect([box.values.size, backend.sessions]).toEqual([0, 0]);
    await conversation.open();
    expect([box.values.size, backend.sessions, conversation.phase, conversation.items.length]).toEqual([1, 1, "ready", 1]);
  });

  it("asks once, however often a person clicks", async () => {
    const conversation = await opened();
    await Promise.all([conversation.send({ text: "A" }), conversation.send({ text: "A" }), conversation.send({ text: "B" })]);
    expect(backend.asked.map(({ message }) => message)).toEqual([{ text: "A" }]);
    expect(conversation.items.map(({ from }) => from)).toEqual(["assistant", "user", "assistant"]);
    expect(answered).toBe(1);
  });

  it.each(["offline", "timeout", "unavailable", "rate_limited", "failed"] as const)("keeps a question that ended %s and sends it again under the same id", async (kind) => {
    const conversation = await opened();
    backend.failures = [new Problem(kind)];
    await conversation.send({ text: "A" });
    expect(conversation.trouble).toMatchObject({ problem: { kind }, remedy: "retry" });
    expect(conversation.sending?.text).toBe("A");
    await conversation.retry();
    expect(backend.asked.map(({ id }) => id)).toEqual(["id1", "id1"]);
    expect([conversation.trouble, conversation.pending, conversation.items.length]).toEqual([null, null, 3]);
  });

  it("lets a failed question go", async () => {
    const conversation = await opened();
    backend.failures = [new Problem("offline")];
    await conversation.send({ text: "A" });
    conversation.discard();
    expect([conversation.trouble, conversation.pending, conversation.items.length]).toEqual([null, null, 1]);
  });

  it("a new question takes the place of one that failed", async () => {
    const conversation = await opened();
    backend.failures = [new Problem("invalid")];
    await conversation.send({ text: "A" });
    await conversation.send({ text: "B" });
    expect(conversation.items.flatMap((item) => (item.from === "user" ? [item.text] : []))).toEqual(["B"]);
    expect([conversation.trouble, conversation.pending]).toEqual([null, null]);
  });

  it("a new question begins anew where the session has expired", async () => {
    const conversation = await opened();
    backend.failures = [new Problem("expired")];
    await conversation.send({ text: "A" });
    await conversation.send({ text: "B" });
    expect([backend.sessions, conversation.phase, conversation.trouble]).toEqual([2, "ready", null]);
    expect(backend.asked.at(-1)?.message).toEqual({ text: "B" });
  });

  it("begins anew when the session has expired, and asks the question there", async () => {
    const conversation = await opened();
    backend.failures = [new Problem("expired")];
    await conversation.send({ payload: "/ask_blocking", label: "Darf ich andere blockieren?" });
    expect(conversation.trouble?.remedy).toBe("restart");
    await conversation.retry();
    expect(backend.asked.at(-1)).toMatchObject({ token: "t2", message: { text: "Darf ich andere blockieren?" } });
    expect(conversation.items).toHaveLength(3);
  });

  it("asks with words for a choice the server no longer knows", async () => {
    const conversation = await opened();
    backend.failures = [new Problem("invalid")];
    await conversation.send({ payload: "/gone", label: "Alte Frage" });
    expect(backend.asked.map(({ id, message }) => [id, message])).toEqual([
      ["id1", { payload: "/gone", label: "Alte Frage" }], ["id2", { text: "Alte Frage" }],
    ]);
    expect(conversation.trouble).toBeNull();
  });

  it("resumes after a reload, with the greeting once", async () => {
    await opened();
    backend.past = [item("greeting", "hello"), { from: "user", id: "u", at: "", text: "A" }, item("answered", "a")];
    const again = await opened();
    expect(again.items.map(({ id }) => id)).toEqual(["hello", "u", "a"]);
    expect([backend.sessions, heard]).toEqual([1, [german.restored]]);
  });

  it("picks up a question that was on its way when the page was reloaded", async () => {
    const first = await opened();
    backend.failures = [new Problem("offline")];
    await first.send({ text: "A" });
    backend.past = [];
    const again = talk();
    const opening = again.open();
    backend.past = [];
    await opening;
    expect(again.sending?.text).toBe("A");
    backend.past = [{ from: "user", id: "id1", at: "", text: "A" }, item("answered", "answer-id1")];
    await settled();
    expect(backend.asked.map(({ id }) => id)).toEqual(["id1", "id1"]);
    expect(again.items.map(({ id }) => id)).toEqual(["hello", "id1", "answer-id1"]);
  });

  it("starts over when the remembered session is gone", async () => {
    await opened();
    backend.failures = [new Problem("expired")];
    const again = await opened();
    expect([again.phase, backend.sessions]).toEqual(["ready", 2]);
  });

  it("starts over where an older version has left its session in the tab", async () => {
    box.setItem("lotse-chat base", JSON.stringify({ session: { token: "1.x", expiresAt: "", language: "de", greeting: [], maxCharacters: 1000 }, pending: null, rated: {} }));
    const conversation = await opened();
    expect([conversation.phase, backend.sessions, conversation.items.length]).toEqual(["ready", 1, 1]);
  });

  it("does not open without its words, and opens on a second try", async () => {
    const { wording } = backend;
    backend.wording = async () => {
      throw new Problem("failed");
    };
    const conversation = await opened();
    expect([conversation.phase, backend.sessions]).toEqual(["unreachable", 0]);
    backend.wording = wording;
    await conversation.retry();
    expect([conversation.phase, conversation.labels()("send")]).toEqual(["ready", german.send]);
  });

  it("says that it cannot be reached, and opens on a second try", async () => {
    backend.failures = [new Problem("offline")];
    const conversation = await opened();
    expect(conversation.phase).toBe("unreachable");
    await conversation.retry();
    expect([conversation.phase, conversation.trouble]).toEqual(["ready", null]);
  });

  it("claims nothing is left only when the server has deleted it", async () => {
    const conversation = await opened();
    backend.failures = [new Problem("offline")];
    expect(await conversation.erase()).toBe(false);
    expect([conversation.phase, box.values.size, heard]).toEqual(["ready", 1, [german.erase_failed]]);
    expect(await conversation.erase()).toBe(true);
    expect([conversation.phase, box.values.size, conversation.items, backend.erased]).toEqual(["erased", 0, [], ["t1"]]);
  });

  it("deletes the old conversation when it starts anew", async () => {
    const conversation = await opened();
    await conversation.send({ text: "A" });
    expect(await conversation.restart()).toBe(true);
    expect([backend.erased, backend.sessions, conversation.items.length]).toEqual([["t1"], 2, 1]);
  });

  it("forgets what is on the screen when the person has asked for it", async () => {
    const conversation = await opened();
    await conversation.send({ text: "A" });
    backend.answer = "forgotten";
    await conversation.send({ text: "Vergiss alles" });
    expect(conversation.items).toHaveLength(1);
  });

  describe("after the person has had everything forgotten", () => {
    const forgetful = async (): Promise<Conversation> => {
      const conversation = await opened();
      await conversation.send({ text: "A" });
      backend.answer = "forgotten";
      await conversation.send({ text: "Vergiss alles" });
      backend.answer = "answered";
      return conversation;
    };

    it("answers the next question in a session of its own, below the confirmation and without a second greeting", async () => {
      const conversation = await forgetful();
      const heardBefore = answered;
      await conversation.send({ text: "B" });
      expect(backend.asked.at(-1)).toMatchObject({ token: "t2", message: { text: "B" } });
      expect(conversation.items.map((item) => (item.from === "user" ? item.text : item.guidance.outcome))).toEqual(["forgotten", "B", "answered"]);
      expect([conversation.trouble, backend.sessions, answered - heardBefore]).toEqual([null, 2, 1]);
    });

    it("remembers nothing until then, and greets once after a reload", async () => {
      await forgetful();
      expect([box.values.size, backend.sessions, answered]).toEqual([0, 1, 2]);
      expect((await opened()).items.map(({ id }) => id)).toEqual(["hello"]);
    });

    it("keeps the next question when no session can be begun, and asks it on a second try", async () => {
      const conversation = await forgetful();
      backend.failures = [new Problem("offline")];
      await conversation.send({ text: "B" });
      expect(conversation.trouble).toMatchObject({ problem: { kind: "offline" }, remedy: "retry" });
      await conversation.retry();
      expect([conversation.trouble, conversation.items.length, backend.sessions]).toEqual([null, 3, 2]);
    });

    it("lets go of a question whose conversation was deleted while its session was begun", async () => {
      const conversation = await forgetful();
      const sending = conversation.send({ text: "B" });
      await conversation.erase();
      await sending;
      expect([conversation.phase, conversation.items, box.values.size, backend.asked.length]).toEqual(["erased", [], 0, 2]);
    });

    it("greets in another language when one is chosen", async () => {
      const conversation = await forgetful();
      await conversation.setLanguage("en");
      expect([conversation.phase, conversation.items.map(({ id }) => id), backend.sessions]).toEqual(["ready", ["hello"], 2]);
    });
  });

  it("tells the status with the first question, then as a follow-up, then by the offered choice", async () => {
    const conversation = await opened();
    await conversation.tellStatus("beamte");
    expect([backend.asked, conversation.status]).toEqual([[], german.status_beamte]);
    await conversation.send({ text: "Darf ich liken?" });
    expect(backend.asked.at(-1)?.message).toEqual({ text: `${german.status_beamte}. Darf ich liken?` });
    expect(conversation.status).toBeNull();
    backend.answer = "status";
    await conversation.tellStatus("tarif");
    expect(backend.asked.at(-1)?.message).toEqual({ text: german.status_ask_tarif });
    await conversation.tellStatus("tarif");
    expect(backend.asked.at(-1)?.message).toMatchObject({ payload: '/refine{"status": "tarif"}' });
  });

  it("changes the language: a new session before the first question, a wish after it", async () => {
    const conversation = await opened();
    await conversation.setLanguage("en");
    expect([backend.sessions, backend.asked, conversation.language]).toEqual([2, [], "en"]);
    backend.answer = "english";
    await conversation.send({ text: "A" });
    await conversation.setLanguage("de");
    expect(backend.asked.at(-1)?.message).toEqual({ text: german.language_message });
  });

  it("greets in the chosen language though the old session cannot be ended", async () => {
    const conversation = await opened();
    const begun: string[] = [];
    const { begin } = backend;
    backend.begin = (language) => (begun.push(language), begin(language));
    backend.erase = () => Promise.reject(new Problem("failed"));
    await conversation.setLanguage("en");
    await settled();
    expect([begun, conversation.phase, conversation.items.length, conversation.trouble, heard]).toEqual([["en"], "ready", 1, null, []]);
  });

  it("greets in the language that is chosen before the greeting has come", async () => {
    const begun: string[] = [];
    const { begin } = backend;
    backend.begin = async (language) => {
      begun.push(language);
      await settled();
      return begin(language);
    };
    const conversation = talk();
    const opening = conversation.open();
    await conversation.setLanguage("en");
    await opening;
    expect([begun, conversation.phase, conversation.language, conversation.items.length]).toEqual([["de", "en"], "ready", "en", 1]);
    expect(backend.erased).toEqual(["t1"]);
  });

  it("takes the language of the newest answer, and then has nothing to change to it", async () => {
    const conversation = await opened();
    await conversation.setLanguage("en");
    backend.answer = "answered";
    await conversation.send({ text: "A" });
    expect(conversation.language).toBe("de");
    await conversation.setLanguage("de");
    expect(backend.asked.map(({ message }) => message)).toEqual([{ text: "A" }]);
  });

  it("keeps ratings over a reload and reports one that did not arrive", async () => {
    const conversation = await opened();
    await conversation.send({ text: "A" });
    const { guidance } = conversation.latest!;
    backend.failures = [new Problem("offline")];
    expect(await conversation.rate(guidance, "up", null)).toBe(false);
    expect([conversation.rated, heard]).toEqual([{}, [german.rating_failed]]);
    expect(await conversation.rate(guidance, "down", "zu lang")).toBe(true);
    expect(backend.rated).toEqual([[guidance.answer_id, "down", "zu lang"]]);
    expect((await opened()).rated).toEqual({ [guidance.answer_id]: "down" });
    expect((await opened()).rated).toEqual({ [guidance.answer_id]: "down" });
  });

  it("hands a question over, and says why it could not", async () => {
    const conversation = await opened();
    const submission = { id: "1", office: "press_office", question: "Darf ich?", name: null };
    expect(await conversation.handOver(submission)).toBeNull();
    expect(backend.handed).toEqual([submission]);
    backend.failures = [new Problem("rate_limited", "Zu viele."), new Problem("offline")];
    expect(await conversation.handOver(submission)).toBe("Zu viele.");
    expect(await conversation.handOver(submission)).toBe(german.handover_failed);
  });

  it("works where storage is forbidden", async () => {
    box.setItem = box.getItem = () => {
      throw new Error("denied");
    };
    const conversation = await opened();
    await conversation.send({ text: "A" });
    expect(conversation.items).toHaveLength(3);
  });
});
