import { afterAll, beforeAll } from 'vitest';
import { PACKAGE_ROOT } from '../../harness/engine/package-root.ts';
import type { Lab } from '../../harness/lab/lab.ts';
import { up } from '../../harness/lab/up.ts';
import { loadTopology } from '../../harness/topology/load-topology.ts';
import { engine, freshName, removeLabs } from './labs.ts';

/** A client and a server on one segment, for the tests around it. @returns the lab, once they run. */
export function useCalibrationLab(purpose: string): () => Lab {
  const name = freshName(purpose);
  let lab: Lab | undefined;
  beforeAll(async () => {
    const topology = await loadTopology(`${PACKAGE_ROOT}/topologies/calibration/calibration.clab.yml`);
    lab = await up(engine, topology, { name });
  });
  afterAll(async () => {
    lab?.disconnect();
    await removeLabs(name);
  });
  return () => lab!;
}
