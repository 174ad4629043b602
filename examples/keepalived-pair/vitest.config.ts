import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // A lab is built in seconds, and a trial takes 10 to 30 s; healing a lab that a test left broken takes time as well.
    testTimeout: 180_000,
    hookTimeout: 120_000,
    // One lab at a time: labs share this machine's processors, and timings would disturb each other.
    fileParallelism: false,
  },
});
