/** A planned restart leaves the service of ovs-vswitchd as it was: started once, or whenever it ends. */
import { expect, onTestFinished, test } from 'vitest';
import { sleep, waitUntil } from '../../harness/ground/wait.ts';
import type { Lab } from '../../harness/lab/lab.ts';
import { up } from '../../harness/lab/up.ts';
import { loadTopology } from '../../harness/topology/load-topology.ts';
import { inject, output } from '../support/faults.ts';
import { engine, freshName, removeLabs, topologyFile } from '../support/labs.ts';

async function switches(env: Record<string, string>): Promise<Lab> {
  const name = freshName('switch-restart');
  const lab = await up(engine, await loadTopology(topologyFile('switches'), { env }), { name });
  onTestFinished(async () => {
    lab.disconnect();
    await removeLabs(name);
  });
  return lab;
}

/** The process of ovs-vswitchd on sw1; empty where none runs. */
async function vswitchd(lab: Lab): Promise<string> {
  const { stdout } = await lab.exec('sw1', ['pidof', 'ovs-vswitchd']);
  return stdout.trim();
}

test.each([
  { what: 'one that is started once', env: {}, respawns: false },
  { what: 'one that is started whenever it ends', env: { RESPAWN: 'ovs-vswitchd' }, respawns: true },
])('$what', async ({ env, respawns }) => {
  const lab = await switches(env);
  const before = await vswitchd(lab);
  const { injection } = await inject(lab, 'hot-restart', 'sw1/ovs-vswitchd');
  await injection.heal();
  const after = await vswitchd(lab);
  expect(after).toMatch(/^\d+$/);
  expect(after).not.toBe(before);
  await output(lab, 'sw1', 'kill', '-KILL', after);
  if (respawns)
    await waitUntil({
      what: 'another ovs-vswitchd to run',
      timeout_ms: 10_000,
      check: async () => /^\d+$/.test(await vswitchd(lab)) && (await vswitchd(lab)) !== after,
    });
  else {
    // runsv(8) waits for a second before it starts what ended at once.
    await sleep(3000);
    expect(await vswitchd(lab)).toBe('');
  }
});
