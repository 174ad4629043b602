import { waitUntil } from '../../../harness/ground/wait.ts';
import type { Lab } from '../../../harness/lab/lab.ts';
import { up } from '../../../harness/lab/up.ts';
import { loadSystems } from '../../../harness/systems/load-systems.ts';
import { openLab } from '../../../harness/systems/open-lab.ts';
import { clustersOf } from '../../../harness/systems/pacemaker/live/clusters.ts';
import { settleCluster } from '../../../harness/systems/pacemaker/live/settle-cluster.ts';
import { holdersOf, namedRouters } from '../../../harness/systems/vrrp/live/virtual-routers.ts';
import { loadTopology } from '../../../harness/topology/load-topology.ts';
import { REPOSITORY } from '../hadrill.ts';
import { engine, topologyFile } from '../labs.ts';
import { B, ping, WEB } from './ping.ts';
import type { MatrixRow } from './row.ts';

/** A lab of the matrix. */
interface MatrixLab {
  /** Its topology file, and the variables of that. */
  readonly file: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What any of its nodes may have when it is healthy: {@link changesSince}. */
  readonly roams?: RegExp;
  /** Waits until it is healthy: before the first fault and after each. */
  healthy(lab: Lab): Promise<void>;
}

/** Frames that faults of wires can meet: long ones, all the time. */
const BUSY = `while :; do ping -i 0.02 -s 1000 -W 0.2 -c 500 ${B}; sleep 0.05; done >/dev/null 2>&1 &`;

/** Where each row of the matrix is tried. */
export const MATRIX_LABS: Readonly<Record<MatrixRow['on'], MatrixLab>> = {
  faults: {
    file: topologyFile('faults'),
    async healthy(lab) {
      let seen: unknown;
      await waitUntil({
        what: 'every ping to come back once, and fast, and the web server to answer',
        // As long as a kernel believes an answer that nobody asked for: 45 s, and 8 s until it asks all.
        timeout_ms: 90_000,
        check: async () => {
          const pings = await ping(lab, 'a', B, { count: 20, size: 1400 });
          const beside = await ping(lab, 'c', B, { count: 5 });
          const web = await lab.exec('a', ['curl', '-sS', '-o', '/dev/null', '-m', '2', WEB]);
          const { stdout: neighbours } = await lab.exec('a', ['ip', 'neigh']);
          seen = { ...pings, beside, web, neighbours };
          const [median_ms] = pings.round_trips_ms.toSorted((one, other) => one - other).slice(10);
          const whole = pings.received === 20 && pings.duplicates === 0 && median_ms! < 10;
          return whole && beside.received === 5 && web.exit_code === 0;
        },
        lastSeen: () => JSON.stringify(seen),
      });
    },
  },
  lb: {
    file: `${REPOSITORY}/topologies/lb/lb.clab.yml`,
    // A resource stays where it is (resource-stickiness).
    roams: /^(address front 198\.18\.1\.100\/|process \S*haproxy )/,
    async healthy(lab) {
      for (const cluster of clustersOf(lab)) await settleCluster(lab, cluster);
    },
  },
  switches: {
    file: topologyFile('switches'),
    async healthy(lab) {
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
    env: { R2_CREATED: 'later' },
    // Both replicas have the same priority, and neither preempts.
    roams:
      /^(address (inside|outside|ha 169\.254\.0\.)|(default via|198\.18\.|203\.0\.113\.|169\.254\.0\.)\S* .*dev )/,
    async healthy(lab) {
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

/** Builds one of them, and waits until it is healthy. */
export async function matrixLab(on: MatrixRow['on'], name: string): Promise<Lab> {
  const { file, env = {}, healthy } = MATRIX_LABS[on];
  const topology = await loadTopology(file, { env });
  const lab =
    on === 'routers'
      ? await openLab(engine, topology, await loadSystems(topology, env), { name })
      : await up(engine, topology, { name });
  await healthy(lab);
  if (on === 'faults') await lab.exec('a', ['sh', '-c', BUSY]);
  return lab;
}
