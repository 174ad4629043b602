import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Lab } from '../../harness/lab/lab.ts';
import { up } from '../../harness/lab/up.ts';
import { loadTopology } from '../../harness/topology/load-topology.ts';
import { inject, pings } from '../support/faults.ts';
import { engine, freshName, removeLabs, topologyFile } from '../support/labs.ts';

const B = '198.18.1.2';

describe('filter', () => {
  const name = freshName('filter');
  let lab: Lab;
  beforeAll(async () => {
    lab = await up(engine, await loadTopology(topologyFile('small')), { name });
    await pings(lab, 'a', B);
  });
  afterAll(async () => {
    lab?.disconnect();
    await removeLabs(name);
  });

  /** How many of 40 pings come back. */
  async function answered(): Promise<number> {
    const { stdout } = await lab.exec('a', ['ping', '-c', '40', '-i', '0.01', '-W', '0.2', B]);
    return Number(/(\d+) received/.exec(stdout)![1]);
  }

  test('a share, in one direction', async () => {
    const busy = lab.exec('a', ['ping', '-c', '300', '-i', '0.01', '-W', '0.2', B]);
    const { injection } = await inject(lab, 'filter', 'a:eth1', { direction: 'from', rate: '50' });
    const half = await answered();
    await injection.heal();
    await busy;
    expect(half).toBeGreaterThan(5);
    expect(half).toBeLessThan(35);
  });

  test('one that nothing matches breaks nothing, and is not a fault', async () => {
    await expect(inject(lab, 'filter', 'b:eth1', { protocol: 'vrrp' })).rejects.toThrow(
      /did not take effect: no frame matched it/,
    );
    expect(await answered()).toBe(40);
  });
});
