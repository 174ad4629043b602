import type { FrameWatch } from '../../../evidence/frame-watch.ts';
import type { Cause, SystemAnalysis } from '../../system-analysis.ts';
import { type HaproxyFacts, haproxyFactsOf } from './haproxy-facts.ts';
import { type ServerLoss, serverLosses } from './server-loss.ts';

/** Nothing of HAProxy is looked for on the wire. */
const DEAF: FrameWatch = { take: () => undefined };

/** Requests to a server that is gone fail or are late, until the checks have found that out. */
export const haproxyAnalysis: SystemAnalysis<HaproxyFacts> = {
  factsOf: haproxyFactsOf,
  listen: () => DEAF,
  analyse: ({ facts, faults, at }) => {
    const losses = serverLosses(facts, faults[at]!.fault);
    const several = faults.length > 1 ? { dropped: 'of several faults each may disturb requests' } : {};
    return { causes: losses.map((loss) => disturbing({ ...loss, ...several })) };
  },
};

/** Its clients are served all the while, some of them late. */
export function disturbing({ addresses, dropped }: ServerLoss): Cause {
  const cause = { reaches: { kind: 'addresses', addresses }, disturbs: true } as const;
  return typeof dropped === 'string' ? { ...cause, missing: dropped } : { ...cause, bound: dropped };
}
