import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lackingFor } from '../../harness/faults/require-kernel.ts';
import { waitUntil } from '../../harness/ground/wait.ts';
import type { Lab } from '../../harness/lab/lab.ts';
import { up } from '../../harness/lab/up.ts';
import { loadSystems } from '../../harness/systems/load-systems.ts';
import { openLab } from '../../harness/systems/open-lab.ts';
import { clustersOf } from '../../harness/systems/pacemaker/live/clusters.ts';
import { settleCluster } from '../../harness/systems/pacemaker/live/settle-cluster.ts';
import { holdersOf, namedRouters } from '../../harness/systems/vrrp/live/virtual-routers.ts';
import { loadTopology } from '../../harness/topology/load-topology.ts';
import { restsInFabric } from '../support/fabric-rests.ts';
import { B, ping, WEB } from '../support/fault-matrix/ping.ts';
import { MATRIX } from '../support/fault-matrix/rows.ts';
import { inject } from '../support/faults.ts';
import { REPOSITORY } from '../support/hadrill.ts';
import { engine, freshName, removeLabs, topologyFile } from '../support/labs.ts';

/** Where each is built, and when it is healthy: before the first fault and after each. */
const LABS = {
  faults: {
    file: topologyFile('faults'),
    async healthy(lab: Lab) {
      let seen: unknown;
      await waitUntil({
        what: 'every ping to come back once, and fast, and the web server to answer',
        // As long as a kernel believes an answer that nobody asked for: 45 s, and 8 s until it asks all.
        timeout_ms: 90_000,
        check: async () => {
          const pings = await ping(lab, 'a', B, { count: 20, size: 1400 });
          const web = await lab.exec('a', ['curl', '-sS', '-o', '/dev/null', '-m', '2', WEB]);
          const { stdout: neighbours } = await lab.exec('a', ['ip', 'neigh']);
          seen = { ...pings, web, neighbours };
          const [median_ms] = pings.round_trips_ms.toSorted((one, other) => one - other).slice(10);
          return pings.received === 20 && pings.duplicates === 0 && median_ms! < 10 && web.exit_code === 0;
        },
        lastSeen: () => JSON.stringify(seen),
      });
    },
  },
  lb: {
    file: `${REPOSITORY}/topologies/lb/lb.clab.yml`,
    async healthy(lab: Lab) {
      for (const cluster of clustersOf(lab)) await settleCluster(lab, cluster);
    },
  },
  switches: {
    file: topologyFile('switches'),
    async healthy(lab: Lab) {
      await waitUntil({
        what: 'vm1 to reach vm2 and vm3',
        timeout_ms: 30_000,
        check: async () => {
          const pings = await Promise.all(
            ['198.18.10.2', '198.18.10.3'].map((to) => ping(lab, 'vm1', to, { count: 5 })),
          );
          return pings.every(({ received }) => received === 5);
        },
      });
    },
  },
  routers: {
    file: `${REPOSITORY}/topologies/l3-ha/l3-ha-2x2.clab.yml`,
    async healthy(lab: Lab) {
      await waitUntil({
        what: 'r1 to have one owner, and r2 none',
        timeout_ms: 30_000,
        check: async () => {
          const held = await Promise.all(namedRouters(lab).map((router) => holdersOf(lab, router)));
          return held[0]!.length === 1 && held[1]!.length === 0;
        },
      });
    },
  },
};
/** Of the routers file. */
const ENV = { R2_CREATED: 'later' };
/** Frames that faults of wires can meet: long ones, all the time. */
const BUSY = `while :; do ping -i 0.02 -s 1000 -W 0.2 -c 500 ${B}; sleep 0.05; done >/dev/null 2>&1 &`;

describe.each(['faults', 'lb', 'switches', 'routers'] as const)('on the lab %s', (where) => {
  const name = freshName(`matrix-${where}`);
  const { file, healthy } = LABS[where];
  let lab: Lab;
  beforeAll(async () => {
    const topology = await loadTopology(file, { env: ENV });
    lab =
      where === 'routers'
        ? await openLab(engine, topology, await loadSystems(topology, ENV), { name })
        : await up(engine, topology, { name });
    await healthy(lab);
    if (where === 'faults') await lab.exec('a', ['sh', '-c', BUSY]);
  });
  afterAll(async () => {
    lab?.disconnect();
    await removeLabs(name);
  });

  test.for(MATRIX.filter(({ on }) => on === where))('$kind of $target $options', async (row, context) => {
    const { kind, target, options = {} } = row;
    const [lacking] = await lackingFor(lab, [{ kind, options }]);
    if (lacking) {
      const names = lacking.lacks.map((one) => one.name).join(', ');
      await expect(inject(lab, kind, target, options)).rejects.toThrow(
        `the engine's kernel cannot do the fault '${kind}': it has no ${names}`,
      );
      return context.skip(`the kernel has no ${names}`);
    }
    const { injection } = await inject(lab, kind, target, options);
    try {
      expect(injection.record.verified).toBe(true);
      await row.effect(lab);
    } finally {
      await injection.heal();
    }
    expect(await injection.fault.verifyHealed()).toBeUndefined();
    await injection.fault.heal();
    expect(await restsInFabric(name)).toEqual([]);
    await healthy(lab);
  });
});
