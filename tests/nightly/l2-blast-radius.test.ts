/** Who is cut off by a lost wire, port or machine with a switch, or while its agent is dead, and who is not. */
import { expect, test } from 'vitest';
import { loadDrill } from '../../harness/drill/load-drill.ts';
import { runDrill } from '../../harness/drill/run-drill.ts';
import { metric } from '../support/drills.ts';
import { freshFolder } from '../support/folder.ts';
import { engine } from '../support/labs.ts';
import { runScenario as run } from '../support/scenario.ts';
import { skipIfStarved } from '../support/skip-starved.ts';

/** The expectations that a drill does not meet when it breaks another wire. */
async function breached(drill: string, wire: string) {
  const loaded = await loadDrill(drill, undefined, { variables: { WIRE: wire } });
  const out = await freshFolder();
  const { journal } = await runDrill(engine, loaded, { trials: 1, seed: 7, out, keep: false });
  const metrics = journal.expectations.filter(({ verdict }) => verdict === 'fail').map((one) => one.metric);
  return { trials: journal.trials, metrics };
}

test('l2/port-lost: one machine alone', async (context) => {
  const { trial } = await run(context, 'l2/port-lost');
  expect(metric(trial, 'l2.pairs_cut')).toBeGreaterThanOrEqual(2);
});

test('l2/trunk-cut: the pairs across', async (context) => {
  const { trial } = await run(context, 'l2/trunk-cut');
  expect(metric(trial, 'l2.pairs_cut')).toBeGreaterThanOrEqual(1);
});

test('l2/wire-cut: one machine alone', async (context) => {
  const { trial } = await run(context, 'l2/wire-cut');
  expect(metric(trial, 'l2.pairs_cut')).toBeGreaterThanOrEqual(2);
});

test('l2/trunk-cut with the wire of a machine: its neighbour on the switch is cut off', async (context) => {
  const { trials, metrics } = await breached('l2/trunk-cut', 'vm1:eth1');
  skipIfStarved(context, 'l2/trunk-cut', trials);
  expect(metrics).toContain('spared.outage_ms');
});

test('l2/wire-cut with the trunk: the neighbour is not cut off, others are', async (context) => {
  const { trials, metrics } = await breached('l2/wire-cut', 'sw1:trunk');
  skipIfStarved(context, 'l2/wire-cut', trials);
  expect(metrics).toEqual(expect.arrayContaining(['inside.outage_ms', 'spared.outage_ms']));
});

test('l2/node-crash: what hangs on the switch of the host', async (context) => {
  const { trial } = await run(context, 'l2/node-crash');
  expect(trial.faults[0]!.resolved).toContain('sw1');
});

test('l2/agent-kill-new-port: a new port waits for the agent', async (context) => {
  const { trial } = await run(context, 'l2/agent-kill-new-port');
  expect(trial.missing_bounds?.['l2.wired_ms']).toContain("the agent of 'sw1' did not run");
});

test('l2/new-port: the control, the agent wires it in its next turn', async (context) => {
  const { trial } = await run(context, 'l2/new-port');
  expect(metric(trial, 'l2.wired_ms')).toBeLessThanOrEqual(2500);
});
