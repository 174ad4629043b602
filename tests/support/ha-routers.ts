import { cp, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { stringify } from 'yaml';
import { PACKAGE_ROOT } from '../../harness/engine/package-root.ts';
import { fileNames, routersText, topologyText } from '../../tools/l3-ha/topology.ts';

const SHIPPED = path.join(PACKAGE_ROOT, 'topologies/l3-ha');
const HOSTS = 2;

/**
 * Writes the shipped scenario of HA routers with this many of them on two hosts, and a drill that takes the power of the
 * host on which every second one is active. A client of the first router speaks to the server; for the others keepalived,
 * the kernel and the wire are the witnesses.
 * @param routers 1 to 200.
 * @returns the drill's file.
 */
export async function writeHaRouters(folder: string, routers: number): Promise<string> {
  const names = fileNames(routers, HOSTS);
  await cp(SHIPPED, folder, { recursive: true });
  await writeFile(path.join(folder, names.topology), topologyText(routers, HOSTS));
  await writeFile(path.join(folder, names.routers), routersText(routers));
  const file = path.join(folder, 'many-routers.drill.yml');
  const drill = {
    description: `a host with the active replicas of every second of ${routers} routers loses its power`,
    topology: names.topology,
    probes: { udp: { kind: 'udp', from: 'client1', to: 'server', address: '203.0.113.1' } },
    fault: { kind: 'crash', target: 'host:node1' },
    expect: [{ metric: 'vip.address_ms', op: 'within_bound', value: 100 }],
  };
  await writeFile(file, stringify(drill));
  return file;
}
