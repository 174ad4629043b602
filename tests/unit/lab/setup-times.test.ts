import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { SetupTimes } from '../../../harness/lab/setup-times.ts';

test('steps are timed in their order, and told to people', async () => {
  const lines: string[] = [];
  const times = new SetupTimes((line) => lines.push(line));
  expect(await times.measure('nodes are up', () => sleep(30, 'made'))).toBe('made');
  await times.measure('agents report', () => sleep(5));
  expect(Object.keys(times.steps_ms)).toEqual(['nodes are up', 'agents report']);
  expect(times.steps_ms['nodes are up']).toBeGreaterThanOrEqual(29);
  expect(lines).toEqual([
    expect.stringMatching(/^nodes are up: \d+\.\d s$/),
    expect.stringMatching(/^agents report: /),
  ]);
});

test('a step of a lab that is up already keeps its time, and one that fails has none', async () => {
  const times = new SetupTimes();
  await times.measure('nodes are up', () => sleep(30));
  const { 'nodes are up': first } = times.steps_ms;
  await times.measure('nodes are up', async () => undefined);
  const failed = times.measure('agents report', () => Promise.reject(new Error('no agent')));
  await expect(failed).rejects.toThrow('no agent');
  expect(times.steps_ms).toEqual({ 'nodes are up': first });
});

test('nodes are timed from the beginning', async () => {
  const times = new SetupTimes();
  times.nodeIsUp('fast');
  await sleep(30);
  times.nodeIsUp('slow');
  expect(Object.keys(times.node_up_ms)).toEqual(['fast', 'slow']);
  expect(times.node_up_ms.slow! - times.node_up_ms.fast!).toBeGreaterThanOrEqual(29);
});
