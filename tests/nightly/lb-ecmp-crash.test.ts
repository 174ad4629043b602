import { expect, test } from 'vitest';
import { metric } from '../support/drills.ts';
import { expectMetrics, runScenario as run, type ScenarioTrial } from '../support/scenario.ts';

const nextHops = ({ trial }: ScenarioTrial) =>
  (trial.systems!.ecmp as { next_hops: string[]; healing: boolean }[]).map((row) => [
    row.healing,
    row.next_hops.join(' '),
  ]);

test('lb-ecmp/node-crash: BFD misses the node, and its sessions alone are lost', async (context) => {
  const done = await run(context, 'lb-ecmp/node-crash');
  expectMetrics(done.trial, { 'http.nodes': 3 });
  expect(metric(done.trial, 'tcp.lost')).toBeGreaterThan(0);
  expect(nextHops(done)).toEqual([
    [false, 'lb1 lb2 lb3'],
    [false, 'lb2 lb3'],
    [true, 'lb1 lb2 lb3'],
  ]);
});

test('lb-ecmp/node-crash-plain: the control, sessions of another balancer are lost too', async (context) => {
  const { trial } = await run(context, 'lb-ecmp/node-crash-plain');
  expect(metric(trial, 'tcp.survived')).toBeLessThan(metric(trial, 'ecmp.flows'));
});

test("lb-ecmp/node-crash-hold-time: the control, BGP's hold time misses it", async (context) => {
  const { trial } = await run(context, 'lb-ecmp/node-crash-hold-time');
  expect(metric(trial, 'http.failed') + metric(trial, 'http.late')).toBeGreaterThan(30);
});
