import type { AuditRecord } from '../../../journal/journal.ts';
import type { DaemonState } from '../../vrrp/live/daemon-state.ts';

/** What was seen of one place of a router. */
export interface ReplicaSeen {
  node: string;
  host: string;
  /** The router is bound to its host. */
  bound: boolean;
  /** It holds the router's address. */
  holds: boolean;
  up: boolean;
  /** What its daemons do, without those that the topology has off. */
  daemons: readonly { name: string; state: DaemonState }[];
}

/** A router as the scheduler knows it. */
export interface JudgedRouter {
  router: string;
  vip: string;
  /** It is created, and not deleted. */
  exists: boolean;
}

/**
 * Holds the places of a router against what the scheduler says. One that is not created has none, and nobody holds its
 * address. @param wanted how many replicas it is to have.
 */
export function judgeReplicas(
  { router, vip, exists }: JudgedRouter,
  places: readonly ReplicaSeen[],
  wanted: number,
): AuditRecord {
  const bound = places.filter((place) => place.bound);
  const problems = places.flatMap((place) =>
    place.bound ? boundProblems(place) : strayProblems(place, vip),
  );
  if (!exists) return recordOf(router, problems, `it is not created, and runs nowhere: nobody holds ${vip}`);
  if (bound.length !== wanted)
    problems.push(`it is bound to ${bound.length} hosts, of ${wanted} that it is to have`);
  const where = bound.map(({ host }) => host).join(' and ');
  return recordOf(router, problems, `its daemons run on ${where} and nowhere else`);
}

function recordOf(router: string, problems: readonly string[], well: string): AuditRecord {
  const detail = problems.length > 0 ? problems.join(', ') : well;
  return {
    name: 'l3-replicas',
    verdict: problems.length > 0 ? 'fail' : 'pass',
    detail: `router '${router}': ${detail}`,
  };
}

function boundProblems({ node, up, daemons }: ReplicaSeen): string[] {
  if (!up) return [`${node} is down`];
  return daemons.flatMap(({ name, state }) => {
    if (state === 'runs') return [];
    return [
      state === 'none' ? `no ${name} runs on ${node}` : `the ${name} of ${node} is not well (${state})`,
    ];
  });
}

/** Also one that is stopped: it would go on, and take the address. */
function strayProblems({ node, daemons, holds }: ReplicaSeen, vip: string): string[] {
  const running = daemons.filter(({ state }) => state !== 'none').map(({ name }) => name);
  return [
    ...(running.length === 0 ? [] : [`${running.join(' and ')} runs on ${node}, to which it is not bound`]),
    ...(holds ? [`${node} holds ${vip}, and it is not bound to it`] : []),
  ];
}
