/** The contract of /chat without an assistant behind it: canned answers, the real headers, and faults on request. */

import { createHash, randomBytes, randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import headers from "./headers.json" with { type: "json" };
import payloads from "./payloads.json" with { type: "json" };

const STATIC = fileURLToPath(new URL("../../../src/lotse/channels/web/static/", import.meta.url));
const GUIDE = fileURLToPath(new URL("guide/", import.meta.url));
const LABELS = fileURLToPath(new URL("../../labels/", import.meta.url));
const TYPES: Record<string, string> = {
  html: "text/html; charset=utf-8", js: "text/javascript; charset=utf-8", css: "text/css; charset=utf-8", txt: "text/plain; charset=utf-8", svg: "image/svg+xml",
};
export type PayloadName = keyof typeof payloads;
type Guidance = Record<string, unknown>;
type Stored = { id: string; from: "assistant" | "user"; at: string; text: string; guidance?: Guidance };

/** Which canned answer fits a message; the first match wins, so tests can name an outcome directly. */
const SCRIPT: readonly [RegExp, PayloadName][] = [
  [/^\/request_simpler$/, "simpler"], [/^\/request_example$/, "example"], [/^\/request_person$/, "handed_over"],
  [/^\/correct_topic/, "choices"], [/^\/refine/, "refined"], [/^\/ask_opinions$/, "opinions"], [/^\/ask_/, "answered"],
  [/jemandem sprechen/i, "handed_over"], [/vergiss/i, "forgotten"], [/english, please/i, "language"], [/may i|i am a/i, "english"], [/quelle/i, "sources"],
  [/warum/i, "reason"], [/wetter/i, "refused"], [/prüfen/i, "check"], [/geheim/i, "not_allowed"], [/kann nicht mehr/i, "need"], [/nachbar/i, "assumed"], [/tiktok/i, "depends"],
  [/fotos/i, "info"], [/folgen/i, "long"], [/liken/i, "status"], [/etwas/i, "choices"], [/fehler/i, "error"], [/mensch/i, "bot"],
  [/und als/i, "refined"], [/regierung/i, "opinions"], [/chef|blockieren/i, "answered"],
];

/** What can be asked; the real server has more of it. */
const QUESTIONS = {
  de: {
    groups: [
      { title: "Für alle Beschäftigten", topics: [
        { label: "Andere blockieren", question: "Darf ich andere blockieren?" },
        { label: "Folgen bei Verstößen", question: "Welche Folgen drohen mir bei einem Fehler?" },
        { label: "Fotos von Veranstaltungen", question: "Darf ich Fotos von Veranstaltungen meiner Behörde posten?" },
        { label: "Liken und Favorisieren", question: "Darf ich fremde Beiträge liken?" },
        { label: "Nutzung während der Arbeitszeit", question: "Darf ich während der Arbeitszeit privat auf Social Media?" },
      ] },
      { title: "Für Kanäle von Behörden", topics: [{ label: "TikTok der Behörde", question: "Darf ich TikTok für meine Behörde nutzen?" }] },
    ],
    questions: [
      "Darf ich andere blockieren?", "Darf ich Journalisten blockieren?", "Darf ich fremde Beiträge liken?", "Welche Folgen drohen mir bei einem Fehler?",
      "Darf ich Fotos von Veranstaltungen meiner Behörde posten?", "Wer muss bei einem Foto zustimmen?", "Darf ich TikTok für meine Behörde nutzen?",
      "Darf ich während der Arbeitszeit privat auf Social Media?", "Darf ich meine Meinung sagen?", "Muss ich mein Profil kennzeichnen?",
      "Mit wem darf ich mich vernetzen?", "Darf ich über meine Arbeit posten?", "Darf ich mit Social Media Geld verdienen?", "Was gilt in Chatgruppen?",
      "Wie schütze ich mein Konto?", "Was tue ich bei Hass im Netz?",
    ],
  },
  en: { groups: [{ title: "For all employees", topics: [{ label: "Blocking others", question: "May I block others?" }] }], questions: ["May I block others?"] },
};

interface Said {
  id: string;
  text?: string;
  payload?: string;
}

interface Talk {
  token: string;
  language: string;
  messages: Stored[];
  answers: Map<string, Promise<Stored[]>>;
}

export interface Fault {
  /** Which calls: the first segment of the path, such as `messages`. */
  on: string;
  status?: number;
  /** Cut the connection instead of answering. */
  drop?: boolean;
  /** Only after the call has done its work, as when a proxy loses the answer. */
  late?: boolean;
  headers?: Record<string, string>;
  message?: string;
  /** How many calls fail; then all is well again. */
  times?: number;
}

export class MockServer {
  readonly asked: unknown[] = [];
  readonly rated: Record<string, unknown>[] = [];
  readonly handed: Record<string, unknown>[] = [];
  readonly calls: string[] = [];
  erased = 0;
  allowedOrigins: string[] = [];
  /** Replaces the canned answer, for hostile content. */
  answerWith: ((text: string) => Guidance | null) | null = null;
  private readonly talks = new Map<string, Talk>();
  private faults: Fault[] = [];
  private gate: { open: Promise<void>; release: () => void } | null = null;
  private server: Server | null = null;

  async start(port = 0): Promise<this> {
    this.server = createServer((request, response) => {
      this.handle(request, response).catch((error: unknown) => {
        response.writeHead(500).end(String(error));
      });
    });
    await new Promise<void>((done) => this.server!.listen(port, "127.0.0.1", done));
    return this;
  }

  async stop(): Promise<void> {
    this.release();
    this.server?.closeAllConnections();
    await new Promise((done) => this.server?.close(done));
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.server!.address() as AddressInfo).port}`;
  }

  get chat(): string {
    return `${this.origin}/chat/`;
  }

  fail(fault: Fault): void {
    this.faults.push({ times: 1, ...fault });
  }

  heal(): void {
    this.faults = [];
  }

  /** From now on answers wait until `release`. */
  hold(): void {
    let release = (): void => undefined;
    const open = new Promise<void>((done) => (release = done));
    this.gate = { open, release };
  }

  release(): void {
    this.gate?.release();
    this.gate = null;
  }

  /** Forget every session, as if all had expired. */
  expire(): void {
    this.talks.clear();
  }

  /** Put turns into every open conversation, as if they had been asked before. */
  fill(turns: number): void {
    for (const talk of this.talks.values()) {
      for (let turn = 0; turn < turns; turn += 1) {
        talk.messages.push({ id: randomUUID(), from: "user", at: new Date().toISOString(), text: `Frage ${turn + 1}` });
        talk.messages.push(this.item(turn % 2 ? "answered" : "depends"));
      }
    }
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://localhost");
    if (!url.pathname.startsWith("/chat/")) return void response.writeHead(404).end();
    const path = url.pathname.slice("/chat/".length);
    const name = path.split("/")[0] ?? "";
    this.calls.push(`${request.method} ${path}`);
    const origin = request.headers.origin;
    if (origin && this.allowedOrigins.includes(origin)) {
      response.setHeader("Access-Control-Allow-Origin", origin);
      response.setHeader("Access-Control-Allow-Headers", "authorization, content-type");
      response.setHeader("Access-Control-Allow-Methods", "GET, POST, DELETE");
      response.setHeader("Access-Control-Expose-Headers", "retry-after");
    } else if (origin && origin !== this.origin) {
      return this.json(response, 403, { error: { code: "foreign_origin", message: "Diese Seite darf den Chat nicht nutzen." } });
    }
    if (request.method === "OPTIONS") return void response.writeHead(204).end();
    const fault = this.faults.find(({ on, times = 0 }) => on === name && times > 0);
    if (fault) {
      fault.times = (fault.times ?? 1) - 1;
      if (fault.drop) return void request.destroy();
      if (fault.late) await this.once(this.talks.get(bearer(request))!, (await body(request)) as Said);
      for (const [key, value] of Object.entries(fault.headers ?? {})) response.setHeader(key, value);
      return this.json(response, fault.status ?? 500, { error: { code: "fault", message: fault.message ?? "Der Server macht gerade Pause." } });
    }
    switch (name) {
      case "session": return this.session(request, response);
      case "messages": return this.messages(request, response);
      case "history": return this.withTalk(request, response, (talk) => this.json(response, 200, { messages: talk.messages.slice(-200) }));
      case "feedback": return this.feedback(request, response);
      case "handover": return this.handOver(request, response);
      case "wording": return this.wording(url.searchParams.get("language") ?? "de", response);
      case "questions": return this.json(response, 200, QUESTIONS[url.searchParams.get("language") === "en" ? "en" : "de"]);
      case "guide": return this.guide(path.slice("guide/".length) || "index", response);
      default: return this.file(path, response);
    }
  }

  private async session(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === "DELETE") {
      const token = bearer(request);
      if (!this.talks.delete(token)) return this.refuse(response);
      this.erased += 1;
      return void response.writeHead(204).end();
    }
    const { language } = (await body(request)) as { language: string | null };
    const token = randomBytes(16).toString("hex");
    this.talks.set(token, { token, language: language ?? "de", messages: [], answers: new Map() });
    return this.json(response, 201, {
      token, language: language ?? "de", expires_at: new Date(Date.now() + 3_600_000).toISOString(),
      messages: [this.item(language === "en" ? "greeting_en" : "greeting")], limits: { max_characters: 1000 },
    });
  }

  private async messages(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const talk = this.talks.get(bearer(request));
    if (!talk) return this.refuse(response);
    const said = (await body(request)) as Said;
    if (said.payload?.startsWith("/gone")) {
      return this.json(response, 422, { error: { code: "unknown_payload", message: "Diese Auswahl gibt es nicht mehr." } });
    }
    this.json(response, 200, { id: said.id, messages: await this.once(talk, said) });
  }

  /** The same id gets the same answer, also while the first is still being made. */
  private once(talk: Talk, said: Said): Promise<Stored[]> {
    const known = talk.answers.get(said.id);
    const reply = known ?? this.turn(talk, said.id, said.text ?? said.payload ?? "");
    talk.answers.set(said.id, reply);
    return reply;
  }

  private async turn(talk: Talk, id: string, text: string): Promise<Stored[]> {
    this.asked.push(text);
    await this.gate?.open;
    const special = this.answerWith?.(text) ?? null;
    const name = SCRIPT.find(([pattern]) => pattern.test(text))?.[1] ?? "answered";
    const answer = special ? { ...this.item("answered"), guidance: special } : this.item(name);
    const label = talk.messages.flatMap((message) => (message.guidance?.["follow_ups"] ?? []) as { label: string; payload: string }[])
      .find(({ payload }) => payload === text)?.label;
    // As on the server: nothing of the conversation is left, and its token opens nothing any more.
    if (name === "forgotten") this.talks.delete(talk.token);
    talk.messages.push({ id, from: "user", at: new Date().toISOString(), text: label ?? text }, answer);
    return [answer];
  }

  private async feedback(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!this.talks.has(bearer(request))) return this.refuse(response);
    this.rated.push((await body(request)) as Record<string, unknown>);
    response.writeHead(204).end();
  }

  private async handOver(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!this.talks.has(bearer(request))) return this.refuse(response);
    const submission = (await body(request)) as Record<string, unknown>;
    await this.gate?.open;
    this.handed.push(submission);
    response.writeHead(204).end();
  }

  private async wording(language: string, response: ServerResponse): Promise<void> {
    this.json(response, 200, JSON.parse(await readFile(`${LABELS}${language === "en" ? "en" : "de"}.json`, "utf8")));
  }

  private async file(path: string, response: ServerResponse): Promise<void> {
    const pages: Record<string, string> = { "": "chat.html", "demo/": "demo.html" };
    const name = (pages[path] ?? path).replace(/\.[0-9a-f]{16}\.js$/, ".js");
    const content = /^[\w.-]+$/.test(name) ? await readFile(STATIC + name).catch(() => null) : null;
    if (!content) return void response.writeHead(404).end();
    response.writeHead(200, {
      ...(name.endsWith(".js") ? headers.script : headers.page),
      "Content-Type": TYPES[name.split(".").at(-1) ?? ""] ?? "application/octet-stream",
      ETag: `"${createHash("sha256").update(content).digest("hex").slice(0, 16)}"`,
    }).end(content);
  }

  /** A page as the server writes it; of topics that no test opens only a name. */
  private async guide(name: string, response: ServerResponse): Promise<void> {
    const page = /^[\w-]+$/.test(name) ? await readFile(`${GUIDE}${name}.html`, "utf8").catch(() => null) : null;
    response.writeHead(200, { ...headers.guide, "Content-Type": TYPES["html"]! })
      .end(page ?? `<!doctype html><html lang="de"><title>Leitfaden</title><body class="guide"><h1>Leitfaden</h1><p>guide/${name}</p>`);
  }

  private item(name: PayloadName): Stored {
    const { text, guidance } = structuredClone(payloads[name]) as { text: string; guidance: Guidance };
    const id = randomUUID();
    return { id, from: "assistant", at: new Date().toISOString(), text, guidance: { ...guidance, answer_id: id } };
  }

  private withTalk(request: IncomingMessage, response: ServerResponse, then: (talk: Talk) => void): void {
    const talk = this.talks.get(bearer(request));
    if (talk) then(talk);
    else this.refuse(response);
  }

  private refuse(response: ServerResponse): void {
    this.json(response, 401, { error: { code: "session_ended", message: "Dieses Gespräch ist beendet oder abgelaufen." } });
  }

  private json(response: ServerResponse, status: number, data: unknown): void {
    response.writeHead(status, { ...headers.page, "Content-Type": "application/json; charset=utf-8", "Cache-Control": "no-store" })
      .end(JSON.stringify(data));
  }
}

const bearer = (request: IncomingMessage): string => (request.headers.authorization ?? "").replace(/^Bearer /, "");

async function body(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return JSON.parse(Buffer.concat(parts).toString("utf8"));
}
