import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { SIDE_BY_SIDE } from './tests/side-by-side.ts';

/** Of tests that start labs. */
const LABS = { testTimeout: 180_000, hookTimeout: 300_000 };

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          sequence: { groupOrder: 0 },
          include: ['tests/unit/**/*.test.ts'],
          // A worker loads each module once for all of its files: this takes half of the processor time. A file that
          // changes the state of a module puts it back.
          isolate: false,
          pool: 'threads',
          // Some files wait for programs and clocks: others compute meanwhile.
          maxWorkers: availableParallelism() + 2,
          // No unit test judges how long anything takes: machines are busy.
          testTimeout: 30_000,
          hookTimeout: 30_000,
        },
      },
      {
        test: {
          ...LABS,
          name: 'side-by-side',
          sequence: { groupOrder: 1 },
          include: [...SIDE_BY_SIDE],
          maxWorkers: 2,
          testTimeout: 300_000,
        },
      },
      {
        // Labs share one machine's cores: files run one after the other, or timings would disturb each other.
        test: {
          ...LABS,
          name: 'integration',
          sequence: { groupOrder: 2 },
          include: ['tests/integration/**/*.test.ts'],
          exclude: [...SIDE_BY_SIDE],
          fileParallelism: false,
        },
      },
      {
        test: {
          ...LABS,
          name: 'chaos',
          sequence: { groupOrder: 3 },
          include: ['tests/chaos/**/*.test.ts'],
          exclude: [...SIDE_BY_SIDE],
          fileParallelism: false,
          testTimeout: 600_000,
        },
      },
    ],
  },
});
