/** State of this browser tab: the session and an unanswered message. Nothing is stored before the chat is opened. */

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

  /** @param base address of the channel, so that two assistants on one origin do not share a session. */
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

  /** Store the state for a reload. If the browser forbids storage, a reload starts a new conversation. */
  write(remembered: Remembered): void {
    try {
      this.storage().setItem(this.key, JSON.stringify(remembered));
    } catch {
      return;
    }
  }

  /** Text that is not sent yet. */
  get draft(): string {
    try {
      return this.storage().getItem(`${this.key} draft`) ?? "";
    } catch {
      return "";
    }
  }

  set draft(text: string) {
    try {
      if (text) this.storage().setItem(`${this.key} draft`, text);
      else this.storage().removeItem(`${this.key} draft`);
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
