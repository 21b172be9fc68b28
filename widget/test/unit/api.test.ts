import { afterEach, expect, it, vi } from "vitest";
import { Api } from "../../src/api.js";

afterEach(() => vi.unstubAllGlobals());

it("lets a login at the proxy see its cookie on the own host, and no other host any", async () => {
  const requests: RequestInit[] = [];
  vi.stubGlobal("fetch", async (_address: string, init: RequestInit) => {
    requests.push(init);
    return new Response("{}", { status: 200 });
  });
  await new Api("https://lotse.example.org/chat/").wording("de");
  expect(requests).toHaveLength(1);
  // Fetch, 2.2.5: "same-origin" is what is not said.
  expect(requests[0]!.credentials ?? "same-origin").toBe("same-origin");
});
