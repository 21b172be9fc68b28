/** What this browser tab remembers: the session and a message on its way. Nothing before the chat is opened. */

import type { Message, Rating, Session } from "./types.js";

export interface Pending {
  id: string;
  message: Message;
  at: string;
}

export interface Remembered {
  session: Session;
  pending: Pending | null;
  rated: Record<string, Rating>;
}

export class Memory {
  private readonly key: string;

  /** @param base address of the channel: two assistants on one origin do not share a session. */
  constructor(base: string, private readonly storage: () => Storage = () => sessionStorage) {
    this.key = `lotse-chat ${base}`;
  }

  read(): Remembered | null {
    try {
      const kept = JSON.parse(this.storage().getItem(this.key) ?? "null") as Remembered | null;
      if (!kept || typeof kept.session?.token !== "string" || !Array.isArray(kept.session.messages)) return null;
      return { session: kept.session, pending: kept.pending ?? null, rated: kept.rated ?? {} };
    } catch {
      return null;
    }
  }

  /** Keep what a reload needs. A browser that forbids storage only loses the reload. */
  write(remembered: Remembered): void {
    try {
      this.storage().setItem(this.key, JSON.stringify(remembered));
    } catch {
      return;
    }
  }

  forget(): void {
    try {
      this.storage().removeItem(this.key);
    } catch {
      return;
    }
  }
}
