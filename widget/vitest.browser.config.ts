import { defineConfig } from "vitest/config";

/** The built widget in a real Chromium, against the mock server. */
export default defineConfig({
  test: { include: ["test/browser/**/*.test.ts"], environment: "node", testTimeout: 30_000, hookTimeout: 30_000, fileParallelism: false },
});
