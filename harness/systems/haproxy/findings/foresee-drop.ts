import type { Target } from '../../../topology/targets.ts';
import type { Topology } from '../../../topology/topology.ts';
import type { ForeseenFault, ForeseenFindings } from '../../foreseen.ts';
import type { HaproxyFiles } from '../config/load-haproxy.ts';
import { disturbing } from './haproxy-analysis.ts';
import { noteFacts } from './haproxy-facts.ts';
import { serverLosses } from './server-loss.ts';

/** How long requests may go to a server that a fault takes, where it is known which nodes it takes. */
export function foreseeDrop(
  files: readonly HaproxyFiles[],
  topology: Topology,
  { target, stops_forwarding }: Pick<ForeseenFault, 'target' | 'stops_forwarding'>,
): ForeseenFindings {
  const losses = serverLosses(noteFacts(files), { victims: victimsOf(target, topology), stops_forwarding });
  return { bounds: {}, missing_bounds: {}, causes: losses.map(disturbing) };
}

function victimsOf(target: Target, { nodes }: Topology): string[] {
  const named = 'node' in target && target.node.kind === 'node' ? target.node.node : undefined;
  const own = nodes.find(({ name }) => name === named);
  const host = target.kind === 'host' ? target.host : target.kind === 'host-of' ? own?.host : undefined;
  if (host !== undefined) return nodes.filter((one) => one.host === host).map(({ name }) => name);
  return target.kind === 'node' && own ? [own.name] : [];
}
