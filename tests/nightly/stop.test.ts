import { expect, test } from 'vitest';
import { up } from '../../harness/lab/up.ts';
import { loadTopology } from '../../harness/topology/load-topology.ts';
import { inject, pings } from '../support/faults.ts';
import { engine, freshLab, topologyFile } from '../support/labs.ts';

test('stop of a node that does not end is told, and the node is made whole again', async () => {
  const lab = await up(engine, await loadTopology(topologyFile('hosts')), { name: freshLab('stop') });
  await lab.release();
  const hung = await inject(lab, 'hang', 'victim1/tini');
  await expect(inject(lab, 'stop', 'victim1')).rejects.toThrow(
    /the fault 'stop of victim1' did not take effect: victim1 runs on 15 s after SIGTERM/,
  );
  await hung.injection.heal();
  await pings(lab, 'peer', '198.18.1.1');
  lab.disconnect();
});
