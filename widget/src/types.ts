/** The shapes that cross the wire. They are generated from openapi.json, which is made from the server's models. */

import type { Answer, AssistantItem, FeedbackRequest, HandoverRequest, UserItem } from "./api-types.js";

export type {
  AssistantItem, Citation, ContactLine, Handover, HandoverOffice, MessageRequest, NormLink, Point, Session, UserItem,
} from "./api-types.js";
/** One answer, after reading it with suspicion: every field is there and of its type. */
export type Guidance = Answer;
export type Outcome = Answer["outcome"];
export type Verdict = NonNullable<Answer["verdict"]>;
export type Rating = FeedbackRequest["rating"];
export type Item = AssistantItem | UserItem;

/** A question on its way to an office, as the person has seen it and agreed to it. */
export type Handing = Required<Omit<HandoverRequest, "consent">>;

/** What a person sends: words of their own, or a choice that was offered. */
export type Message = { text: string } | { payload: string; label: string };
