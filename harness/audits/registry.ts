import { registryOf } from '../ground/registry.ts';
import type { Audit } from '../systems/audit.ts';
import { liveSystems } from '../systems/live.ts';
import { nodesRunning } from './nodes-running.ts';

/** Every audit: that of all labs, and those that the systems under test bring. */
export const audits = registryOf<Audit>(
  'audit',
  [nodesRunning, ...liveSystems.flatMap((live) => live.audits ?? [])],
  ({ name }) => name,
);
