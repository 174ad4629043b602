import type { InputProblem } from '../../../ground/errors.ts';
import { hasAddress, type Member } from '../../../topology/member.ts';
import type { NodeFile } from '../../../topology/node-file.ts';
import type { Topology, TopologyNode } from '../../../topology/topology.ts';
import { BoundFiles } from '../../bound-files.ts';
import { checkHaproxy } from './check-haproxy.ts';
import type { HaproxyServer } from './haproxy-conf.ts';

/** Where HAProxy looks for its configuration. */
export const HAPROXY_CFG = '/etc/haproxy/haproxy.cfg';

/** A node's haproxy.cfg that the topology binds. */
export interface HaproxyFiles {
  node: string;
  /** Address of a server to the node that has it, of nodes in the topology; empty where the file cannot be followed. */
  server_nodes: ReadonlyMap<string, string>;
  /** As the node has it: a template rendered. */
  text: string;
  /** It is all that HAProxy is started with, as far as the topology says. */
  whole: boolean;
  /** Where it comes from, by the path that the node has it at. */
  bound: ReadonlyMap<string, NodeFile>;
}

/**
 * Reads and checks the haproxy.cfg of every node that binds one.
 * @throws InputError with everything that is wrong, each with file, line and column; in a template those of the template.
 */
export async function loadHaproxy(
  topology: Topology,
): Promise<{ nodes: HaproxyFiles[]; notes: InputProblem[] }> {
  const files = new BoundFiles(topology);
  const nodes: HaproxyFiles[] = [];
  for (const node of topology.nodes) {
    const file = await files.read(node, HAPROXY_CFG);
    if (!file) continue;
    const whole = isWhole(node);
    const { findings, servers } = checkHaproxy(file.text, file.file, whole);
    files.report(file, findings);
    const bound = new Map([[HAPROXY_CFG, file]]);
    const server_nodes = nodesOf(servers ?? [], files.members);
    nodes.push({ node: node.name, text: file.text, whole, bound, server_nodes });
  }
  return { nodes, notes: files.notes() };
}

function nodesOf(servers: readonly HaproxyServer[], members: readonly Member[]): Map<string, string> {
  const known = servers.flatMap(({ address }): [string, string][] => {
    const owner = address === undefined ? undefined : members.find((one) => hasAddress(one, address));
    return owner ? [[address!, owner.name]] : [];
  });
  return new Map(known);
}

/** HAProxy may be started with more files than its own one: with all of a folder, for one. */
function isWhole({ binds }: TopologyNode): boolean {
  const others = binds.filter(({ target }) =>
    /^\/etc\/haproxy\/.*\.(?:cfg|conf)(?:\.template)?$/.test(target),
  );
  return others.every(({ target }) => target.replace(/\.template$/, '') === HAPROXY_CFG);
}
