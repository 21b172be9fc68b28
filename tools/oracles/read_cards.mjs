// Reads cards (one JSON object a line: name, card) and prints what Microsoft's own parser objects to in them.
import { createInterface } from "node:readline";
import adaptivecards from "adaptivecards/dist/adaptivecards.min.js";

const { AdaptiveCard, SerializationContext, Versions } = adaptivecards;
let objections = 0;
let cards = 0;

for await (const line of createInterface({ input: process.stdin })) {
  const { name, card } = JSON.parse(line);
  const context = new SerializationContext(Versions.v1_5);
  const parsed = new AdaptiveCard();
  parsed.parse(card, context);
  const events = Array.from({ length: context.eventCount }, (_, at) => context.getEventAt(at));
  events.push(...parsed.validateProperties().validationEvents);
  for (const { message } of events) {
    console.log(`${name}: ${message}`);
  }
  objections += events.length;
  cards += 1;
}
console.log(`${cards} cards, ${objections} objections.`);
process.exitCode = objections || !cards ? 1 : 0;
