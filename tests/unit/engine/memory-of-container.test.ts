import { expect, test } from 'vitest';
import { memoryInUse } from '../../../harness/engine/memory-of-container.ts';

test.each([
  ['cgroup v1', { usage: 900, stats: { total_inactive_file: 200, inactive_file: 50 } }, 700],
  ['cgroup v2', { usage: 900, stats: { inactive_file: 50 } }, 850],
  ['no figures of the kernel', { usage: 900 }, 900],
  ['more idle than in use, of two moments', { usage: 900, stats: { inactive_file: 901 } }, 900],
  ['a container that is down', {}, undefined],
  ['a kernel that does not count', { usage: 0, stats: {} }, undefined],
])('memory in use: %s', (_, stats, bytes) => {
  expect(memoryInUse(stats)).toBe(bytes);
});
