/** `npm run mock`: the chat with canned answers on http://127.0.0.1:8124/chat/, for work on its looks. */

import { load } from "./load.mjs";

const { MockServer } = await load(new URL("server.ts", import.meta.url).pathname);
const server = await new MockServer().start(8124);
console.log(`${server.chat} and ${server.chat}demo/`);
