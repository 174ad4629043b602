/** Bridges of the kernel, and the agent that only configures them. */
import { describe, expect, test } from 'vitest';
import { loadDrill } from '../../harness/drill/load-drill.ts';
import { runDrill } from '../../harness/drill/run-drill.ts';
import { formats } from '../../harness/report/formats.ts';
import { metric } from '../support/drills.ts';
import { freshFolder } from '../support/folder.ts';
import { drillFile, engine } from '../support/labs.ts';
import { runScenario as run } from '../support/scenario.ts';
import { skipIfStarved } from '../support/skip-starved.ts';

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

describe('what the audits find on bridges of the kernel', () => {
  test.for([
    {
      what: 'a port is on the bridge of the other network',
      sabotage: 'ip link set dev vm1 master brq-20',
      found: [
        /^ports: sw1: vm1 is on the bridge of VLAN 20, and its network is 10$/,
        /^isolation: \d+ frames of vm1 \(VLAN 10\) came to vm4 \(VLAN 20\)/,
      ],
    },
    {
      what: 'a port sends back what comes in',
      sabotage: 'bridge link set dev vm1 hairpin on',
      found: [/^no-loop: on wire w\d \d+ frames came by that had been there/],
    },
    { what: 'nothing', sabotage: 'true', found: [] },
  ])('$what', async ({ sabotage, found }, context) => {
    const drill = await loadDrill(drillFile('bridge-sabotage'), undefined, {
      variables: { SABOTAGE: sabotage },
    });
    const out = await freshFolder();
    const { journal } = await runDrill(engine, drill, { trials: 1, seed: 7, out, keep: false });
    skipIfStarved(context, 'bridge-sabotage', journal.trials);
    const failed = journal.trials[0]!.audits.filter(({ verdict }) => verdict === 'fail');
    const seen = failed.map(({ name, detail }) => `${name}: ${detail}`);
    for (const one of found) expect(seen).toContainEqual(expect.stringMatching(one));
    expect(seen).toHaveLength(found.length);
  });
});
