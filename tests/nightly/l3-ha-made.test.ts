import { expect, test } from 'vitest';
import type { Placement } from '../../harness/systems/l3-ha/findings/l3-facts.ts';
import { metric } from '../support/drills.ts';
import { expectMetrics, runScenario as run } from '../support/scenario.ts';

const whenOf = (rows: unknown, router: string) =>
  Object.fromEntries(
    (rows as Placement[]).filter((row) => row.router === router).map(({ when, hosts }) => [when, hosts]),
  );

test('create: an owner after Master_Down, then a standby; with a hanging agent there is none', async (context) => {
  const { trial } = await run(context, 'l3-ha/create');
  expect(trial.bounds['l3.created_ms']!.low).toBeCloseTo(3804.7, 1);
  expect(metric(trial, 'l3.created_redundant_ms')).toBeGreaterThan(metric(trial, 'l3.created_ms'));
  expect(whenOf(trial.systems!['l3-ha'], 'r2')).toEqual({
    before: { node1: 'spare', node2: 'spare' },
    during: { node1: 'standby', node2: 'active' },
    after: { node1: 'spare', node2: 'spare' },
  });
  const control = (await run(context, 'l3-ha/create-agent-hang')).trial;
  expect(control.metrics).not.toHaveProperty(['l3.created_redundant_ms']);
  expect(control.notes?.join()).toContain('the agent of node1 did not work');
});

test('delete: nobody keeps the address; the replica of a hanging agent takes it', async (context) => {
  const { trial } = await run(context, 'l3-ha/delete');
  expectMetrics(trial, { 'l3.left_behind': 0, 'vip.takeovers': 0, 'untouched.lost_datagrams': 0 });
  const control = (await run(context, 'l3-ha/delete-agent-hang')).trial;
  expect(control.metrics).not.toHaveProperty(['l3.deleted_ms']);
  expect(whenOf(control.systems!['l3-ha'], 'r2')).toMatchObject({
    during: { node1: 'stray', node2: 'spare' },
  });
});

test('create-below-min is refused, and with a lower minimum it is not', async (context) => {
  const { trial } = await run(context, 'l3-ha/create-below-min');
  expect(trial.notes?.join()).toContain('HANotEnoughAvailableAgents');
  expectMetrics((await run(context, 'l3-ha/create-at-min')).trial, { 'l3.created': 1, 'l3.refused': 0 });
});
