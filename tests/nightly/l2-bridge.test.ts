/** Bridges of the kernel, and the agent that only configures them. */
import { expect, test } from 'vitest';
import { formats } from '../../harness/report/formats.ts';
import { metric } from '../support/drills.ts';
import { runScenario as run } from '../support/scenario.ts';

test('l2/bridge-agent-kill: the kernel forwards and learns without the agent', async (context) => {
  const { trial, journal } = await run(context, 'l2/bridge-agent-kill');
  expect(metric(trial, 'frames.sent')).toBeGreaterThan(1000);
  expect(trial.bounds['new.new_outage_ms']).toMatchObject({ low: 0, high: 0 });
  expect(trial.metrics).not.toHaveProperty(['l2.flows_missing']);
  expect(trial.audits).toContainEqual({
    name: 'flows',
    verdict: 'pass',
    detail: 'sw1 has no flows: bridges of the kernel forward by the addresses that they learn',
  });
  const passed = trial.audits.filter(({ verdict }) => verdict === 'pass').map(({ name }) => name);
  expect(passed).toEqual(expect.arrayContaining(['ports', 'isolation', 'no-loop']));
  const text = formats.get('text')!.render(journal, { width: 100, colour: false });
  expect(text).toContain('The datapath of sw1, sw2 is bridge');
});

test('l2/bridge-down: the control, one network is cut off and the other is not', async (context) => {
  const { trial } = await run(context, 'l2/bridge-down');
  expect(metric(trial, 'l2.pairs_cut')).toBeGreaterThanOrEqual(2);
});

test('l2/bridge-agent-kill-new-port: a new port waits for the agent', async (context) => {
  const { trial } = await run(context, 'l2/bridge-agent-kill-new-port');
  expect(trial.missing_bounds?.['l2.wired_ms']).toContain("the agent of 'sw1' did not run");
});

test('l2/bridge-new-port: the control, the agent wires it in its next turn', async (context) => {
  const { trial } = await run(context, 'l2/bridge-new-port');
  expect(metric(trial, 'l2.wired_ms')).toBeLessThanOrEqual(2500);
});
