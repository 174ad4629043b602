import type { Audit } from '../systems/audit.ts';
import { judgeRefusedFlows, ROOM_FOR_FLOWS } from './judge-refused-flows.ts';

/** Tells whose connection table was full, by the kernel's count for each node (/proc/net/stat/nf_conntrack). */
export const roomForFlows: Audit = {
  name: ROOM_FOR_FLOWS,
  summary: 'a note where a node has dropped packets of new flows because its connection table was full',
  run: async ({ nodes }) => [judgeRefusedFlows({ before: nodes.before, after: await nodes.after() })],
};
