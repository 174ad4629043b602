import type { Expectation } from '../journal/journal.ts';
import type { DrillProbe, Hold } from '../journal/run-facts.ts';

/** A drill file, read and checked. */
export interface Drill {
  /** `l3/node-crash` for a shipped one, else its folder's name and the file's without its ending. */
  name: string;
  /** Absolute path of the drill file. */
  file: string;
  /** It comes with hadrill, and is found by its name. */
  shipped: boolean;
  description: string;
  /** Absolute path of the topology file. */
  topology: string;
  /** The profile whose variables are in force. */
  profile: string;
  /** What replaces `${NAME}` in the topology: the profile's variables, then the drill's own. */
  variables: Record<string, string>;
  /** What the user named for its files, and they asked for; null where the value is not kept, because it is a secret. */
  environment: Record<string, string | null>;
  probes: DrillProbe[];
  /** What is broken, in this order: one at least. */
  faults: DrillFault[];
  hold: Hold;
  expect: Expectation[];
}

export interface DrillFault {
  kind: string;
  target: string;
  options: Record<string, string>;
  /** The pause after the fault before it was seen to be in effect, or was healed; 0 for the first. */
  after_ms: number;
  /** It is healed so long after it was applied; undefined: at the end, with the others. */
  heal_ms?: number;
}
