import type { Loss } from '../../../journal/trial-facts.ts';
import type { Target } from '../../../topology/targets.ts';
import type { Topology } from '../../../topology/topology.ts';
import type { ForeseenFault, ForeseenFindings } from '../../foreseen.ts';
import { foreseenVictims } from '../../foreseen-victims.ts';
import type { EcmpFiles } from '../config/load-ecmp.ts';
import { causesOf, lostWith, withdrawalBounds } from './lost-announcers.ts';

const HOW = { SIGKILL: 'kill', SIGTERM: 'kill', SIGSTOP: 'hang' } as const;

/** How long a router may send flows to a node that a fault takes, where it is known which nodes it takes. */
export function foreseeWithdrawal(
  files: EcmpFiles,
  topology: Topology,
  { target, departure, stops_forwarding, signal }: ForeseenFault,
): ForeseenFindings {
  const victims = foreseenVictims(target, topology);
  const loss = lossOf(target, victims, signal);
  if (target.kind === 'process' && !loss) return { bounds: {}, missing_bounds: {}, causes: [] };
  const lost = lostWith(files, {
    victims,
    stops_forwarding,
    ...(departure ? { departure } : {}),
    ...(loss ? { loss } : {}),
  });
  return {
    bounds: {},
    missing_bounds: {},
    ...withdrawalBounds(lost),
    causes: causesOf(files, lost, files.own_addresses, false),
  };
}

function lossOf(target: Target, [node]: readonly string[], signal: string | undefined): Loss | undefined {
  if (target.kind !== 'process' || node === undefined) return undefined;
  const how = HOW[(signal ?? '') as keyof typeof HOW];
  return how && { node, kind: 'process', name: target.process, how };
}
