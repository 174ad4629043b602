import type { Lab } from '../lab/lab.ts';
import type { NodeLook } from '../lab/node-look-shapes.ts';
import type { Audit } from '../systems/audit.ts';
import { type Held, judgeGrowth, NO_GROWTH } from './judge-growth.ts';
import { identity, programOf } from './seen-processes.ts';

/** By node and process: what a daemon had at the end of each trial. */
type Lives = Map<string, { what: string; held: Held[] }>;

const livesOf = new WeakMap<Lab, Lives>();

/** Tells which daemons keep taking more descriptors or memory over many trials. */
export const noGrowth: Audit = {
  name: NO_GROWTH,
  summary: 'a note where a daemon has lived through 8 trials or more and keeps taking descriptors or memory',
  run: async ({ lab, nodes }) => {
    const lives = note(livesOf.get(lab) ?? new Map(), await nodes.after());
    livesOf.set(lab, lives);
    return judgeGrowth([...lives.values()]);
  },
};

/** With what is there now; those that have ended are forgotten. */
function note(before: Lives, { nodes }: NodeLook): Lives {
  const lives: Lives = new Map();
  for (const { node, processes } of nodes) {
    for (const process of processes) {
      const { open, resident_bytes, pid } = process;
      if (open === null || resident_bytes === null) continue;
      const key = `${node} ${identity(process)}`;
      const held = [...(before.get(key)?.held ?? []), { open, resident_bytes }];
      lives.set(key, { what: `${programOf(process)} of ${node} (process ${pid})`, held });
    }
  }
  return lives;
}
