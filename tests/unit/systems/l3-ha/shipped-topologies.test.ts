import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { loadRouters } from '../../../../harness/systems/l3-ha/config/load-routers.ts';
import { loadSystems } from '../../../../harness/systems/load-systems.ts';
import { loadTopology } from '../../../../harness/topology/load-topology.ts';
import { fileNames, routersText, topologyText } from '../../../../tools/l3-ha/topology.ts';

const FOLDER = path.resolve(import.meta.dirname, '../../../../topologies/l3-ha');

test.each([
  [2, 2],
  [2, 3],
  [4, 3],
])(
  '%d routers on %d hosts: the files are as they are written, and nothing is wrong with them',
  async (routers, hosts) => {
    const names = fileNames(routers, hosts);
    const file = path.join(FOLDER, names.topology);
    expect(await readFile(file, 'utf8')).toBe(topologyText(routers, hosts));
    expect(await readFile(path.join(FOLDER, names.routers), 'utf8')).toBe(routersText(routers));
    const topology = await loadTopology(file, { env: {} });
    expect((await loadRouters(topology, {}))?.places).toHaveLength(routers * hosts);
    const { notes } = await loadSystems(topology, {});
    expect(notes).toEqual([]);
  },
);
