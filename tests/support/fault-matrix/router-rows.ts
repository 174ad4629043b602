import { waitUntil } from '../../../harness/ground/wait.ts';
import type { Lab } from '../../../harness/lab/lab.ts';
import { output } from '../faults.ts';
import type { MatrixRow } from './row.ts';

/** The places of a router whose interfaces have its address. */
async function owners(lab: Lab, router: string, address: string): Promise<string[]> {
  const places = [`${router}-node1`, `${router}-node2`];
  const shown = await Promise.all(
    places.map((node) => output(lab, node, 'ip', '-4', 'address', 'show', 'dev', 'inside')),
  );
  return places.filter((_, at) => shown[at]!.includes(` ${address}/`));
}

function untilOwners(lab: Lab, router: string, address: string, count: number): Promise<unknown> {
  return waitUntil({
    what: `${count} nodes to have ${address}`,
    timeout_ms: 20_000,
    check: async () => (await owners(lab, router, address)).length === count,
  });
}

/** Faults of routers that a scheduler places. */
export const routerRows: readonly MatrixRow[] = [
  {
    kind: 'create-router',
    on: 'routers',
    target: 'router(r2)',
    effect: async (lab) => {
      await untilOwners(lab, 'r2', '198.18.2.1', 1);
    },
  },
  {
    kind: 'delete-router',
    on: 'routers',
    target: 'router(r1)',
    effect: async (lab) => {
      await untilOwners(lab, 'r1', '198.18.1.1', 0);
    },
  },
];
