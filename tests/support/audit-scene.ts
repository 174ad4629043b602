import { lookAtLab } from '../../harness/audits/daemon-names.ts';
import { UnknownError } from '../../harness/ground/errors.ts';
import type { Lab } from '../../harness/lab/lab.ts';
import { NodeLooks } from '../../harness/lab/node-looks.ts';
import type { AuditScene } from '../../harness/systems/audit.ts';
import { NOTHING_RAN, type RanBefore } from '../../harness/systems/ran-before.ts';

/** What an audit is given that does not ask for all nodes, or for what was broken. */
export function auditScene(lab: Lab, before: RanBefore = NOTHING_RAN): AuditScene {
  const look = async () => {
    const seen = await lookAtLab(lab);
    if (typeof seen === 'string') throw new UnknownError(seen);
    return seen;
  };
  return { lab, before, nodes: new NodeLooks('nobody looked', look), facts: { address_events: [] } };
}

/** The audits that every lab has from its first trial on, in their order. */
export const OF_ANY_LAB = [
  'nodes-running',
  'daemons-kept',
  'no-crash',
  'no-strays',
  'one-address',
  'room-for-flows',
  'log-news',
] as const;
