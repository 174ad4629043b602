/** Switches with the kernel's datapath: the drills run where its module is loaded; elsewhere they are refused, by name. */
import { describe, expect, test } from 'vitest';
import type { Check } from '../../harness/setup/check.ts';
import { RunResults } from '../support/folder.ts';
import { hadrill } from '../support/hadrill.ts';
import { expectNothingLeft } from '../support/labs.ts';
import { refused } from '../support/refused.ts';
import { runScenario as run } from '../support/scenario.ts';

const doctor = await hadrill(['doctor', '--json']);
const checks = JSON.parse(doctor.stdout) as Check[];
const LOADED = checks.some(({ name, status }) => name === 'switch: openvswitch' && status === 'ok');

describe.skipIf(!LOADED)("with the kernel's module openvswitch", () => {
  test('l2/kernel-vswitchd-kill: new flows wait for the agent, the others at most as long', async (context) => {
    const { trial } = await run(context, 'l2/kernel-vswitchd-kill');
    expect(trial.bounds['new.new_outage_ms']).toMatchObject({ low: 1000, high: 4000 });
    expect(trial.bounds['udp.outage_ms']).toMatchObject({ low: 0, high: 4000 });
  });

  test('l2/kernel-vswitchd-kill-agent-dead: the control, no new flow', async (context) => {
    await run(context, 'l2/kernel-vswitchd-kill-agent-dead');
  });

  test('l2/kernel-vswitchd-hang: the kernel forwards the flows that it has', async (context) => {
    await run(context, 'l2/kernel-vswitchd-hang');
  });

  test('l2/kernel-ovsdb-kill: nothing is lost', async (context) => {
    await run(context, 'l2/kernel-ovsdb-kill');
  });

  test('l2/kernel-vswitchd-hot-restart: the kernel forwards all the time', async (context) => {
    await run(context, 'l2/kernel-vswitchd-hot-restart');
  });
});

describe.skipIf(LOADED)("without the kernel's module openvswitch", () => {
  test('a drill that needs it says so, and leaves nothing', async () => {
    const results = await RunResults.create();
    const done = await refused(['run', 'l2/kernel-ovsdb-kill', '--quiet', '--out', results.out], 3);
    expect(done.stderr).toContain('modprobe openvswitch');
    await expectNothingLeft(await results.lab());
  });
});
