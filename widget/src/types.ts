/** Types of the server's JSON. They are generated from openapi.json, which is made from the server's models. */

import type { Answer, AssistantItem, FeedbackRequest, HandoverRequest, UserItem } from "./api-types.js";

export type {
  AssistantItem, Citation, ContactLine, FollowUp, Handover, Help, Step, HandoverOffice, MessageRequest, NormLink, Point, Questions, Session, UserItem,
} from "./api-types.js";
/** One answer after validation: every field is present and of its type. */
export type Guidance = Answer;
export type Outcome = Answer["outcome"];
export type Verdict = NonNullable<Answer["verdict"]>;
export type Rating = FeedbackRequest["rating"];
export type Item = AssistantItem | UserItem;

/** A question for a contact point, as the person has seen it and agreed to it. */
export type HandoverSubmission = Required<Omit<HandoverRequest, "consent">>;

/** A message of the person: typed text, or a choice that was offered. */
export type Message = { text: string } | { payload: string; label: string };
