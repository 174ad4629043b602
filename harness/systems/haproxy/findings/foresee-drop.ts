import type { Topology } from '../../../topology/topology.ts';
import type { ForeseenFault, ForeseenFindings } from '../../foreseen.ts';
import { foreseenVictims } from '../../foreseen-victims.ts';
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
  const losses = serverLosses(noteFacts(files), {
    victims: foreseenVictims(target, topology),
    stops_forwarding,
  });
  return { bounds: {}, missing_bounds: {}, causes: losses.map(disturbing) };
}
