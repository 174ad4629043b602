import type { Expectation } from '../journal/journal.ts';
import type { DrillProbe, Hold } from '../journal/run-facts.ts';

/** A drill file, read and checked. */
export interface Drill {
  /** `l3/node-crash` for a shipped one, else the file's name without its ending. */
  name: string;
  /** Absolute path of the drill file. */
  file: string;
  description: string;
  /** Absolute path of the topology file. */
  topology: string;
  /** The profile whose variables are in force. */
  profile: string;
  /** What replaces `${NAME}` in the topology: the profile's variables, then the drill's own. */
  variables: Record<string, string>;
  probes: DrillProbe[];
  fault: DrillFault;
  hold: Hold;
  expect: Expectation[];
}

export interface DrillFault {
  kind: string;
  target: string;
  options: Record<string, string>;
}
