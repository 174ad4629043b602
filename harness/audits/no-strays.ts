import type { Audit } from '../systems/audit.ts';
import { isMoved } from './daemon-names.ts';
import { judgeStrays, NO_STRAYS } from './judge-strays.ts';

/** Nothing is left behind in a node: no process and no interface that it did not have before the fault. */
export const noStrays: Audit = {
  name: NO_STRAYS,
  summary: 'no node has a process or an interface that it did not have before the fault',
  run: async ({ lab, nodes }) => {
    const seen = { before: nodes.before, after: await nodes.after(), isMoved: isMoved.bind(undefined, lab) };
    const first = judgeStrays(seen);
    const isWell = first.verdict === 'pass' && first.notes?.length === 0;
    return [isWell ? first : judgeStrays({ ...seen, again: await nodes.again() })];
  },
};
