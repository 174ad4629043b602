import { expect } from 'vitest';
import { waitUntil } from '../../harness/ground/wait.ts';
import type { Lab } from '../../harness/lab/lab.ts';
import { up } from '../../harness/lab/up.ts';
import { loadTopology } from '../../harness/topology/load-topology.ts';
import { engine, topologyFile } from './labs.ts';
import { addPoliteService, pidsOf } from './services.ts';
import { rate, startTicker } from './ticker.ts';

const NODES = ['victim1', 'victim2', 'peer'];

/** Two hosts whose nodes each have a ticker; `polite` runs on victim1. The lab outlives this process's connection. */
export async function tickingHosts(name: string): Promise<Lab> {
  const lab = await up(engine, await loadTopology(topologyFile('hosts')), { name });
  await lab.release();
  await addPoliteService(lab, 'victim1', true);
  for (const node of NODES) await startTicker(lab, node);
  return lab;
}

/** Every ticker ticks, and `polite` runs. */
export async function expectTicking(lab: Lab): Promise<void> {
  for (const node of NODES) expect(await rate(lab, node), node).toBeGreaterThan(20);
  await waitUntil({
    what: 'polite to run',
    timeout_ms: 20_000,
    check: async () => (await pidsOf(lab, 'victim1', 'polite')).length === 1,
  });
}
