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
  /** Images of its topology for which the user named others, by the name in the topology; absent: none. */
  images?: Record<string, string>;
  probes: DrillProbe[];
  /** What is broken, in this order: one at least. With `random` what may be broken. */
  faults: DrillFault[];
  /** Each trial draws from `faults` what it breaks. */
  random?: RandomFaults;
  hold: Hold;
  expect: Expectation[];
}

/** Both ends belong to it. */
export interface Range {
  low: number;
  high: number;
}

/** How the seed of a run draws the faults of a trial. */
export interface RandomFaults {
  /** How many a trial has, one after the other. */
  count: number;
  /** From one that was applied, or healed, to the next. */
  pause_ms: Range;
  /** Of each entry: how often it is drawn, beside the others, and how long it lasts; undefined: to the end. */
  each: readonly { weight: number; for_ms?: Range }[];
}

export interface DrillFault {
  kind: string;
  target: string;
  options: Record<string, string>;
  /** Which entry of the file's list it is, from 0 on. */
  entry: number;
  /** When it is applied, after the first one; all faults of a schedule have it, and may overlap. */
  at_ms?: number;
  /** The pause after the fault before it was seen to be in effect, or was healed; 0 for the first. */
  after_ms: number;
  /** The seed drew it. */
  drawn?: true;
  /** An earlier run made it: the node that it names need not be now what it was then. */
  replayed?: true;
  /** It is healed so long after it was applied; undefined: at the end, with the others. */
  heal_ms?: number;
}
