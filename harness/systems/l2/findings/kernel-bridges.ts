import { z } from 'zod';
import type { Switch } from '../config/load-switches.ts';
import type { Database, SwitchLook } from './l2-facts.ts';

/** Said before anything else where the bridges are the kernel's. */
const FIRST_LINE = 'bridges of the kernel';

/** What a look at a switch with bridges of the kernel asks: which ports were plugged, and all links. */
export const BRIDGES_SCRIPT = `echo '${FIRST_LINE}'
for port in /run/switch/ports/*; do
  [ ! -e "$port" ] || echo "port \${port##*/} $(cat "$port")"
done
ip -json -details link show`;

export function saysBridges(output: string): boolean {
  return output.startsWith(FIRST_LINE);
}

/** Of ip-link(8), what is read here. */
const link = z.object({
  ifname: z.string(),
  master: z.string().optional(),
  linkinfo: z
    .object({
      info_kind: z.string().optional(),
      info_data: z.object({ id: z.int().optional() }).optional(),
      info_slave_data: z.object({ state: z.string().optional(), no: z.string().optional() }).optional(),
    })
    .optional(),
});
type Link = z.infer<typeof link>;

/** What a switch said to BRIDGES_SCRIPT. @returns no database where its kernel did not answer. */
export function parseBridges(output: string): Pick<SwitchLook, 'database' | 'flows' | 'kernel_bridges'> {
  const lines = output.split('\n');
  const links = linksOf(lines.find((line) => line.startsWith('[')) ?? '');
  return { kernel_bridges: true, database: links ? databaseOf(links, pluggedIn(lines)) : null, flows: [] };
}

/** @returns undefined for what is no list of links. */
function linksOf(line: string): Link[] | undefined {
  try {
    return z.array(link).parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}

/** `port NAME VLAN WHEN`: the VLAN that the server names for each port. */
function pluggedIn(lines: readonly string[]): Map<string, number> {
  const words = lines.filter((line) => line.startsWith('port ')).map((line) => line.split(' '));
  return new Map(words.map(([, name, vlan]) => [name!, Number(vlan)]));
}

function databaseOf(links: readonly Link[], plugged: ReadonlyMap<string, number>): Database {
  const bridges = links.filter(({ linkinfo }) => linkinfo?.info_kind === 'bridge');
  const ports = links.flatMap(({ ifname: name, master, linkinfo }) => {
    const vni = linkinfo?.info_kind === 'vxlan' ? linkinfo.info_data?.id : undefined;
    const vlan = plugged.get(name) ?? null;
    if (vlan === null && vni === undefined) return [];
    const tag = Number(/^brq-(\d+)$/.exec(master ?? '')?.[1] ?? Number.NaN);
    const { state, no } = linkinfo?.info_slave_data ?? {};
    return [
      {
        name,
        vlan,
        tag: Number.isNaN(tag) ? null : tag,
        ofport: state === 'forwarding' && no !== undefined ? Number(no) : null,
        ...(vni === undefined ? {} : { vni }),
      },
    ];
  });
  return {
    bridges: bridges.map(({ ifname }) => ({ name: ifname, datapath: 'bridge', fail_mode: null })),
    ports: ports.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    controllers: [],
  };
}

/** Ports of machines that are on the bridge of another network. */
export function misplaced({ database }: SwitchLook): string[] {
  return (database?.ports ?? []).flatMap(({ name, tag, vlan }) =>
    vlan === null || tag === null || tag === vlan
      ? []
      : [`${name} is on the bridge of VLAN ${tag}, and its network is ${vlan}`],
  );
}

/** Networks with a machine here that have no tunnel to the other switches, or a wrong one, in words. */
export function cutOff(
  { trunk }: Pick<Switch['settings'], 'trunk'>,
  { node, database }: Pick<SwitchLook, 'node' | 'database'>,
): string[] {
  if (trunk === null || !database) return [];
  const networks = new Set(database.ports.flatMap(({ vlan }) => vlan ?? []));
  const tunnels = database.ports.filter(({ vni }) => vni !== undefined);
  const lacking = [...networks]
    .filter(
      (vlan) => !tunnels.some(({ vni, tag, ofport }) => vni === vlan && tag === vlan && ofport !== null),
    )
    .map((vlan) => `VLAN ${vlan} has no tunnel from ${node} to other switches`);
  const crossed = tunnels.flatMap(({ name, vni, tag }) =>
    tag === null || tag === vni ? [] : [`${name} of VLAN ${vni} is on the bridge of VLAN ${tag}`],
  );
  return [...lacking, ...crossed];
}
