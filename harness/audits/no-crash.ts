import type { Audit } from '../systems/audit.ts';
import { judgeCrashes, NO_CRASH } from './judge-crashes.ts';

/** No daemon was ended by what the kernel sends a program that has done wrong, and none has left a core dump. */
export const noCrash: Audit = {
  name: NO_CRASH,
  summary: 'no daemon has crashed (SIGSEGV, SIGABRT and the like), and none has left a core dump',
  run: async ({ nodes, facts }) => [judgeCrashes(nodes.before, await nodes.after(), facts)],
};
