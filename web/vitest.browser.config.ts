import { defineConfig } from 'vitest/config';

/** Tests that drive a real Chromium. One at a time: the software renderer uses every core there is. */
export default defineConfig({
  test: {
    include: ['browser/**/*.test.ts'],
    environment: 'node',
    fileParallelism: false,
    testTimeout: 90_000,
    hookTimeout: 60_000,
  },
});
