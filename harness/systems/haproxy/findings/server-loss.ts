import { InputError } from '../../../ground/errors.ts';
import type { Bound } from '../../../journal/journal.ts';
import type { FaultFacts } from '../../../journal/trial-facts.ts';
import { boundAddresses } from '../config/haproxy-binds.ts';
import { type HaproxyServer, parseHaproxyConf } from '../config/haproxy-conf.ts';
import { type ServerFailure, serverDropBound } from './haproxy-bounds.ts';
import type { HaproxyFacts } from './haproxy-facts.ts';

/** What a fault took, as far as servers mind. */
export type Taken = Pick<FaultFacts, 'victims' | 'stops_forwarding' | 'loss'>;

/** Checks that ask something else than the server's own address and port, or take as long as a program does. */
const CHECKS_OF_ANOTHER_KIND =
  /^[ \t]*(?:(?:http|tcp)-check[ \t]+connect\b[^\n#]*\b(?:addr|port)\b|option[ \t]+external-check\b)[^\n#]*/m;

/** How long a balancer may go on sending requests to servers that a fault took. */
export interface ServerLoss {
  /** Where its clients ask. */
  addresses: ReadonlySet<string>;
  /** In ms from the fault, or the reason why that is not known. */
  dropped: Bound | string;
}

/**
 * What the loss of servers does at each balancer that has some of them, according to its haproxy.cfg; none where the fault
 * takes no server, or it is not known how its victims fail.
 */
export function serverLosses(facts: HaproxyFacts, taken: Taken): ServerLoss[] {
  const victims = new Set(taken.victims);
  const failure = failureOf(taken);
  if (failure === undefined) return [];
  return facts.balancers.flatMap(({ node, haproxy_cfg, whole }): ServerLoss[] => {
    const file = `${node}:haproxy.cfg`;
    const servers = serversOf(haproxy_cfg, file);
    if (typeof servers === 'string') return [];
    const isLost = ({ address }: HaproxyServer) =>
      address !== undefined && victims.has(facts.server_nodes[address] ?? '');
    const lost = servers.filter(isLost);
    if (lost.length === 0) return [];
    const addresses = new Set(boundAddresses(haproxy_cfg, file));
    if (facts.balancers.some((one) => victims.has(one.node)))
      return [{ addresses, dropped: 'a balancer was taken with its servers' }];
    if (!whole) return [{ addresses, dropped: `HAProxy of ${node} is started with other files as well` }];
    const own = CHECKS_OF_ANOTHER_KIND.exec(haproxy_cfg)?.[0].trim();
    if (own !== undefined)
      return [{ addresses, dropped: `checks of haproxy.cfg on ${node} are not followed: '${own}'` }];
    const left = servers.filter((one) => !isLost(one));
    return [{ addresses, dropped: dropOf(lost, left, failure) }];
  });
}

/** How a server fails, as its checks feel it; undefined where that is not known. */
function failureOf({ stops_forwarding, loss }: Taken): ServerFailure | undefined {
  if (loss?.kind === 'interface') return 'silent';
  if (loss) return loss.how === 'kill' ? 'refused' : undefined;
  return stops_forwarding ? 'silent' : undefined;
}

function serversOf(text: string, file: string): HaproxyServer[] | string {
  try {
    return parseHaproxyConf(text, file);
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
}

/** Until the last of them gets nothing more. */
function dropOf(
  lost: readonly HaproxyServer[],
  left: readonly HaproxyServer[],
  failure: ServerFailure,
): Bound | string {
  const alone = lost.find(({ backend }) => !left.some((one) => one.backend === backend && !one.disabled));
  if (alone) return `no other server of backend '${alone.backend}' is left: its clients get none`;
  try {
    const drops = lost.filter(({ disabled }) => !disabled).map((one) => serverDropBound(one, failure));
    const slowest = drops.toSorted((a, b) => b.high - a.high)[0];
    if (!slowest) return 'the servers that were lost got no requests: they are disabled';
    // Which requests a server gets is the balancing's business: the last one that it gets may come before the first check.
    return { ...slowest, low: 0 };
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
}
