import { maskSecrets } from '../../../ground/mask-secrets.ts';
import type { RouterMember } from '../../../journal/trial-facts.ts';
import type { ProcessInfo } from '../../../lab/agent-shapes.ts';
import type { Lab, LabNode } from '../../../lab/lab.ts';
import { processesOf } from '../../../lab/process-names.ts';
import { readNodeFile } from '../../../lab/read-node-file.ts';
import { runInNode } from '../../../lab/run-in-node.ts';
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
  const { macs, ha } = await interfacesOf(lab, node, router);
  const file = `/var/lib/neutron/ha_confs/${router.id}/keepalived.conf`;
  const conf = await readNodeFile(lab, node.pid, file);
  return {
    node: node.name,
    macs,
    wires: ha === undefined || segment === undefined ? [] : [{ interface: ha, segment }],
    ...(conf === undefined ? {} : { keepalived_conf: maskSecrets(conf) }),
    ...(keepalived ? { keepalived_argv: keepalived.argv } : {}),
    ...(keepalived
      ? {}
      : { keepalived_trouble: `keepalived of router '${router.name}' does not run on ${node.name}` }),
  };
}

async function interfacesOf(
  lab: Lab,
  node: LabNode,
  router: NeutronRouter,
): Promise<{ macs: string[]; ha: string | undefined }> {
  const argv = ['ip', '-netns', namespaceOf(router), '-oneline', 'link', 'show'];
  const { stdout } = await runInNode(lab, node, argv);
  const links = [...stdout.matchAll(/^\d+: ([^:@\s]+).* link\/ether ([0-9a-f:]{17}) /gm)];
  return {
    macs: links.map(([, , mac]) => mac!),
    ha: links.map(([, name]) => name!).find((name) => name.startsWith('ha-')),
  };
}
