/** ovs-vswitchd crashes, hangs, is restarted: its datapath in user space goes with it. */
import { describe, expect, test } from 'vitest';
import type { Journal, Trial } from '../../harness/journal/journal.ts';
import { metric } from '../support/drills.ts';
import { RunResults } from '../support/folder.ts';
import { hadrill } from '../support/hadrill.ts';
import { runScenario as run } from '../support/scenario.ts';
import { skipIfStarved } from '../support/skip-starved.ts';

const outagesOf = ({ outages }: Trial, name: string) => outages.filter(({ probe }) => probe === name);

describe('under its own monitor', () => {
  test('l2/vswitchd-segv: the monitor starts it, and the agent finds it without flows', async (context) => {
    const { trial } = await run(context, 'l2/vswitchd-segv');
    expect(trial.bounds['udp.outage_ms']).toMatchObject({ low: 0, high: 3000 });
  });

  test('l2/vswitchd-segv-agent-dead: the control, nobody writes the flows', async (context) => {
    const { trial } = await run(context, 'l2/vswitchd-segv-agent-dead');
    expect(outagesOf(trial, 'udp')).toHaveLength(1);
  });

  test('l2/vswitchd-kill-monitor: the control, the monitor starts nothing after SIGKILL', async (context) => {
    const { trial } = await run(context, 'l2/vswitchd-kill-monitor');
    expect(trial.missing_bounds).toMatchObject({
      'udp.outage_ms': 'the monitor of ovs-vswitchd does not start it again after SIGKILL',
    });
  });

  test('l2/vswitchd-crash-loop: 10 s between two starts', async (context) => {
    const { trial } = await run(context, 'l2/vswitchd-crash-loop');
    // Of the 10 s about 4 are left, in whole seconds.
    expect(metric(trial, 'fault2.udp.outage_ms')).toBeGreaterThan(2500);
  });
});

describe('it hangs', () => {
  test('l2/vswitchd-hang: frames wait, and none is lost', async (context) => {
    const { trial } = await run(context, 'l2/vswitchd-hang');
    for (const name of ['inside', 'across']) {
      expectHang(trial, name, 10);
      expect(metric(trial, `${name}.send_outage_lost`)).toBe(0);
    }
  });

  test('l2/vswitchd-hang-fast: the control, a queue holds 256', async (context) => {
    const { trial } = await run(context, 'l2/vswitchd-hang-fast');
    expectHang(trial, 'inside', 2);
  });
});

/** By send time the outage is the hang, and what was sent in it was late or lost. */
function expectHang(trial: Trial, probe: string, interval_ms: number): void {
  const { low, high } = trial.bounds[`${probe}.outage_ms`]!;
  const outage_ms = metric(trial, `${probe}.send_outage_ms`);
  // The bound is that of answers within 0.1 s, and 50 ms wider either way than the hang.
  expect(outage_ms).toBeGreaterThanOrEqual(low + 100);
  expect(outage_ms).toBeLessThanOrEqual(high);
  const late = metric(trial, `${probe}.send_outage_late`);
  const lost = metric(trial, `${probe}.send_outage_lost`);
  expect(Math.abs((late + lost) * interval_ms - outage_ms)).toBeLessThanOrEqual(50);
}

describe('bridges in fail mode standalone', () => {
  test('l2/vswitchd-kill-standalone: inside the switch nothing waits for the agent', async (context) => {
    const { trial } = await run(context, 'l2/vswitchd-kill-standalone');
    expect(trial.bounds['frames.outage_ms']).toMatchObject({ low: 1000, high: 1800 });
    expect(trial.bounds['udp.outage_ms']).toMatchObject({ low: 1000, high: 4000 });
  });

  test('where a tag of the switch is the VLAN of the other network, frames come to that', async (context) => {
    const drill = 'l2/vswitchd-kill-standalone';
    const { out } = await RunResults.create();
    const args = [
      'run',
      drill,
      '--seed',
      '7',
      '--var',
      'VLAN_A=2',
      '--var',
      'VLAN_B=1',
      '--json',
      '--out',
      out,
    ];
    const done = await hadrill(args, { timeout_ms: 300_000 });
    const journal = JSON.parse(done.stdout) as Journal;
    skipIfStarved(context, drill, journal.trials);
    expect(done.code, done.stderr).toBe(1);
    const [trial] = journal.trials;
    expect(trial!.audits.filter(({ verdict }) => verdict === 'fail')).toMatchObject([
      {
        name: 'isolation',
        detail: expect.stringMatching(/\d+ frames of vm1 \(VLAN 2\) came to vm5 \(VLAN 1\)/),
      },
    ]);
  });
});

describe('a planned restart', () => {
  test('l2/vswitchd-hot-restart: it has its flows again without the agent', async (context) => {
    const { trial } = await run(context, 'l2/vswitchd-hot-restart');
    expect(metric(trial, 'udp.outage_ms')).toBeGreaterThan(0);
    expect(metric(trial, 'l2.flows_missing')).toBe(0);
    expect(trial.bounds['udp.outage_ms']).toMatchObject({ low: 0, high: 1500 });
  });

  test('l2/vswitchd-restart-no-restore: the control, its flows are gone for good', async (context) => {
    const { trial } = await run(context, 'l2/vswitchd-restart-no-restore');
    expect(metric(trial, 'l2.flows_missing')).toBeGreaterThan(0);
    expect(trial.missing_bounds?.['udp.outage_ms']).toContain('nothing writes the flows');
  });
});
