import { defineConfig } from 'vitest/config';

/** What takes too long for every change: `npm run test:nightly`. */
export default defineConfig({
  test: {
    name: 'nightly',
    include: ['tests/nightly/**/*.test.ts'],
    // Labs share one machine's cores.
    fileParallelism: false,
    testTimeout: 600_000,
    hookTimeout: 300_000,
  },
});
