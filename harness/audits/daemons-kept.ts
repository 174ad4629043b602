import type { Audit } from '../systems/audit.ts';
import { isMoved } from './daemon-names.ts';
import { DAEMONS_KEPT, judgeDaemons } from './judge-daemons.ts';

/** No daemon was started again, or ended, that no fault was aimed at. */
export const daemonsKept: Audit = {
  name: DAEMONS_KEPT,
  summary: 'every daemon that no fault was aimed at is the process that it was before the fault',
  run: async ({ lab, nodes, facts: trial }) => {
    const before = nodes.before;
    const moved = isMoved.bind(undefined, lab);
    const judge = (after: typeof before) => judgeDaemons({ before, after, trial, isMoved: moved });
    return [judge(await nodes.after())];
  },
};
