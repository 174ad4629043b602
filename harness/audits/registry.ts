import { registryOf } from '../ground/registry.ts';
import type { Audit } from '../systems/audit.ts';
import { liveSystems } from '../systems/live.ts';
import { daemonsKept } from './daemons-kept.ts';
import { logNews } from './log-news.ts';
import { noCrash } from './no-crash.ts';
import { noGrowth } from './no-growth.ts';
import { noStrays } from './no-strays.ts';
import { nodesRunning } from './nodes-running.ts';
import { oneAddress } from './one-address.ts';
import { roomForFlows } from './room-for-flows.ts';

/** Every audit: that of all labs, and those that the systems under test bring. */
export const audits = registryOf<Audit>(
  'audit',
  [
    nodesRunning,
    daemonsKept,
    noCrash,
    noStrays,
    noGrowth,
    oneAddress,
    roomForFlows,
    logNews,
    ...liveSystems.flatMap((live) => live.audits ?? []),
  ],
  ({ name }) => name,
);
