import { maskSecrets } from '../../../ground/mask-secrets.ts';
import type { RouterMember } from '../../../journal/trial-facts.ts';
import type { ProcessInfo } from '../../../lab/agent-shapes.ts';
import type { Lab, LabNode } from '../../../lab/lab.ts';
import { processesOf } from '../../../lab/process-names.ts';
import { readNodeFile } from '../../../lab/read-node-file.ts';
import { runInNode } from '../../../lab/run-in-node.ts';
import { HA_WIRE } from '../config/neutron-nodes.ts';
import { type NeutronRouter, namespaceOf } from './routers.ts';

/** The L3 agent starts one beside keepalived in a replica's namespace; it outlives both. */
const MONITOR = 'neutron-keepalived-state-change';
const CONF = /\/ha_confs\/([0-9a-f-]{36})\/keepalived\.conf\b/;
const MONITORED = /--router_id=([0-9a-f-]{36})\b/;

/** What runs of a router on a node. */
export interface Replica {
  readonly node: LabNode;
  /** In the replica's namespace; undefined where it does not run. */
  readonly monitor: number | undefined;
  /** keepalived's first process; undefined where it does not run. */
  readonly keepalived: ProcessInfo | undefined;
}

/** An interface in the namespace of a replica. */
interface Interface {
  readonly name: string;
  readonly mac: string;
  readonly carrier: boolean;
}

/** By id of the router, what runs of the routers on a node. */
export async function replicasOn(lab: Lab, node: LabNode): Promise<Map<string, Replica>> {
  const found = new Map<string, Replica>();
  if (node.pid === 0) return found;
  for (const process of await processesOf(lab, node)) {
    const id = routerOf(process);
    if (id === undefined) continue;
    const known = found.get(id) ?? { node, monitor: undefined, keepalived: undefined };
    const isMonitor = process.argv.join(' ').includes(MONITOR);
    found.set(id, {
      node,
      // Its parent, of the same name, is in the node's own namespace.
      monitor: isMonitor ? process.pid : known.monitor,
      // Parents come first: its children have the same command line.
      keepalived: known.keepalived ?? (isMonitor ? undefined : process),
    });
  }
  return found;
}

/** The router that a process of keepalived or of its monitor is of; undefined of any other process. */
export function routerOf({ argv }: Pick<ProcessInfo, 'argv'>): string | undefined {
  // A monitor writes its command line anew, as one word.
  const line = argv.join(' ');
  if (line.includes(MONITOR)) return MONITORED.exec(line)?.[1];
  return argv[0]?.split('/').at(-1) === 'keepalived' ? CONF.exec(line)?.[1] : undefined;
}

/** How a replica is configured, by the file that Neutron wrote for its keepalived. */
export async function memberOf(
  lab: Lab,
  router: NeutronRouter,
  { node, keepalived }: Replica,
  segment: string | undefined,
): Promise<RouterMember> {
  const found = await interfacesOf(lab, node, router);
  const macs = found.map(({ mac }) => mac);
  const ha = found.find(isHa)?.name;
  const file = `/var/lib/neutron/ha_confs/${router.id}/keepalived.conf`;
  const conf = await readNodeFile(lab, node.pid, file);
  return {
    node: node.name,
    macs,
    wires: ha === undefined || segment === undefined ? [] : [{ interface: ha, segment, through: HA_WIRE }],
    ...(conf === undefined ? {} : { keepalived_conf: maskSecrets(conf) }),
    ...(keepalived ? { keepalived_argv: keepalived.argv } : {}),
    ...(keepalived
      ? {}
      : { keepalived_trouble: `keepalived of router '${router.name}' does not run on ${node.name}` }),
  };
}

async function interfacesOf(lab: Lab, node: LabNode, router: NeutronRouter): Promise<Interface[]> {
  const argv = ['ip', '-netns', namespaceOf(router), '-oneline', 'link', 'show'];
  return interfacesIn((await runInNode(lab, node, argv)).stdout);
}

/** The interfaces in what `ip -oneline link show` prints. */
export function interfacesIn(text: string): Interface[] {
  const links = [...text.matchAll(/^\d+: ([^:@\s]+)\S*: <([A-Z0-9_,-]*)>.* link\/ether ([0-9a-f:]{17}) /gm)];
  return links.map(([, name, flags, mac]) => {
    return { name: name!, mac: mac!, carrier: flags!.split(',').includes('LOWER_UP') };
  });
}

/** By it the replicas of a router hear each other. */
function isHa({ name }: Interface): boolean {
  return name.startsWith('ha-');
}

/** The interface by which a replica would hear the others, where it cannot: it has no carrier. */
export async function deafInterface(
  lab: Lab,
  node: LabNode,
  router: NeutronRouter,
): Promise<string | undefined> {
  return (await interfacesOf(lab, node, router)).find((one) => isHa(one) && !one.carrier)?.name;
}
